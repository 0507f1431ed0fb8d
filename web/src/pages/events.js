// SPDX-License-Identifier: BSD-2-Clause
// Every report that was kept: filters, which stand in the address, and one report in full.
import * as api from '../api.js';
import {answerOf, details, reply} from '../answer.js';
import {announce, foreign, h, link, replace, save} from '../dom.js';
import * as format from '../format.js';
import {path} from '../path.js';
import {addressLink, badge, busy, field, fill, nothing, paged, select, trouble, when} from '../parts.js';
import {t} from '../words.js';
import {about} from './catalogue.js';

const DAY = 86400;
const DAYS = [7, 30, 90];
const KINDS = ['bounce', 'delay', 'delivered', 'complaint', 'auto-reply', 'receipt', 'challenge', 'not-a-report'];
const NAMES = ['cause', 'provider', 'kind', 'domain', 'address', 'q'];
const SHOWN = 256 * 1024; // bytes of a mail on the page

// ---- one line of the list; also on the page of an address ----

const title = (event, causes) => (event.cause ? causes.get(event.cause) || event.cause : t('kind.' + event.kind));

export function eventLine(event, causes, providers, own = false) {
    const code = [event.reply_code, event.status].filter(Boolean).join(' ');
    return h('li', null, link('events/' + encodeURIComponent(event.report_id), {class: 'event ' + event.kind},
        h('span', {class: 'when'}, when(event.at)),
        own ? null : h('span', {class: 'to'}, event.recipient ? foreign(event.recipient) : h('span', {class: 'faint'}, t('events.nobody')),
          event.provider ? h('small', null, providers.get(event.provider) || event.provider) : null),
        h('span', {class: 'cause'}, title(event, causes), event.kind !== 'bounce' && event.cause ? h('small', null, badge('kind', event.kind)) : null),
        h('span', {class: 'said'}, code ? h('b', null, code) : null, event.diagnostic ? foreign(event.diagnostic.replace(code, '').trim(), 'span') : null)));
}

export async function namesOf() {
    const none = () => []; // names are a comfort: without them ids stand there
    const [causes, providers] = await Promise.all([api.causes().catch(none), api.providers().catch(none)]);
    return {causes: new Map(causes.map((c) => [c.cause, c.title])), providers: new Map(providers.map((p) => [p.provider, p.name])), all: causes};
}

// ---- filters ----

function midnight(date, days = 0) {
    const [y, m, d] = date.split('-').map(Number);
    return Math.floor(new Date(y, m - 1, d + days).getTime() / 1000);
}

// What the API is asked for, of what stands in the address.
function asked(query) {
    const values = {};
    for (const name of NAMES)
        values[name] = query.get(name);
    if (query.get('from'))
        values.from = midnight(query.get('from'));
    if (query.get('to'))
        values.to = midnight(query.get('to'), 1);
    if (Number(query.get('days')) > 0)
        values.from = Math.floor(Date.now() / 1000) - Number(query.get('days')) * DAY;
    return values;
}

function timeOf(query) {
    if (query.get('from') || query.get('to'))
        return 'between';
    const days = query.get('days');
    return days === '1' || DAYS.includes(Number(days)) ? days : '';
}

