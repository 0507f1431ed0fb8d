// SPDX-License-Identifier: BSD-2-Clause
// The frame: language, colours, who is logged in, and which page the address names.
import * as api from './api.js';
import {announce, h, link, replace} from './dom.js';
import {trouble} from './parts.js';
import {language, languages, speakIn, t} from './words.js';
import * as addresses from './pages/addresses.js';
import * as analyse from './pages/analyse.js';
import * as catalogue from './pages/catalogue.js';
import * as events from './pages/events.js';
import * as login from './pages/login.js';
import * as overview from './pages/overview.js';
import * as policy from './pages/policy.js';
import * as tokens from './pages/tokens.js';
import * as unknown from './pages/unknown.js';
import * as webhooks from './pages/webhooks.js';

// In the order of the menu. needs: the scope without which a page is not shown.
const PAGES = [
    {id: 'analyse', page: analyse, menu: true, needs: 'analyse'},
    {id: 'overview', page: overview, menu: true, needs: 'read'},
    {id: 'events', page: events, menu: true, needs: 'read'},
    {id: 'addresses', page: addresses, menu: true, needs: 'read'},
    {id: 'catalogue', page: catalogue, menu: true, needs: 'analyse'},
    {id: 'unknown', page: unknown, menu: true, needs: 'read'},
    {id: 'tokens', page: tokens, menu: true, needs: 'admin'},
    {id: 'policy', page: policy, under: 'addresses', needs: 'read'},
    {id: 'webhooks', page: webhooks, under: 'overview', needs: 'admin'},
];

let me = null;
let main, header, footer;

// ---- what is remembered in this browser ----

function remembered(name) {
    try {
        return localStorage.getItem('whybounce.' + name);
    } catch {
        return null;
    }
}

function remember(name, value) {
    try {
        localStorage.setItem('whybounce.' + name, value);
    } catch {
        // private windows may not remember
    }
}

function wantedLanguage() {
    const own = remembered('language');
    if (languages.includes(own))
        return own;
    for (const tag of navigator.languages || [navigator.language || 'en']) {
        const short = tag.toLowerCase().split('-')[0];
        if (languages.includes(short))
            return short;
    }
    return 'en';
}

function speak(tag) {
    speakIn(tag);
    api.speak(tag);
    document.documentElement.lang = tag === 'zh' ? 'zh-CN' : 'en';
}

// ---- light and dark ----

const THEMES = ['auto', 'light', 'dark'];
const systemDark = matchMedia('(prefers-color-scheme: dark)');

function theme() {
    const own = remembered('theme');
    return THEMES.includes(own) ? own : 'auto';
}

function paint() {
    const own = theme();
    document.documentElement.dataset.theme = own !== 'auto' ? own : systemDark.matches ? 'dark' : 'light';
    document.dispatchEvent(new Event('theme'));
}

systemDark.addEventListener('change', paint);

// ---- the route: "#/events/ID?cause=x" ----

