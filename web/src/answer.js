// SPDX-License-Identifier: BSD-2-Clause
// The answer for a person, from the documents of the form "words": the order is that of the
// terminal. Recipients whose answer is the same stand together.
import * as api from './api.js';
import {announce, copy, foreign, h, marked, page, save} from './dom.js';
import * as format from './format.js';
import {path} from './path.js';
import {trouble} from './parts.js';
import {language, named, t} from './words.js';

const SHOWN = 3; // answers; the others at a click
const ADDRESSES = 12; // of one answer

const failure = (r) => r.kind === 'bounce' || r.kind === 'delay';

function sayTheSame(a, b) {
    const domain = (r) => (r.recipient || '').split('@').pop().toLowerCase();
    const rule = (r) => (r.evidence || {}).rule;
    return a.kind === b.kind && a.cause === b.cause && a.detail === b.detail && rule(a) === rule(b) &&
        a.permanence === b.permanence && a.provider === b.provider && domain(a) === domain(b);
}

function groups(reports) {
    const all = [];
    for (const report of reports) {
        const last = all[all.length - 1];
        if (last && sayTheSame(last[0], report))
            last.push(report);
        else
            all.push([report]);
    }
    return all;
}

const YES = {en: /^(Yes|Once)\b/, zh: /^(可以|过|核对地址以后可以)/};
const NO = {en: /^No\b(?!\. It would come back again until)/, zh: /^不(?:要(?!原样|用|一次)|用重发)/};

// yes, no, not-yet or no-need: the sentence says it, and the report where the sentence is silent.
export function again(report) {
    const words = report.words || {};
    if (report.kind === 'complaint')
        return 'no';
    if (report.kind !== 'bounce')
        return 'no-need';
    if (YES[words.language]?.test(words.again))
        return 'yes';
    return NO[words.language]?.test(words.again) || report.recommendation === 'suppress' ? 'no' : 'not-yet';
}

function row(label, ...content) {
    return [h('dt', null, t('label.' + label)), h('dd', null, ...content)];
}

function steps(lines) {
    return lines.length === 1 ? h('p', null, lines[0]) : h('ol', {class: 'steps'}, lines.map((s) => h('li', null, s)));
}

export function copyButton(text, label = t('site.copy')) {
    const button = h('button', {type: 'button', class: 'small copy', onclick: async () => {
        const done = await copy(text);
        button.textContent = done ? t('site.copied') : label;
        announce(done ? t('site.copied') : t('site.copy-failed'));
        button.classList.toggle('done', done);
        setTimeout(() => { button.textContent = label; button.classList.remove('done'); }, 2500);
    }}, label);
    return button;
}

function forward(text) {
    return h('div', {class: 'forward'}, foreign(text, 'blockquote'),
             copyButton(text, t('answer.forward-copy')));
}

// ---- the proof and the details ----

// Who said it is told by the program; a stored report comes without its words, and names nobody.
function said(report) {
    return report.words ? report.words.proof
        : [named('stage', report.stage), t('proof.sure', {sure: named('confidence', report.confidence)})].filter(Boolean).join(' · ');
}

export function reply(report) {
    if (!report.diagnostic)
        return null;
    return foreign(marked(report.diagnostic.trim(), (report.evidence || {}).text), 'code', {class: 'reply'});
}

function codes(report) {
    const code = [report.reply_code, report.status].filter(Boolean).join(' ');
    const meaning = (report.words || {}).status;
    return [code && meaning ? code + ' = ' + meaning : code, (report.facts || {}).provider_code].filter(Boolean);
}

function servers(report) {
    const remote = [report.remote_mta, report.remote_ip && '[' + report.remote_ip + ']'].filter(Boolean).join(' ');
    return [report.reporting_mta && t('server.reporting', {name: report.reporting_mta}),
            remote && t('server.remote', {name: remote}),
            report.queue_id && t('server.queue', {name: report.queue_id})].filter(Boolean);
}

function times(report) {
    const sent = (report.original || {}).date || report.arrival_date;
    return [sent && t('time.sent', {time: format.written(sent)}),
            report.last_attempt_date && t('time.last-attempt', {time: format.written(report.last_attempt_date)}),
            report.will_retry_until && t('time.until', {time: format.written(report.will_retry_until)})].filter(Boolean);
}

const lines = (list) => list.map((line) => foreign(line, 'p'));

