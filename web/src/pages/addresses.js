// SPDX-License-Identifier: BSD-2-Clause
// Whether mail still goes to an address, why not, and changing that by hand.
import * as api from '../api.js';
import {announce, foreign, h, link, replace} from '../dom.js';
import * as format from '../format.js';
import {badge, field, fill, nothing, paged, select, trouble, when} from '../parts.js';
import {has, named, t} from '../words.js';
import {eventLine, namesOf} from './events.js';

const STATES = ['suppressed', 'paused', 'probation', 'ok'];
const REPORT_ID = /^[0-9a-f]{32}$/;

const mayWrite = (me) => me.scopes.includes('write') || me.scopes.includes('admin');

// ---- dialogs ----

// Asks, does it, and says what went wrong inside of the dialog. ask: {title, text, address, act, done}
function dialog(ask) {
    const address = h('input', {name: 'address', type: 'text', inputmode: 'email', autocomplete: 'off', spellcheck: 'false'});
    const reason = h('textarea', {name: 'reason', rows: 2});
    const out = h('div', {'aria-live': 'assertive'});
    const complain = (text, where) => { replace(out, h('p', {class: 'trouble'}, text)); where.focus(); };
    async function submit(event) {
        event.preventDefault();
        const whom = ask.address || address.value.trim(), why = reason.value.trim();
        if (!/^[^\s@]+@[^\s@]+$/.test(whom))
            return complain(t('addresses.address-missing'), address);
        if (!why)
            return complain(t('addresses.reason-missing'), reason);
        try {
            await ask.act(whom, why);
            box.close();
            ask.done(whom);
        } catch (e) {
            replace(out, trouble(e));
        }
        return null;
    }
    const box = h('dialog', {'aria-labelledby': 'dialog-title', onclose: () => box.remove()},
        h('form', {method: 'dialog', novalidate: true, onsubmit: submit},
          h('h2', {id: 'dialog-title'}, ask.title), h('p', null, ask.text),
          ask.address ? null : field(t('addresses.address'), address),
          field(t('addresses.reason'), reason, t('addresses.reason-hint')), out,
          h('p', {class: 'buttons'}, h('button', {type: 'submit', class: 'main'}, ask.button),
            h('button', {type: 'button', onclick: () => box.close()}, t('site.cancel')))));
    document.body.append(box);
    box.showModal();
    (ask.address ? reason : address).focus();
}

export function suppress(address, again) {
    dialog({title: address ? t('addresses.suppress-title') + ': ' + address : t('addresses.suppress-title'), text: t('addresses.suppress-text'), address, button: t('addresses.do-suppress'),
            act: (whom, reason) => api.post('suppressions', {address: whom, reason}),
            done: (whom) => { again(whom); announce(t('addresses.suppressed-done', {address: whom})); }});
}

export function release(address, again) {
    dialog({title: t('addresses.release-title', {address}), text: t('addresses.release-text'), address, button: t('addresses.do-release'),
            act: (whom, reason) => api.remove('suppressions/' + encodeURIComponent(whom), {reason}),
            done: (whom) => { again(whom); announce(t('addresses.released-done', {address: whom})); }});
}

// ---- the list ----

function line(row, names) {
    const until = row.state === 'paused' && row.until ? [' ', t('addresses.until'), ' ', format.day(row.until)] : null;
    return h('li', null, link('addresses/' + encodeURIComponent(row.address), {class: 'address-line'},
        h('span', {class: 'to'}, foreign(row.address)),
        h('span', {class: 'state'}, badge('address', row.state), until ? h('small', null, until) : null),
        h('span', {class: 'cause'}, row.cause ? names.causes.get(row.cause) || row.cause : row.why && !REPORT_ID.test(row.why) ? foreign(row.why, 'span') : ''),
        h('span', {class: 'when'}, row.last_failure ? [t('addresses.last'), ' ', when(row.last_failure)] : null)));
}

function showList(out, query, names) {
    const list = h('ol', {class: 'address-list'}), box = h('div');
    replace(out, box);
    return paged(box, async (cursor) => {
        const {addresses, next} = await api.get('addresses', {state: query.get('state'), q: query.get('q'), cursor, limit: 50});
        return {rows: addresses, next};
    }, (rows) => {
        const lines = rows.map((row) => line(row, names));
        list.append(...lines);
        box.prepend(list);
        return lines[0].querySelector('a');
    }, () => nothing(t('addresses.none'), t('addresses.none-lead')));
}

function filters(query, apply) {
    const form = h('form', {class: 'filters', role: 'search', onsubmit: (e) => { e.preventDefault(); apply(form); }, onchange: (e) => e.target.matches('select') && apply(form)},
        field(t('addresses.state'), select('state', [['', t('events.all')], ...STATES.map((s) => [s, t('address.' + s)])], query.get('state') || '')),
        field(t('addresses.search'), h('input', {type: 'search', name: 'q', value: query.get('q') || '', autocomplete: 'off', spellcheck: 'false'})),
        h('span', {class: 'buttons'}, h('button', {type: 'submit'}, t('events.apply'))));
    return form;
}

