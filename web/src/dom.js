// SPDX-License-Identifier: BSD-2-Clause
// Elements made by hand. Whatever comes from the server becomes a text node: there is no other way
// to put a string on the page, so no markup, script or link of a mail can get through.

const SVG = 'http://www.w3.org/2000/svg';

// Characters that a browser does not show, or that turn the order of others round. Of the joiners,
// which languages need, none is here.
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;

function symbol(c) {
    const code = c.codePointAt(0);
    if (code < 0xa0)
        return '\\x' + code.toString(16).padStart(2, '0');
    return '[U+' + code.toString(16).toUpperCase().padStart(4, '0') + ']';
}

// The text with every such character as a sign that all fonts have: \x1b, [U+202E]. Line ends are
// line feeds.
export function visible(text) {
    return String(text).replace(/\r\n?/g, '\n').replace(HIDDEN, symbol);
}

function append(parent, children) {
    for (const child of children.flat(Infinity)) {
        if (child === null || child === undefined || child === false || child === '')
            continue;
        parent.append(child instanceof Node ? child : document.createTextNode(visible(child)));
    }
    return parent;
}

function set(element, name, value) {
    if (value === null || value === undefined || value === false)
        return;
    if (name.startsWith('on'))
        element.addEventListener(name.slice(2), value);
    else if (name === 'value')
        element.value = value;
    else if (name === 'href')
        throw new Error('use link() or page()');
    else
        element.setAttribute(name, value === true ? '' : value);
}

export function h(tag, props, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(props || {}))
        set(element, name, value);
    return append(element, children);
}

export function svg(tag, props, ...children) {
    const element = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(props || {}))
        element.setAttribute(name, value);
    return append(element, children);
}

// A link inside of this page: "events?cause=x".
export function link(route, props, ...children) {
    const a = h('a', props, ...children);
    a.setAttribute('href', '#/' + route);
    return a;
}

// A link to a page of the catalogue; anything but https stays text.
export function page(url) {
    let parsed;
    try {
        parsed = new URL(url);
    } catch {
        return h('span', null, url);
    }
    if (parsed.protocol !== 'https:')
        return h('span', null, url);
    const a = h('a', {class: 'outside', rel: 'noopener noreferrer', target: '_blank'}, url);
    a.setAttribute('href', parsed.href);
    return a;
}

// Words of others: of a mail, a server, a person. They keep their direction to themselves.
export function foreign(text, tag = 'bdi', props = null) {
    return h(tag, {dir: 'auto', ...props}, text);
}

export function replace(element, ...children) {
    element.replaceChildren();
    return append(element, children);
}

// The piece of the text that decided, marked.
export function marked(text, piece) {
    const at = piece ? text.indexOf(piece) : -1;
    if (at < 0)
        return [text];
    return [text.slice(0, at), h('mark', null, piece), text.slice(at + piece.length)];
}

let speaker;

// Says something to those who listen to the page; aria-live.
export function announce(text) {
    if (!speaker) {
        speaker = h('div', {class: 'heard', role: 'status', 'aria-live': 'polite'});
        document.body.append(speaker);
    }
    speaker.textContent = '';
    setTimeout(() => { speaker.textContent = visible(text); }, 60);
}

// To the clipboard; also where the page came over plain http, and browsers have no clipboard.
export async function copy(text) {
    try {
        await navigator.clipboard.writeText(text);
        return true;
    } catch {
        const area = h('textarea', {class: 'heard', readonly: true, value: text});
        (document.querySelector('dialog[open]') || document.body).append(area);
        area.select();
        const done = document.execCommand('copy');
        area.remove();
        return done;
    }
}

// Offers the text or bytes as a file.
export function save(name, content, type) {
    const url = URL.createObjectURL(new Blob([content], {type}));
    const a = h('a', {download: name});
    a.setAttribute('href', url);
    a.click();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
}