// causes: titles by id
export function details(report, causes = new Map()) {
    const others = (report.alternatives || []).map((a) => causes.get(a.cause) || a.cause);
    const ids = [report.evidence && report.evidence.rule && t('answer.rule', {name: report.evidence.rule}),
                 report.dialect && t('answer.format', {name: report.dialect}),
                 (report.original || {}).message_id && 'Message-ID: ' + report.original.message_id,
                 report.report_id && 'report_id: ' + report.report_id].filter(Boolean);
    const rows = [[failure(report) && report.diagnostic, 'proof', () => [h('p', null, said(report)), reply(report)]],
                  [codes(report).length, 'codes', () => lines(codes(report))],
                  [servers(report).length, 'servers', () => lines(servers(report))],
                  [times(report).length, 'times', () => lines(times(report))],
                  [others.length, 'others', () => lines(others)],
                  [(report.limits_hit || []).length, 'limits', () => lines(report.limits_hit)]];
    return h('dl', {class: 'rows technical'},
             rows.filter(([there]) => there).map(([, label, content]) => row(label, content())),
             ids.length ? [h('dt', null, t('answer.ids')), h('dd', null, lines(ids))] : null);
}

// ---- live check ----

const MARKS = {ok: '✓', note: '·', unknown: '?', trouble: '✗'};

function finding(f) {
    return h('li', {class: 'finding is-' + f.state},
             h('span', {class: 'mark', 'aria-hidden': 'true'}, MARKS[f.state] || '·'),
             h('span', {class: 'heard'}, named('state', f.state) + ': '), foreign(f.text, 'span'));
}

function checked(result) {
    return h('div', {class: 'checked is-' + ((result.findings || []).length ? result.result : 'nothing')},
             h('p', {class: 'verdict'}, result.text || t('check.' + result.result)),
             h('ul', {class: 'findings'}, (result.findings || []).map(finding)));
}

function liveCheck(body) {
    const out = h('div', {'aria-live': 'polite'});
    const button = h('button', {type: 'button', onclick: async () => {
        button.disabled = true;
        out.replaceChildren(h('p', {class: 'busy'}, t('check.working')));
        try {
            out.replaceChildren(checked(await api.check(body)));
        } catch (e) {
            out.replaceChildren(trouble(e));
        }
        button.disabled = false;
    }}, t('check.go'));
    return h('div', {class: 'live'}, button, h('span', {class: 'hint'}, t('check.asks')), out);
}

// ---- one answer ----

function mark(kind) {
    const signs = {bounce: '✗', delay: '…', delivered: '✓', 'not-a-report': '!', complaint: '!'};
    return h('span', {class: 'sign ' + kind, 'aria-hidden': 'true'}, signs[kind] || '•');
}

function recipients(group) {
    const named_ = group.filter((r) => r.recipient);
    const list = (some) => h('p', {class: 'recipients'}, some.map((r) => foreign(r.recipient)));
    const more = named_.slice(ADDRESSES);
    return [named_.length ? list(named_.slice(0, ADDRESSES)) : null,
            more.length ? h('details', null, h('summary', null, t('amount.more', {n: more.length})), list(more)) : null];
}

function attachment(report) {
    const limit = (report.facts || {}).size_limit;
    if (report.cause !== 'message-too-large' || !limit)
        return null;
    const room = format.size(Math.floor(limit / 1.37));
    return h('p', {class: 'hint'}, t('answer.attachment', {size: room}));
}

function who(report, words) {
    if (!words.responsible)
        return null;
    return row('responsible', h('p', {class: 'who'}, words.responsible), path(report));
}

function answer(group, settings) {
    const report = group[0], words = report.words;
    const adminActs = /admin$/.test(report.responsible || '');
    return h('section', {class: 'answer ' + report.kind + (report.detail === 'phishing' ? ' fraud' : '')},
             h('header', null, mark(report.kind),
               h('div', null, h('h3', null, words.title), recipients(group))),
             h('dl', {class: 'rows'},
               words.why ? row('why', foreign(words.why, 'p')) : null,
               words.again ? row('again', sendAgain(report)) : null,
               who(report, words),
               words.steps.length ? row('steps', steps(words.steps), attachmentOnce(report, words)) : null,
               words.admin.length && (adminActs || !failure(report)) ? row('admin', steps(words.admin)) : null,
               words.forward ? row('forward', forward(words.forward)) : null,
               words.page && failure(report) ? row('page', h('p', null, page(words.page))) : null),
             failure(report) && report.diagnostic
                 ? h('div', {class: 'proof'}, h('p', {class: 'hint'}, said(report)), reply(report)) : null,
             settings.check && failure(report) ? liveCheck({report: plain(report)}) : null,
             h('details', {class: 'more'}, h('summary', null, t('answer.details')),
               words.admin.length && !adminActs && failure(report)
                   ? h('dl', {class: 'rows technical'}, row('admin', steps(words.admin))) : null,
               details(report, settings.causes)));
}