function showAll(view, query, me) {
    const body = h('div');
    replace(view, h('div', {class: 'title-row'}, h('div', null, h('h1', null, t('addresses.title')), h('p', {class: 'lead'}, t('addresses.lead'))),
                    h('p', {class: 'buttons'}, mayWrite(me) ? h('button', {type: 'button', class: 'suppress-new', onclick: () => suppress(null, (whom) => { location.hash = '#/addresses/' + encodeURIComponent(whom); })}, t('addresses.add')) : null,
                      link('policy', {class: 'button'}, t('policy.title')))), body);
    fill(body, namesOf, (names) => {
        const out = h('div', {class: 'found'});
        const apply = (form) => {
            const next = new URLSearchParams([...new FormData(form)].filter(([, v]) => v.trim()));
            history.pushState(null, '', '#/addresses' + (next.toString() ? '?' + next : ''));
            showList(out, next, names);
        };
        showList(out, query, names);
        return [filters(query, apply), out];
    });
}

// ---- one address ----

const row = (label, ...content) => [h('dt', null, label), h('dd', null, ...content)];

function meaning(address) {
    if (address.state === 'paused' && !address.until)
        return t('address.suppressed-text');
    if (address.state === 'suppressed' && address.until)
        return t('address.suppressed-until-text', {time: format.moment(address.until)});
    return t('address.' + address.state + '-text', {time: address.until ? format.moment(address.until) : ''});
}

function why(text) {
    if (!text)
        return null;
    if (text === 'log')
        return t('audit.log');
    return REPORT_ID.test(text) ? link('events/' + text, null, t('audit.report')) : foreign(text, 'span');
}

// "state" is a change by hand: what it is now says more.
function done(a) {
    if (a.action === 'state')
        return a.after === 'probation' ? t('audit.release') : named('address', a.after);
    return named('audit', a.action);
}

function audit(list) {
    if (!list.length)
        return h('p', {class: 'hint'}, t('address.no-audit'));
    const who = (name) => t('audit.by', {who: has('audit.' + name) ? t('audit.' + name) : name});
    return h('ol', {class: 'timeline'}, list.map((a) => h('li', null, when(a.at), ' ',
        h('strong', null, done(a)), ' ',
        h('span', {class: 'hint'}, who(a.who)), a.why ? [' · ', why(a.why)] : null)));
}

function actions(address, me, again) {
    if (!mayWrite(me))
        return null;
    const shut = address.state === 'suppressed' || address.state === 'paused';
    return h('p', {class: 'buttons'},
             shut ? h('button', {type: 'button', class: 'main release', onclick: () => release(address.address, again)}, t('addresses.release')) : null,
             address.state !== 'suppressed' ? h('button', {type: 'button', class: 'suppress', onclick: () => suppress(address.address, again)}, t('addresses.suppress')) : null);
}

function one([address, names], me, again) {
    return [h('h1', null, foreign(address.address)),
            h('p', {class: 'state-line'}, badge('address', address.state), ' ', meaning(address)),
            actions(address, me, again),
            h('dl', {class: 'rows'},
              address.cause ? row(t('addresses.cause'), h('p', null, names.causes.get(address.cause) || address.cause)) : null,
              address.why && address.state !== 'ok' ? row(t('addresses.reason'), h('p', null, why(address.why))) : null,
              address.since ? row(t('addresses.since'), h('p', null, format.moment(address.since))) : null,
              row(t('addresses.strikes'), h('p', null, format.number(address.strikes || 0), address.pauses ? ' · ' + t('addresses.pauses') + ' ' + format.number(address.pauses) : null)),
              row(t('addresses.last'), h('p', null, when(address.last_failure))),
              row(t('addresses.delivery'), h('p', null, when(address.last_delivery)))),
            h('section', null, h('h2', null, t('address.audit')), audit(address.audit || [])),
            h('section', null, h('h2', null, t('address.events')),
              (address.events || []).length ? h('ol', {class: 'events own'}, address.events.map((e) => eventLine(e, names.causes, names.providers, true))) : h('p', {class: 'hint'}, t('address.no-events')),
              address.more ? h('p', null, link('events?' + new URLSearchParams({address: address.address}), null, t('address.all-events'))) : null)];
}

export function show(view, {parts, query, me}) {
    if (!parts[0])
        return showAll(view, query, me);
    const body = h('div', {class: 'one-address'});
    replace(view, h('p', null, link('addresses', null, '← ' + t('addresses.title'))), body);
    const load = () => fill(body, () => Promise.all([api.get('addresses/' + encodeURIComponent(parts[0])), namesOf()]), (all) => one(all, me, async () => {
        await load();
        const title = body.querySelector('h1');
        title.setAttribute('tabindex', '-1');
        title.focus();
    }));
    return load();
}
