// SPDX-License-Identifier: BSD-2-Clause
// Pieces that several pages have: trouble, waiting, nothing there, lists with pages.
import {Problem} from './api.js';
import {announce, foreign, h, link} from './dom.js';
import * as format from './format.js';
import {has, named, t} from './words.js';

function sentence(e) {
    if (!(e instanceof Problem))
        return t('problem.page');
    if (has('problem.' + e.status))
        return t('problem.' + e.status);
    return t(e.status >= 500 ? 'problem.5xx' : 'problem.4xx');
}

// What went wrong, for a person; again: what the button does, if trying again can help.
export function trouble(e, again = null) {
    if (!(e instanceof Problem))
        console.error(e);
    return h('div', {class: 'trouble', role: 'alert'},
             h('p', null, sentence(e), e.wait ? ' ' + t('problem.wait', {n: e.wait}) : null),
             e.detail ? foreign(e.detail, 'p', {class: 'detail'}) : null,
             again ? h('button', {type: 'button', onclick: again}, t('site.retry')) : null);
}

export function busy(text = t('site.loading')) {
    return h('p', {class: 'busy', role: 'status'}, text);
}

export function nothing(title, lead, ...more) {
    return h('div', {class: 'nothing'}, h('h2', null, title), h('p', null, lead), more);
}

const turns = new WeakMap();

// Fills the element with what load() brings; meanwhile it says that it is loading. What was asked for
// last stays, whatever comes last.
export async function fill(element, load, show) {
    const turn = (turns.get(element) || 0) + 1;
    const latest = () => turns.get(element) === turn;
    turns.set(element, turn);
    element.setAttribute('aria-busy', 'true');
    const waiting = setTimeout(() => latest() && element.replaceChildren(busy()), 150);
    let content;
    try {
        const loaded = await load();
        content = latest() ? [show(loaded)] : [];
    } catch (e) {
        content = e.name === 'AbortError' ? [] : [trouble(e, () => fill(element, load, show))];
    }
    clearTimeout(waiting);
    if (latest() && content.length) {
        element.replaceChildren(...content.flat(Infinity).filter(Boolean));
        element.removeAttribute('aria-busy');
    }
    return element;
}

// A list that goes on where it ended. load(cursor) gives {rows, next}; add(rows) shows them.
export async function paged(container, load, add, empty, told = null) {
    const button = h('button', {type: 'button', class: 'more-rows'}, t('site.more'));
    const foot = h('div', {class: 'foot'});
    let cursor = null, count = 0;
    async function further() {
        button.disabled = true;
        foot.replaceChildren(busy());
        try {
            const {rows, next} = await load(cursor);
            cursor = next;
            count += rows.length;
            foot.replaceChildren();
            if (!count) {
                container.replaceChildren(empty());
                return;
            }
            const first = add(rows);
            const text = told ? told(count, !!next) : null;
            if (text) {
                foot.append(h('p', {class: 'hint'}, text));
                announce(text);
            }
            if (next)
                foot.append(button);
            if (count > rows.length && first)
                first.focus();
        } catch (e) {
            if (e.name !== 'AbortError')
                foot.replaceChildren(trouble(e, further));
        }
        button.disabled = false;
    }
    button.addEventListener('click', further);
    container.append(foot);
    await further();
}

export function badge(kind, id) {
    return h('span', {class: 'badge ' + kind + '-' + (id || 'none')}, named(kind, id || 'none'));
}

export function when(seconds) {
    if (!seconds)
        return '–';
    const iso = new Date(seconds * 1000).toISOString();
    return h('time', {datetime: iso, title: format.moment(seconds)}, format.momentShort(seconds));
}

export const addressLink = (address, ...more) =>
    link('addresses/' + encodeURIComponent(address), {class: 'address'}, foreign(address), more);

// A field with its label above it.
export function field(label, control, hint = null) {
    return h('label', {class: 'field'}, h('span', null, label), control, hint ? h('small', null, hint) : null);
}

export function select(name, options, value, props = {}) {
    return h('select', {name, ...props},
             options.map(([id, text]) => h('option', {value: id, selected: id === value}, text)));
}