// The first words stand out when they are the short answer: "Not yet", 不要重发.
const SHORT = {en: /^((?:Yes|No|Not|Once)(?: [^ .,:;]+){0,4})[.,:;] ?/, zh: /^([^，。：；]{0,7}[重再]发|不用)[，。：；]/};

function sendAgain(report) {
    const sentence = report.words.again, shown = again(report);
    const found = SHORT[report.words.language]?.exec(sentence);
    return h('p', null, h('strong', {class: 'again ' + shown}, found ? found[1] : t('again.' + shown)), ' ',
             foreign(found ? sentence.slice(found[0].length) : sentence));
}

// The advice mostly says it itself.
function attachmentOnce(report, words) {
    return words.steps.some((s) => /MB/.test(s)) ? null : attachment(report);
}

// The document without what the page was given beside it.
function plain(report) {
    const {words, lines: _, ...rest} = report;
    return rest;
}

// ---- the report line by line ----

function line(note, index) {
    if (note.line === null)
        return h('tr', {class: 'heading'}, h('th', {colspan: 2, scope: 'colgroup'}, note.meaning));
    return h('tr', {class: note.marked ? 'decides' : note.meaning ? 'means' : '', 'data-line': index},
             h('td', {class: 'line'}, foreign(marked(note.line.trimEnd(), note.marked), 'code')),
             h('td', {class: 'meaning'}, note.meaning));
}

// Blank lines one after another say nothing.
function worthShowing(notes) {
    return notes.filter((n, i) => !(n.line !== null && !n.line.trim() && (i === 0 || !(notes[i - 1].line || '').trim())));
}

function original(notes) {
    if (!notes || notes.length < 2)
        return null;
    return h('section', {class: 'original'},
             h('h3', null, t('answer.original')),
             h('p', {class: 'hint'}, t('answer.original-lead'), notes.some((n) => n.marked) ? [language() === 'zh' ? '' : ' ', t('answer.original-marked')] : null),
             h('table', {class: 'annotated'},
               h('thead', null, h('tr', null, h('th', {scope: 'col'}, t('answer.line')), h('th', {scope: 'col'}, t('answer.meaning')))),
               h('tbody', null, worthShowing(notes).map(line))));
}

// ---- all of it ----

function goTo(section) {
    const title = section.querySelector('h3');
    title.setAttribute('tabindex', '-1');
    title.focus({preventScroll: true});
    section.scrollIntoView({block: 'start'});
}

// All answers; of many the later ones wait for a click, or for being printed.
function sections(all, settings) {
    const made = all.map(() => null);
    const make = (i) => (made[i] = made[i] || answer(all[i], settings));
    const rest = h('div', {class: 'others'});
    const unfold = () => rest.isConnected && rest.replaceChildren(...all.slice(SHOWN).map((_, i) => make(SHOWN + i)));
    if (all.length > SHOWN) {
        rest.append(h('button', {type: 'button', onclick: () => { unfold(); goTo(made[SHOWN]); }}, t('answer.show-all', {n: all.length - SHOWN})));
        window.addEventListener('beforeprint', unfold, {once: true});
    }
    const open = (i) => {
        if (!made[i])
            unfold();
        goTo(made[i]);
    };
    return {open, elements: [all.slice(0, SHOWN).map((_, i) => make(i)), all.length > SHOWN ? rest : null]};
}

// Who did not get it, and why in a word: when there are several answers.
function contents(all, open) {
    const item = (group, i) => h('li', null, h('button', {type: 'button', class: 'quiet', onclick: () => open(i)},
        mark(group[0].kind), h('span', null, foreign(group[0].recipient || t('answer.no-recipient')), group.length > 1 ? ' + ' + (group.length - 1) : null,
          h('b', null, group[0].words.title))));
    return all.length > 1 ? h('ul', {class: 'contents'}, all.map(item)) : null;
}

function neverSent(first) {
    if (!first.words.never_sent)
        return null;
    return h('details', {class: 'never-sent'}, h('summary', null, t('label.never-sent')), foreign(first.words.never_sent, 'p'));
}

// settings: {check, causes, heading: 'h2'}
export function answerOf(reports, settings) {
    const first = reports[0], all = groups(reports), parts = sections(all, settings);
    return h('article', {class: 'answers', lang: first.words.language},
             h('h2', {class: 'headline', tabindex: '-1'}, first.words.headline || first.words.title),
             contents(all, parts.open), parts.elements,
             neverSent(first),
             original(first.lines),
             h('p', {class: 'tools'},
               h('button', {type: 'button', class: 'small', onclick: () => window.print()}, t('analyse.print')),
               h('button', {type: 'button', class: 'small', onclick: () =>
                   save('whybounce.json', JSON.stringify(reports.map(plain), null, 1), 'application/json')}, t('analyse.json'))));
}
