// SPDX-License-Identifier: BSD-2-Clause
// Paste, drop or choose a returned mail or a reply; the answer.
import * as api from '../api.js';
import {answerOf} from '../answer.js';
import {announce, h, replace} from '../dom.js';
import {isReply, mailOf, Unreadable} from '../input.js';
import {busy, trouble} from '../parts.js';
import {language, t} from '../words.js';

const MAX_FILES = 20;
const LIMIT = 8 * 1024 * 1024;

// What was handed in last: after a switch of the language it is answered once more.
let handed = null;
let draft = ''; // what stands in the field

// Another page hands a mail over: the bytes, to be answered here.
export function hand(mail) {
    handed = [{mail}];
}

async function ask(one, store) {
    return one.reply ? api.analyseReply(one.reply, store) : api.analyseMail(one.mail, store);
}

async function causeTitles() {
    try {
        return new Map((await api.causes()).map((c) => [c.cause, c.title]));
    } catch {
        return new Map();
    }
}

const HOW = ['outlook', 'foxmail', 'gmail', 'thunderbird'];

function how() {
    return h('details', {class: 'how'}, h('summary', null, t('analyse.how')),
             h('dl', null, HOW.map((id) => [h('dt', null, t('analyse.how-' + id)), h('dd', null, t('analyse.how-' + id + '-text'))])));
}

class Page {
    constructor(view, settings) {
        this.view = view;
        this.me = settings.me;
        this.limit = settings.me.limit || LIMIT;
        this.out = h('div', {class: 'out'});
        this.area = h('textarea', {id: 'mail', rows: 9, spellcheck: 'false', autocomplete: 'off', placeholder: t('analyse.placeholder'), value: draft,
            oninput: () => { draft = this.area.value; },
            onkeydown: (e) => e.key === 'Enter' && (e.ctrlKey || e.metaKey) && this.text()});
        this.file = h('input', {type: 'file', class: 'heard', multiple: true, tabindex: '-1', 'aria-hidden': 'true', accept: '.eml,.txt,.mbox,.msg,message/rfc822,text/plain', onchange: () => this.files(this.file.files)});
        this.store = h('input', {type: 'checkbox', name: 'store'});
        this.form = this.makeForm();
        replace(view, this.form, this.out);
        this.listen();
    }

    get keeps() {
        return this.me.scopes.includes('write') || this.me.scopes.includes('admin');
    }

    makeForm() {
        return h('form', {class: 'hand-in', onsubmit: (e) => { e.preventDefault(); this.text(); }},
                 h('h1', null, t('analyse.title')),
                 h('p', {class: 'lead'}, t('analyse.lead')),
                 h('div', {class: 'drop'},
                   h('label', {for: 'mail', class: 'heard'}, t('analyse.label')), this.area,
                   h('div', {class: 'buttons'},
                     h('button', {type: 'submit', class: 'main'}, t('analyse.go')),
                     h('button', {type: 'button', class: 'choose', onclick: () => this.file.click()}, t('analyse.file')), this.file,
                     h('button', {type: 'button', class: 'quiet sample', onclick: () => this.sample()}, t('analyse.sample')))),
                 this.keeps ? h('label', {class: 'tick'}, this.store, t('analyse.store')) : null,
                 h('p', {class: 'hint'}, t('analyse.private'), language() === 'zh' ? '' : ' ', t(this.keeps ? 'analyse.kept' : 'analyse.not-kept')),
                 how());
    }

    complain(text) {
        this.latest = null;
        replace(this.out, h('div', {class: 'trouble', role: 'alert'}, h('p', null, text)));
    }

    text() {
        const text = this.area.value;
        if (!text.trim())
            return this.complain(t('input.empty'));
        const size = new Blob([text]).size;
        if (size > this.limit)
            return this.files([new File([text], t('analyse.label'))]);
        return this.answer([isReply(text) ? {reply: text.trim()} : {mail: text}]);
    }

