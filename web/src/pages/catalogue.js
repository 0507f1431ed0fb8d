// SPDX-License-Identifier: BSD-2-Clause
// The causes and providers that whybounce knows.
import * as api from '../api.js';
import {announce, h, link, page, replace} from '../dom.js';
import {fill, nothing} from '../parts.js';
import {language, named, t} from '../words.js';

const WAIT = 250; // ms after the last key

function steps(lines) {
    return lines.length === 1 ? h('p', null, lines[0]) : h('ol', {class: 'steps'}, lines.map((s) => h('li', null, s)));
}

const row = (label, content) => [h('dt', null, label), h('dd', null, content)];

function usual(cause) {
    return [[t('catalogue.permanence'), named('permanence', cause.permanence)], [t('catalogue.fault'), named('fault', cause.fault)],
            [t('label.responsible'), named('responsible', cause.responsible)], [t('event.recommendation'), named('recommendation', cause.recommendation)]];
}

// All that the catalogue says of a cause; also on the page of an event.
export function about(cause) {
    return h('dl', {class: 'rows'},
             row(t('label.why'), h('p', null, cause.why)), row(t('label.again'), h('p', null, cause.again)),
             cause.steps.length ? row(t('label.steps'), steps(cause.steps)) : null,
             cause.admin.length ? row(t('label.admin'), steps(cause.admin)) : null);
}

function whole(cause, me) {
    return [h('p', null, link('catalogue', null, '← ' + t('catalogue.all'))), h('h1', null, cause.title), h('p', {class: 'hint'}, h('code', null, cause.cause)), about(cause),
            h('dl', {class: 'rows'},
              cause.keywords.length ? row(t('label.keywords'), h('p', {class: 'keywords'}, cause.keywords.map((k) => h('span', {class: 'keyword'}, k)))) : null,
              row(t('catalogue.usual'), h('ul', {class: 'facts'}, usual(cause).map(([name, value]) => h('li', null, h('span', {class: 'faint'}, name + ' '), value))))),
            me.scopes.includes('read') ? h('p', null, link('events?cause=' + cause.cause, null, t('catalogue.events'))) : null];
}

function card(cause) {
    return h('li', null, link('catalogue/' + cause.cause, {class: 'cause'},
        h('strong', null, cause.title), h('span', {class: 'why'}, cause.why),
        h('span', {class: 'ids'}, h('code', null, cause.cause), cause.keywords.length ? ' · ' + cause.keywords.slice(0, 4).join(' · ') : null)));
}

const none = () => nothing(t('catalogue.none'), t('catalogue.none-lead'));

function causeList(causes) {
    return causes.length ? h('ul', {class: 'causes'}, causes.map(card)) : none();
}

function providerList(providers, words, me) {
    const fold = words.toLowerCase();
    const fits = (p) => [p.provider, p.name, ...p.domains || []].some((s) => s.toLowerCase().includes(fold));
    const found = providers.filter(fits);
    const one = (p) => h('li', null, h('strong', null, p.name), ' ', h('code', {class: 'faint'}, p.provider),
        (p.domains || []).length ? h('p', {class: 'hint'}, (p.domains || []).slice(0, 8).join(' · ')) : null,
        h('p', null, p.page ? page(p.page) : null, me.scopes.includes('read') ? [p.page ? ' · ' : null, link('events?provider=' + p.provider, null, t('catalogue.provider-events'))] : null));
    return {n: found.length, element: found.length ? h('ul', {class: 'providers'}, found.map(one)) : none()};
}

function showCause(view, id, me) {
    return fill(view, () => api.causes(), (causes) => {
        const cause = causes.find((c) => c.cause === id);
        return cause ? whole(cause, me) : none();
    });
}

function list(view, query, me, providers) {
    const out = h('div', {class: 'found'});
    const box = h('input', {type: 'search', name: 'q', value: query.get('q') || '', 'aria-label': t('catalogue.search'), placeholder: t('catalogue.search'), autocomplete: 'off', spellcheck: 'false'});
    let running = null, timer = null;
    function find() {
        const q = box.value.trim();
        const base = providers ? '#/catalogue/providers' : '#/catalogue';
        history.replaceState(null, '', base + (q ? '?' + new URLSearchParams({q}) : ''));
        if (running)
            running.abort();
        running = new AbortController();
        if (providers)
            return fill(out, () => api.providers(), (all) => {
                const found = providerList(all, q, me);
                announce(t('catalogue.found-providers', {n: found.n}));
                return found.element;
            });
        const {signal} = running;
        return fill(out, () => (q ? api.get('causes', {lang: language(), q}, signal).then((a) => a.causes) : api.causes()), (causes) => {
            if (q)
                announce(t('catalogue.found', {n: causes.length}));
            return causeList(causes);
        });
    }
    box.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(find, WAIT); });
    const tab = (route, text, on) => link(route, on ? {'aria-current': 'page'} : null, text);
    replace(view, h('h1', null, t('catalogue.title')), h('p', {class: 'lead'}, t('catalogue.lead')),
            h('nav', {class: 'tabs', 'aria-label': t('catalogue.title')}, tab('catalogue', t('catalogue.causes'), !providers), tab('catalogue/providers', t('catalogue.providers'), providers)),
            h('form', {role: 'search', onsubmit: (e) => { e.preventDefault(); find(); }}, box), out);
    find();
}

export function show(view, {parts, query, me}) {
    if (parts[0] && parts[0] !== 'providers')
        return showCause(view, parts[0], me);
    return list(view, query, me, parts[0] === 'providers');
}

