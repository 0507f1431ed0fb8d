// SPDX-License-Identifier: BSD-2-Clause
// Who is told of what, what waits, and what was given up, to be sent once more.
import * as api from '../api.js';
import {announce, foreign, h, link, replace} from '../dom.js';
import {addressLink, fill, nothing, paged, trouble, when} from '../parts.js';
import {named, t} from '../words.js';

const REPORT_ID = /^[0-9a-f]{32}$/;

// ---- endpoints ----

function endpoint(hook) {
    const kinds = hook.kinds.map((kind) => named('hook', kind)).join(t('webhooks.comma'));
    return h('li', {class: 'card endpoint'},
             h('h2', null, foreign(hook.name)),
             h('p', {class: 'hint'}, hook.url ? [foreign(hook.url), ' · ', kinds] : t('webhooks.removed')),
             h('ul', {class: 'counts'}, h('li', null, t('webhooks.waiting', {n: hook.waiting})), h('li', null, t('webhooks.delivered', {n: hook.delivered})),
               h('li', {class: hook.dead ? 'up' : null}, t('webhooks.dead', {n: hook.dead}))),
             hook.error ? h('p', {class: 'hint'}, t('webhooks.error'), ' ', when(hook.last_failure), ' · ', foreign(hook.error, 'span')) : null);
}

const endpoints = (hooks) => h('ul', {class: 'endpoints'}, hooks.map(endpoint));

// ---- what was given up ----

function about(notice) {
    if (notice.kind === 'report' && REPORT_ID.test(notice.about))
        return link('events/' + notice.about, null, t('webhooks.report'));
    return notice.kind === 'address' ? addressLink(notice.about) : foreign(notice.about, 'span');
}

function item(notice) {
    const foot = h('p', {class: 'buttons'});
    const button = h('button', {type: 'button', class: 'small resend', onclick: resend}, t('webhooks.resend'));
    async function resend() {
        button.disabled = true;
        try {
            await api.post('webhooks/dead/' + notice.id + '/resend', {});
            replace(foot, h('span', {class: 'hint', tabindex: '-1'}, t('webhooks.resent')));
            foot.firstChild.focus();
            announce(t('webhooks.resent'));
        } catch (e) {
            replace(foot, button, trouble(e));
            button.disabled = false;
        }
    }
    foot.append(button);
    return h('li', {class: 'template dead', tabindex: '-1'},
             h('p', {class: 'count'}, h('strong', null, named('hook', notice.kind))),
             h('div', null, h('p', null, about(notice), ' → ', foreign(notice.endpoint, 'strong')),
               h('p', {class: 'hint'}, when(notice.at), ' · ', t('webhooks.tries', {n: notice.tries}), ' · ', foreign(notice.error || '', 'span')), foot));
}

function dead() {
    const box = h('div'), list = h('ol', {class: 'templates'});
    paged(box, async (cursor) => {
        const {dead: rows, next} = await api.get('webhooks/dead', {cursor});
        return {rows, next};
    }, (rows) => {
        const items = rows.map(item);
        list.append(...items);
        box.prepend(list);
        return items[0];
    }, () => h('p', {class: 'hint'}, t('webhooks.none-dead')));
    return h('section', null, h('h2', null, t('webhooks.given-up')), box);
}

export function show(view) {
    const body = h('div');
    replace(view, h('p', null, link('overview', null, '← ' + t('overview.title'))), h('h1', null, t('webhooks.title')), h('p', {class: 'lead'}, t('webhooks.lead')), body);
    fill(body, () => api.get('webhooks'), ({webhooks}) =>
        (webhooks.length ? [endpoints(webhooks), dead()] : nothing(t('webhooks.none'), t('webhooks.none-lead'))));
}

// For the overview: one line, when somebody is told at all.
export async function summary(box) {
    const {webhooks} = await api.get('webhooks');
    const sum = (key) => webhooks.reduce((n, hook) => n + hook[key], 0);
    if (webhooks.length)
        replace(box, h('p', {class: sum('dead') ? 'webhooks failing' : 'webhooks'}, link('webhooks', null, t('webhooks.title')), ' ', t('webhooks.sum', {waiting: sum('waiting'), dead: sum('dead')})));
}