    async files(list) {
        const files = [...list], all = [];
        this.file.value = '';
        if (!files.length)
            return;
        const told = [];
        if (files.length > MAX_FILES)
            told.push(t('input.many', {n: files.length, max: MAX_FILES}));
        for (const file of files.slice(0, MAX_FILES)) {
            try {
                all.push({mail: await mailOf(file, this.limit), name: file.name});
            } catch (e) {
                if (!(e instanceof Unreadable))
                    throw e;
                told.push(e.message);
            }
        }
        if (all.length)
            await this.answer(all, told);
        else
            this.complain(told.join(' '));
    }

    async sample() {
        try {
            const response = await fetch(new URL('../sample.eml', import.meta.url));
            const text = await response.text();
            this.area.value = text;
            await this.answer([{mail: text}]);
        } catch (e) {
            replace(this.out, trouble(e));
        }
    }

    stored(counts) {
        if (!counts)
            return null;
        return h('p', {class: 'done'}, t(counts.reports ? 'analyse.stored' : 'analyse.stored-before'));
    }

    // Of two asked for one after the other the later is shown, whichever comes last.
    async answer(all, told = []) {
        handed = all;
        const store = this.store.checked;
        const mine = this.latest = {};
        replace(this.out, busy(t('analyse.working')));
        this.out.scrollIntoView({block: 'nearest'});
        const causes = await causeTitles();
        const shown = told.map((text) => h('div', {class: 'trouble', role: 'alert'}, h('p', null, text)));
        let title = null;
        for (const one of all) {
            try {
                const answer = await ask(one, store);
                title = title || answer.reports[0].words.title;
                shown.push(all.length > 1 ? h('p', {class: 'file-name'}, one.name) : null,
                           this.stored(answer.stored),
                           answerOf(answer.reports, {check: this.me.check, causes}));
            } catch (e) {
                shown.push(all.length > 1 ? h('p', {class: 'file-name'}, one.name) : null, trouble(e, () => this.answer(all, told)));
            }
        }
        if (mine === this.latest)
            this.show(shown, title);
    }

    show(shown, title) {
        const another = h('button', {type: 'button', class: 'another', onclick: () => this.another()}, t('analyse.again'));
        replace(this.out, h('p', {class: 'bar'}, another), shown);
        this.form.hidden = !!title;
        if (!title)
            return;
        announce(t('analyse.done', {title}));
        this.out.querySelector('.headline').focus({preventScroll: true});
        window.scrollTo(0, 0);
    }

    another() {
        handed = null;
        draft = '';
        this.latest = null;
        this.form.hidden = false;
        this.area.value = '';
        replace(this.out);
        this.area.focus();
    }

    // Files may be dropped anywhere, and pasted without the field being in focus.
    listen() {
        const over = (event) => {
            if (!this.view.isConnected)
                return removeAll();
            if ([...event.dataTransfer.types].includes('Files')) {
                event.preventDefault();
                document.body.classList.toggle('dropping', event.type === 'dragover');
                document.body.dataset.drop = t('analyse.drop');
                if (event.type === 'drop') {
                    document.body.classList.remove('dropping');
                    this.files(event.dataTransfer.files);
                }
            }
            return null;
        };
        const leave = (event) => !event.relatedTarget && document.body.classList.remove('dropping');
        const paste = (event) => {
            if (!this.view.isConnected)
                return removeAll();
            const files = event.clipboardData.files, text = event.clipboardData.getData('text/plain');
            if (files.length && !text) {
                event.preventDefault();
                this.files(files);
            } else if (text && !event.target.matches('textarea, input')) {
                event.preventDefault();
                this.form.hidden = false;
                this.area.value = text;
                this.text();
            }
            return null;
        };
        const all = [['dragover', over], ['drop', over], ['dragleave', leave], ['paste', paste]];
        const removeAll = () => all.forEach(([name, f]) => document.removeEventListener(name, f));
        all.forEach(([name, f]) => document.addEventListener(name, f));
    }
}

export function show(view, settings) {
    const page = new Page(view, settings);
    if (handed)
        page.answer(handed);
}