function filters(query, names, apply) {
    const all = ['', t('events.all')];
    const text = (name, props) => field(t('events.' + (name === 'q' ? 'words' : name)), h('input', {name, value: query.get(name) || '', autocomplete: 'off', spellcheck: 'false', ...props}));
    const span = select('days', [['', t('events.any-time')], ['1', t('events.last-day')], ...DAYS.map((n) => [String(n), t('events.last-days', {n})]), ['between', t('events.between')]], timeOf(query));
    const dates = h('span', {class: 'dates'}, field(t('events.from'), h('input', {type: 'date', name: 'from', value: query.get('from') || ''})),
                    field(t('events.to'), h('input', {type: 'date', name: 'to', value: query.get('to') || ''})));
    const showDates = () => { dates.hidden = span.value !== 'between'; };
    showDates();
    const form = h('form', {class: 'filters', role: 'search', 'aria-label': t('events.filter'),
                            onsubmit: (e) => { e.preventDefault(); apply(form); },
                            onchange: (e) => { showDates(); if (e.target.matches('select') && span.value !== 'between') apply(form); }},
        field(t('events.time'), span), dates,
        field(t('events.cause'), select('cause', [all, ...names.causes], query.get('cause') || '')),
        field(t('events.provider'), select('provider', [all, ...names.providers], query.get('provider') || '')),
        field(t('events.kind'), select('kind', [all, ...KINDS.map((k) => [k, t('kind.' + k)])], query.get('kind') || '')),
        text('domain', {placeholder: 'example.cn'}), text('address', {placeholder: 'wang@example.cn', type: 'text', inputmode: 'email'}), text('q', {type: 'search'}),
        h('span', {class: 'buttons'}, h('button', {type: 'submit'}, t('events.apply')),
          link('events', {class: 'clear'}, t('events.clear'))));
    return form;
}

function written(form) {
    const data = new FormData(form), query = new URLSearchParams();
    for (const name of NAMES)
        if ((data.get(name) || '').trim())
            query.set(name, data.get(name).trim());
    if (data.get('days') === 'between')
        ['from', 'to'].forEach((name) => data.get(name) && query.set(name, data.get(name)));
    else if (data.get('days'))
        query.set('days', data.get('days'));
    return query;
}

function showList(out, query, names) {
    const list = h('ol', {class: 'events'});
    const box = h('div');
    replace(out, box);
    const filtered = [...query.keys()].length > 0;
    return paged(box, async (cursor) => {
        const {events, next} = await api.get('events', {...asked(query), cursor, limit: 50});
        return {rows: events, next};
    }, (rows) => {
        const lines = rows.map((event) => eventLine(event, names.causes, names.providers));
        list.append(...lines);
        box.prepend(list);
        return lines[0] && lines[0].querySelector('a');
    }, () => (filtered ? nothing(t('events.none'), t('events.none-lead')) : nothing(t('events.empty'), t('overview.empty-lead'), link('overview', null, t('nav.overview')))),
    (n, more) => t(more ? 'events.shown-more' : 'events.shown', {n}));
}

function showAll(view, query) {
    const body = h('div');
    replace(view, h('h1', null, t('events.title')), body);
    fill(body, namesOf, (names) => {
        const out = h('div', {class: 'found'});
        const few = window.matchMedia('(max-width: 700px)').matches;
        const apply = (form) => {
            const next = written(form);
            const text = next.toString();
            history.pushState(null, '', '#/events' + (text ? '?' + text : ''));
            showList(out, next, names);
        };
        showList(out, query, names);
        const form = filters(query, names, apply);
        return [few ? h('details', {class: 'filter-box', open: [...query.keys()].length > 0}, h('summary', null, t('events.filter')), form) : form, out];
    });
}

// ---- one event ----

const row = (label, ...content) => [h('dt', null, label), h('dd', null, ...content)];

function history_(all, id, causes) {
    if (all.length < 2)
        return h('p', {class: 'hint'}, t('event.history-one'));
    const step = (e) => h('li', {class: e.kind}, when(e.at), ' ',
        e.report_id === id ? h('strong', null, t('kind.' + e.kind) + ' (' + t('event.this') + ')') : link('events/' + encodeURIComponent(e.report_id), null, t('kind.' + e.kind)),
        e.action ? h('span', {class: 'hint'}, ' ' + t('action.' + e.action)) : null, e.cause ? h('span', {class: 'hint'}, ' · ' + (causes.get(e.cause) || e.cause)) : null);
    return h('ol', {class: 'timeline'}, [...all].sort((a, b) => a.at - b.at).map(step));
}

function addressNow(address) {
    if (!address)
        return h('p', {class: 'hint'}, t('event.no-address'));
    const until = address.until ? ' ' + t('addresses.until') + ' ' + format.moment(address.until) : '';
    return h('p', null, badge('address', address.state), until, ' ', addressLink(address.address));
}

