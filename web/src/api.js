// SPDX-License-Identifier: BSD-2-Clause
// The calls of ../API.md. What goes wrong is a Problem, with a status: 0 is no answer at all.

export class Problem extends Error {
    constructor(status, detail, wait) {
        super('problem ' + status);
        this.status = status;
        this.detail = detail;
        this.wait = wait; // seconds
    }
}

let language = 'en';
let loggedOut = () => {};

export function speak(tag) { language = tag; }
export function onLoggedOut(then) { loggedOut = then; }

async function problem(response) {
    let detail = null;
    try {
        const body = await response.json();
        detail = body.detail || body.title || null;
    } catch {
        // an error of a proxy: its page is not for here
    }
    return new Problem(response.status, detail, Number(response.headers.get('Retry-After')) || null);
}

async function request(path, options, read) {
    let response;
    try {
        response = await fetch(path, {
            credentials: 'same-origin', cache: 'no-store', redirect: 'error',
            ...options, headers: {'Accept-Language': language, ...(options && options.headers)},
        });
    } catch (e) {
        if (e.name === 'AbortError')
            throw e;
        throw new Problem(0, null, null);
    }
    if (!response.ok) {
        if (response.status === 401)
            loggedOut();
        throw await problem(response);
    }
    try {
        return await read(response);
    } catch {
        throw new Problem(0, null, null);
    }
}

function query(values) {
    const set = Object.entries(values).filter(([, v]) => v !== null && v !== undefined && v !== '');
    return set.length ? '?' + new URLSearchParams(set) : '';
}

const asJson = (r) => (r.status === 204 ? null : r.json());

export function get(path, values = {}, signal = undefined) {
    return request('/v1/' + path + query(values), {signal}, asJson);
}

function send(method, path, body) {
    return request('/v1/' + path, {
        method, body: JSON.stringify(body), headers: {'Content-Type': 'application/json'},
    }, asJson);
}

export const post = (path, body) => send('POST', path, body);
export const remove = (path, body) => send('DELETE', path, body);

// bytes: a Blob, an ArrayBuffer or a string
function analysed(path, bytes, type, store) {
    const values = {lang: language, form: 'words', annotate: true, store};
    return request('/v1/' + path + query(values),
                   {method: 'POST', body: bytes, headers: {'Content-Type': type}}, asJson);
}

export const analyseMail = (bytes, store = false) => analysed('analyse', bytes, 'message/rfc822', store);
export const analyseReply = (text, store = false) => analysed('reply', text, 'text/plain; charset=utf-8', store);

export const rawMail = (id) =>
    request('/v1/events/' + encodeURIComponent(id) + '/raw', {}, (r) => r.arrayBuffer());

export const check = (body) => post('check' + query({lang: language}), body);

// The catalogue does not change while the page is open: asked once for each language.
const kept = new Map();

function once(path) {
    const key = path + ' ' + language;
    if (!kept.has(key))
        kept.set(key, get(path, {lang: language}).catch((e) => { kept.delete(key); throw e; }));
    return kept.get(key);
}

export const causes = () => once('causes').then((a) => a.causes);
export const providers = () => once('providers').then((a) => a.providers);