function route() {
    const [path, query] = location.hash.replace(/^#\/?/, '').split('?');
    const parts = path.split('/').filter(Boolean).map((p) => {
        try {
            return decodeURIComponent(p);
        } catch {
            return p;
        }
    });
    return {parts, query: new URLSearchParams(query || '')};
}

const mayShow = (page) => me.scopes.includes(page.needs) || (me.scopes.includes('admin'));

function start() {
    return PAGES.find(mayShow).id;
}

// ---- the frame ----

function switchLanguage() {
    const other = language() === 'zh' ? 'en' : 'zh';
    remember('language', other);
    speak(other);
    show(false);
    header.querySelector('.language').focus();
}

function switchTheme() {
    remember('theme', THEMES[(THEMES.indexOf(theme()) + 1) % THEMES.length]);
    paint();
    frame(current());
    header.querySelector('.theme').focus();
    announce(t('site.theme-' + theme()));
}

async function logOut() {
    try {
        await api.remove('session', {});
    } catch {
        // logged out already
    }
    location.href = '/';
}

const SIGNS = {auto: '◐', light: '☀', dark: '☾'};

function tools() {
    return h('div', {class: 'switches'},
             h('button', {type: 'button', class: 'switch theme', 'aria-label': t('site.theme-' + theme()), title: t('site.theme-' + theme()), onclick: switchTheme},
               h('span', {'aria-hidden': 'true'}, SIGNS[theme()])),
             h('button', {type: 'button', class: 'switch language', lang: language() === 'zh' ? 'en' : 'zh', 'aria-label': t('site.language-label'), onclick: switchLanguage}, t('site.language')),
             me && me.name ? h('button', {type: 'button', class: 'switch logout', title: me.name, onclick: logOut}, t('site.logout')) : null);
}

function frame(id) {
    const menu = me ? PAGES.filter((p) => p.menu && mayShow(p)) : [];
    const item = (p) => link(p.id, p.id === id ? {'aria-current': 'page'} : null, t('nav.' + p.id));
    replace(header,
            h('button', {type: 'button', class: 'skip', onclick: () => main.focus()}, t('site.skip')),
            link('', {class: 'brand'}, h('span', {class: 'logo', 'aria-hidden': 'true'}), 'whybounce'),
            menu.length ? h('nav', {'aria-label': t('site.nav')}, menu.map(item)) : null, tools());
    const at = header.querySelector('[aria-current]');
    if (at)
        at.parentNode.scrollLeft = at.offsetLeft - at.parentNode.clientWidth / 2 + at.offsetWidth / 2;
    replace(footer, me && me.version ? t('site.version', {version: me.version, catalogue: me.catalogue}) : null);
}

function current() {
    const id = route().parts[0] || (me ? start() : '');
    const page = PAGES.find((p) => p.id === id);
    return page ? page.under || page.id : id;
}

let shownPath = null;

// focus: a person has come to another page, and is to hear its title
async function show(focus) {
    const {parts, query} = route();
    const path = parts.join('/');
    const page = PAGES.find((p) => p.id === (parts[0] || start()));
    frame(current());
    if (!page || !mayShow(page)) {
        document.title = 'whybounce';
        replace(main, h('h1', {tabindex: '-1'}, t('site.nothing')), h('p', null, link('', null, t('nav.' + start()))));
        return;
    }
    const fresh = path !== shownPath;
    shownPath = path;
    const view = h('div', {class: 'page on-' + page.id});
    replace(main, view);
    if (focus && fresh)
        window.scrollTo(0, 0);
    let arrived = null;
    try {
        arrived = page.page.show(view, {parts: parts.slice(1), query, me});
    } catch (e) {
        replace(view, trouble(e));
    }
    if (!view.querySelector('h1'))
        await arrived;
    if (view.isConnected)
        entitle(view.querySelector('h1'), focus && fresh);
}

function entitle(title, focus) {
    document.title = (title ? title.textContent + ' · ' : '') + 'whybounce';
    if (focus && title) {
        title.setAttribute('tabindex', '-1');
        title.focus({preventScroll: true});
    }
}

function askToLogIn(refused) {
    me = null;
    frame('');
    login.show(main, refused);
    document.title = t('login.title') + ' · whybounce';
}

async function begin() {
    let refused = false;
    if (location.pathname === '/login') {
        const token = location.hash.slice(1);
        history.replaceState(null, '', '/');
        if (token) {
            replace(main, h('p', {class: 'busy', role: 'status'}, t('login.working')));
            try {
                await api.post('session', {token});
            } catch (e) {
                refused = e.status === 401 || e.status === 403;
                if (!refused) {
                    replace(main, trouble(e, () => location.reload()));
                    return;
                }
            }
        }
    }
    try {
        me = await api.get('me');
    } catch (e) {
        if (e.status === 401)
            askToLogIn(refused);
        else
            replace(main, trouble(e, begin));
        return;
    }
    api.onLoggedOut(() => askToLogIn(false));
    show(false);
}

speak(wantedLanguage());
paint();
header = h('header', {class: 'site'});
main = h('main', {id: 'main', tabindex: '-1'});
footer = h('footer', {class: 'site'});
document.body.replaceChildren(header, main, footer);
frame('');
addEventListener('hashchange', () => me && show(true));
begin();