function rawBox(id, me) {
    const out = h('div', {class: 'raw-out'}), explained = h('div', {class: 'raw-answer'});
    let bytes = null;
    const load = async (show, where) => {
        replace(where, busy());
        try {
            bytes = bytes || await api.rawMail(id);
            await show();
        } catch (e) {
            replace(where, trouble(e));
        }
    };
    const text = () => {
        const cut = bytes.byteLength > SHOWN;
        const plain = new TextDecoder().decode(bytes.slice(0, SHOWN));
        replace(out, h('p', {class: 'hint'}, t('event.raw-safe'), cut ? ' ' + t('event.raw-cut', {size: format.size(SHOWN)}) : null),
                h('pre', {class: 'raw', tabindex: '0', dir: 'ltr', 'aria-label': t('event.raw')}, plain));
        toggle.textContent = t('event.raw-hide');
    };
    const toggle = h('button', {type: 'button', class: 'show-raw', onclick: () => {
        if (out.firstChild) {
            replace(out);
            toggle.textContent = t('event.raw-show');
            return null;
        }
        return load(text, out);
    }}, t('event.raw-show'));
    const explain = h('button', {type: 'button', class: 'main explain', onclick: () => load(async () => {
        const {reports} = await api.analyseMail(bytes);
        const causes = new Map((await api.causes()).map((c) => [c.cause, c.title]));
        replace(explained, answerOf(reports, {check: me.check, causes}));
        announce(t('analyse.done', {title: reports[0].words.title}));
    }, explained)}, t('event.raw-explain'));
    const keep = h('button', {type: 'button', onclick: () => load(async () => { save(id + '.eml', bytes, 'message/rfc822'); replace(out); }, out)}, t('event.raw-save'));
    return [h('p', {class: 'buttons'}, explain, toggle, keep), explained, out];
}

function facts(data, names) {
    const report = data.report;
    const own = (data.history || []).find((e) => e.report_id === report.report_id);
    return h('dl', {class: 'rows'},
             own ? row(t('event.when'), h('p', null, format.moment(own.at))) : null,
             report.original && report.original.subject ? row(t('event.subject'), foreign(report.original.subject, 'p')) : null,
             row(t('event.proof'), h('p', null, badge('proven', data.proven), data.proven ? null : h('span', {class: 'hint'}, ' ' + t('event.unproven-note')))),
             row(t('event.address'), addressNow(data.address)),
             report.recommendation ? row(t('event.recommendation'), h('p', null, t('recommendation.' + report.recommendation))) : null,
             report.provider ? row(t('events.provider'), h('p', null, names.providers.get(report.provider) || report.provider)) : null,
             row(t('event.history'), history_(data.history || [], report.report_id, names.causes)));
}

function one([data, names], me) {
    const report = data.report;
    const cause = names.all.find((c) => c.cause === report.cause);
    return [h('h1', null, cause ? cause.title : t('kind.' + report.kind)),
            h('p', {class: 'event-to'}, badge('kind', report.kind), ' ', report.recipient ? foreign(report.recipient) : t('answer.no-recipient')),
            report.diagnostic ? reply(report) : null, path(report), facts(data, names),
            cause ? h('details', null, h('summary', null, t('event.general')), about(cause)) : null,
            h('details', null, h('summary', null, t('answer.details')), details(report, names.causes)),
            h('section', null, h('h2', null, t('event.raw')), data.raw_kept ? rawBox(report.report_id, me) : h('p', {class: 'hint'}, t('event.raw-gone')))];
}

export function show(view, {parts, query, me}) {
    if (!parts[0])
        return showAll(view, query);
    const body = h('div', {class: 'one-event'});
    replace(view, h('p', null, link('events', null, '← ' + t('events.title'))), body);
    return fill(body, () => Promise.all([api.get('events/' + encodeURIComponent(parts[0])), namesOf()]), (all) => one(all, me));
}
