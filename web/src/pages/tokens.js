// SPDX-License-Identifier: BSD-2-Clause
// Who may talk to the service: programs, and people who were given a link.
import * as api from '../api.js';
import {copyButton} from '../answer.js';
import {announce, foreign, h, replace} from '../dom.js';
import {field, fill, nothing, trouble, when} from '../parts.js';
import {named, t} from '../words.js';

const SCOPES = ['analyse', 'read', 'write', 'admin'];

// The dialog closes itself when act() has done what it should. parts: what stands in it
function dialog(title, parts, button, act) {
    const out = h('div', {'aria-live': 'assertive'});
    async function submit(event) {
        event.preventDefault();
        const complaint = await act().catch((e) => trouble(e));
        if (complaint)
            replace(out, complaint);
        else
            box.close();
    }
    const box = h('dialog', {'aria-labelledby': 'dialog-title', onclose: () => box.remove()},
        h('form', {method: 'dialog', novalidate: true, onsubmit: submit}, h('h2', {id: 'dialog-title'}, title), parts, out,
          h('p', {class: 'buttons'}, h('button', {type: 'submit', class: 'main'}, button),
            h('button', {type: 'button', onclick: () => box.close()}, t('site.cancel')))));
    document.body.append(box);
    box.showModal();
    (box.querySelector('input') || box.querySelector('button')).focus();
}

// Nobody hands on what he may not do himself.
function create(me, done) {
    const name = h('input', {name: 'name', type: 'text', autocomplete: 'off', spellcheck: 'false', maxlength: 60});
    const choice = h('fieldset', {class: 'scopes'}, h('legend', null, t('tokens.scopes')),
        SCOPES.filter((s) => me.scopes.includes(s)).map((s) => h('label', {class: 'check'},
            h('input', {type: 'checkbox', name: 'scope', value: s, checked: s === 'analyse'}), ' ', h('strong', null, named('scope', s)), ' ', h('small', null, t('scope.' + s + '-text')))));
    const complain = (text, where) => { where.focus(); return h('p', {class: 'trouble'}, text); };
    dialog(t('tokens.create-title'), [field(t('tokens.name'), name, t('tokens.name-hint')), choice], t('tokens.do-create'), async () => {
        const scopes = [...choice.querySelectorAll('input:checked')].map((box) => box.value);
        if (!name.value.trim())
            return complain(t('tokens.name-missing'), name);
        if (!scopes.length)
            return complain(t('tokens.scopes-missing'), choice.querySelector('input'));
        done(name.value.trim(), await api.post('tokens', {name: name.value.trim(), scopes: scopes.join(',')}));
        return null;
    });
}

function revoke(token, done) {
    dialog(t('tokens.revoke-title', {name: token.name}), [h('p', null, t('tokens.revoke-text'))], t('tokens.do-revoke'), async () => {
        await api.remove('tokens/' + token.id, {});
        done();
        return null;
    });
}

function line(token, again) {
    return h('li', {class: token.revoked ? 'revoked' : ''},
        h('div', null, h('p', null, h('strong', null, foreign(token.name, 'span')), ' ', token.scopes.map((s) => [h('span', {class: 'badge'}, named('scope', s)), ' '])),
          h('p', {class: 'hint'}, t('tokens.created'), ' ', when(token.created), ' · ', token.last_used ? [t('tokens.used'), ' ', when(token.last_used)] : t('tokens.unused'))),
        token.revoked ? h('span', {class: 'badge'}, t('tokens.revoked'))
            : h('button', {type: 'button', class: 'small revoke', 'aria-label': t('tokens.do-revoke') + ': ' + token.name, onclick: () => revoke(token, again)}, t('tokens.do-revoke')));
}

// It is shown this once: the service keeps nothing that it could be made from.
function fresh(name, made) {
    return h('div', {class: 'card fresh'}, h('p', null, t('tokens.made', {name})),
             h('div', {class: 'command'}, h('code', null, made.token), copyButton(made.token)), h('p', {class: 'hint'}, t('tokens.once')));
}

export function show(view, {me}) {
    const box = h('div'), shown = h('div', {'aria-live': 'polite'});
    const again = () => fill(box, () => api.get('tokens'), ({tokens}) => {
        const rows = tokens.sort((a, b) => a.revoked - b.revoked || b.created - a.created);
        return rows.length ? h('ol', {class: 'token-list'}, rows.map((row) => line(row, () => { announce(t('tokens.revoked-done', {name: row.name})); again(); })))
            : nothing(t('tokens.none'), t('tokens.none-lead'));
    });
    const add = () => create(me, (name, made) => { replace(shown, fresh(name, made)); again(); });
    replace(view, h('div', {class: 'title-row'}, h('div', null, h('h1', null, t('tokens.title')), h('p', {class: 'lead'}, t('tokens.lead'))),
                    h('p', {class: 'buttons'}, h('button', {type: 'button', class: 'create', onclick: add}, t('tokens.add')))), shown, box);
    return again();
}
