// SPDX-License-Identifier: BSD-2-Clause
// What another policy would have done in the last 30 days; nothing is changed.
import * as api from '../api.js';
import {announce, foreign, h, link, replace} from '../dom.js';
import {addressLink, badge, busy, field, fill, trouble} from '../parts.js';
import {t} from '../words.js';

const REPORT_ID = /^[0-9a-f]{32}$/;
const STATES = ['suppressed', 'paused', 'probation', 'ok'];

function change(c) {
    return h('tr', null, h('th', {scope: 'row'}, addressLink(c.address)), h('td', null, badge('address', c.before)), h('td', null, badge('address', c.after)),
             h('td', {class: 'wide'}, !c.why ? null : REPORT_ID.test(c.why) ? link('events/' + c.why, null, t('audit.report')) : foreign(c.why, 'span')));
}

function result(answer, keep) {
    const sum = STATES.reduce((n, s) => n + (answer.counts[s] || 0), 0);
    if (!sum)
        return [h('h2', null, t('policy.same')), h('p', {class: 'hint'}, keep)];
    const counts = STATES.filter((s) => answer.counts[s]).map((s) => h('li', null, badge('address', s), ' ', String(answer.counts[s])));
    const head = [t('addresses.address'), t('policy.before'), t('policy.after'), t('addresses.reason')];
    return [h('h2', null, t('policy.result', {n: sum})), h('ul', {class: 'counts'}, counts),
            h('table', {class: 'plain'}, h('thead', null, h('tr', null, head.map((c, i) => h('th', {scope: 'col', class: i === 3 ? 'wide' : null}, c)))), h('tbody', null, answer.changes.map(change))),
            answer.changes.length < sum ? h('p', {class: 'hint'}, t('policy.cut', {n: answer.changes.length})) : null,
            h('p', {class: 'hint'}, keep)];
}

function form(policy) {
    const text = h('textarea', {class: 'code', rows: Math.min(Math.max(policy.yaml.split('\n').length + 1, 10), 28), spellcheck: 'false', autocomplete: 'off', value: policy.yaml});
    const out = h('div');
    const button = h('button', {type: 'submit', class: 'main'}, t('policy.run'));
    async function run(event) {
        event.preventDefault();
        button.disabled = true;
        replace(out, busy(t('policy.working')));
        try {
            const shown = result(await api.post('policy/dry-run', {yaml: text.value}), t(policy.builtin ? 'policy.keep-builtin' : 'policy.keep'));
            replace(out, h('section', {class: 'card'}, shown));
            announce(shown[0].textContent);
        } catch (e) {
            replace(out, trouble(e));
        }
        button.disabled = false;
    }
    return [h('form', {class: 'policy-form', onsubmit: run}, field(t('policy.text'), text), policy.builtin ? h('p', {class: 'hint'}, t('policy.builtin')) : null,
              h('p', {class: 'buttons'}, button)), out];
}

export function show(view) {
    const body = h('div');
    replace(view, h('p', null, link('addresses', null, '← ' + t('addresses.title'))), h('h1', null, t('policy.title')), h('p', {class: 'lead'}, t('policy.lead')), body);
    fill(body, () => api.get('policy'), form);
}
