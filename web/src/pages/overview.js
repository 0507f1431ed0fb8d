// SPDX-License-Identifier: BSD-2-Clause
// What fails, where, and what got worse.
import * as api from '../api.js';
import {copyButton} from '../answer.js';
import {stackedBars, trend} from '../chart.js';
import {foreign, h, link, replace} from '../dom.js';
import * as format from '../format.js';
import {fill, nothing} from '../parts.js';
import {t} from '../words.js';
import {summary as webhooks} from './webhooks.js';

const DAY = 86400;
const SPANS = [7, 30, 90];
const TOP = 9;

// When the day of UTC began.
const today = () => Math.floor(Date.now() / 1000 / DAY) * DAY;

const search = (values) => 'events?' + new URLSearchParams(values);

async function titles(kind) {
    const list = await (kind === 'cause' ? api.causes() : api.providers());
    return new Map(list.map((one) => (kind === 'cause' ? [one.cause, one.title] : [one.provider, one.name])));
}

// ---- figures at the top ----

function tile(value, label, more, tone = '') {
    return h('div', {class: 'tile ' + tone}, h('p', {class: 'figure'}, value), h('p', {class: 'label'}, label),
             more ? h('p', {class: 'hint'}, more) : null);
}

function tiles(all) {
    const totals = all.totals;
    const change = format.change(totals.week, totals.last_week);
    const rose = totals.last_week && totals.week > totals.last_week * 1.2;
    return h('div', {class: 'tiles'},
             tile(format.number(totals.today), t('overview.today'), t('overview.since', {time: format.momentShort(today())})),
             tile(format.number(totals.week), t('overview.week'),
                  change === null ? t('overview.week-first') : t('overview.week-before', {change, n: totals.last_week}), rose ? 'warn' : ''),
             tile(format.percent(totals.unknown_share || 0), t('overview.unknown'),
                  totals.unknown_share ? link('unknown', null, t('overview.unknown-hint')) : null),
             tile(link('addresses?state=suppressed', null, format.number(totals.suppressed || 0)), t('overview.suppressed'),
                  totals.paused ? link('addresses?state=paused', null, t('overview.paused', {n: totals.paused})) : null));
}

// ---- alarms and what got worse ----

function alarmText(alarm, causes, providers) {
    const values = {...alarm, usual: alarm.usual ?? 0, name: providers.get(alarm.provider) || alarm.provider || t('overview.no-provider'), cause: causes.get(alarm.cause) || alarm.cause};
    if (['rate', 'blocklisted', 'burst'].includes(alarm.kind))
        return t('alarm.' + alarm.kind, values);
    return alarm.text || alarm.kind;
}

function alarms(all, causes, providers) {
    if (!all.alarms.length)
        return null;
    return h('section', {class: 'alarms'}, h('h2', null, t('overview.alarms')),
             h('ul', null, all.alarms.map((a) => h('li', null, foreign(alarmText(a, causes, providers), 'span'),
                 ' ', h('span', {class: 'hint'}, format.ago(a.at))))));
}

function name(row, providers) {
    if (row.by === 'provider')
        return providers.get(row.name) || row.name || t('overview.no-provider');
    return row.name;
}

function worse(all, causes, providers) {
    const item = (row) => h('li', null,
        h('p', null, h('strong', null, foreign(name(row, providers)), ' · ', causes.get(row.cause) || row.cause), ' ',
          h('span', {class: 'rise'}, format.change(row.now, row.before) || t('overview.new'))),
        h('p', {class: 'hint'}, t('overview.worse-now', {now: row.now, before: row.before})),
        row.diagnostic ? h('p', {class: 'said'}, row.sample_report_id ? link('events/' + row.sample_report_id, null, foreign(row.diagnostic)) : foreign(row.diagnostic)) : null,
        h('p', null, link(search({cause: row.cause, [row.by]: row.name, days: 7}), null, t('nav.events'))));
    return h('section', {class: 'card worse'}, h('h2', null, t('overview.worse')),
             all.worse.length ? h('ul', null, all.worse.map(item)) : h('p', {class: 'hint'}, t('overview.no-worse')));
}

// ---- the chart ----

function causeChart(data, causes, days) {
    if (!data.series.length)
        return [h('p', {class: 'hint'}, t('events.none'))];
    const series = data.series.map((one) => {
        const title = one.name === null ? t('overview.others') : causes.get(one.name) || one.name || t('overview.no-cause');
        return {title, total: one.total, counts: one.counts, rest: one.name === null,
                label: !one.name ? h('span', null, title) : link(search({cause: one.name, days}), null, title)};
    });
    const n = series.reduce((sum, one) => sum + one.total, 0);
    const times = data.times;
    return stackedBars(data, series, t('overview.chart-alt', {from: format.stepDayLong(times[0]), to: format.stepDayLong(times[times.length - 1]), n}));
}

// The whole days of UTC up to today.
function span(days) {
    const end = today() + DAY;
    return {from: end - days * DAY, to: end};
}

function chart(causes) {
    const box = h('div', {class: 'chart-box'});
    const buttons = SPANS.map((days) => h('button', {type: 'button', class: 'small', 'aria-pressed': 'false', onclick: () => draw(days)}, t('overview.days', {n: days})));
    function draw(days) {
        buttons.forEach((b, i) => b.setAttribute('aria-pressed', String(SPANS[i] === days)));
        return fill(box, () => api.get('statistics', {by: 'cause', kind: 'bounce', step: 'day', top: TOP, ...span(days)}), (data) => causeChart(data, causes, days));
    }
    draw(30);
    return h('section', {class: 'card'},
             h('div', {class: 'card-head'}, h('h2', null, t('overview.chart')), h('div', {class: 'choice', role: 'group', 'aria-label': t('overview.span')}, buttons)), box);
}

// ---- tables ----

function table(data, by, title, heading, label) {
    const rows = data.series.filter((one) => one.name !== null);
    const sum = (counts) => counts.reduce((a, b) => a + b, 0);
    const begun = rows.some((one) => sum(one.counts.slice(-14, -7))); // before that all would be new
    const row = (one) => {
        const now = sum(one.counts.slice(-7)), before = sum(one.counts.slice(-14, -7));
        const rise = format.change(now, before);
        const text = label(one.name);
        return h('tr', null,
                 h('th', {scope: 'row'}, one.name ? link(search({[by]: one.name, days: 30}), null, foreign(text)) : text),
                 h('td', {class: 'number'}, format.number(now)), h('td', {class: 'number faint'}, format.number(before)),
                 h('td', {class: 'number ' + (begun && now > before ? 'up' : '')}, begun && now && !before ? t('overview.new') : rise || '–'),
                 h('td', {class: 'wide'}, trend(one.counts)));
    };
    return h('section', {class: 'card'}, h('h2', null, title),
             rows.length ? h('table', {class: 'plain'}, h('thead', null, h('tr', null, h('th', {scope: 'col'}, heading),
               ['seven', 'before', 'change'].map((c) => h('th', {scope: 'col', class: 'number'}, t('overview.' + c))), h('th', {scope: 'col', class: 'wide'}, t('overview.trend')))),
               h('tbody', null, rows.map(row))) : h('p', {class: 'hint'}, t('events.none')));
}

function tableOf(by, title, heading, label) {
    const box = h('div');
    fill(box, () => api.get('statistics', {by, kind: 'bounce', step: 'day', top: 10, ...span(30)}), (data) => table(data, by, title, heading, label));
    return box;
}

// ---- proofs, and the first day ----

const PROOFS = ['tag', 'signature', 'log', 'message-id'];

function unproven(all) {
    if (!all.unproven)
        return null;
    return h('section', {class: 'card unproven'},
             h('p', null, h('strong', null, t('overview.unproven', {n: all.unproven}))),
             h('details', null, h('summary', null, t('overview.unproven-how')), h('p', null, t('overview.unproven-why')),
               h('ul', null, PROOFS.map((id) => h('li', null, t('overview.prove-' + id))))));
}

const FEEDS = [['ingest', 'whybounce ingest ~/Maildir'], ['log', 'whybounce ingest --log /var/log/mail.log'],
               ['http', 'curl -H "Authorization: Bearer wb_…" --data-binary @bounce.eml "ORIGIN/v1/analyse?store=true"']];

function firstDay() {
    const command = (text) => h('div', {class: 'command'}, h('code', null, text), copyButton(text));
    return nothing(t('overview.empty'), t('overview.empty-lead'),
                   h('ul', {class: 'feeds'}, FEEDS.map(([id, text]) => h('li', null, h('p', null, t('overview.feed-' + id)), command(text.replace('ORIGIN', location.origin))))),
                   h('p', null, link('analyse', null, t('analyse.title'))));
}

// What is older than the figures has come, too.
async function read() {
    const all = await api.get('overview');
    const {events} = all.reports ? {events: [true]} : await api.get('events', {limit: 1});
    return {...all, empty: !events.length};
}

function everything([all, causes, providers]) {
    if (all.empty)
        return firstDay();
    return [tiles(all), alarms(all, causes, providers), chart(causes),
            h('div', {class: 'columns'},
              h('div', null, worse(all, causes, providers), unproven(all)),
              h('div', null, tableOf('provider', t('overview.providers'), t('overview.provider'), (id) => (id ? providers.get(id) || id : t('overview.no-provider'))),
                tableOf('domain', t('overview.domains'), t('overview.domain'), (id) => id || t('events.nobody'))))];
}

export function show(view, {me}) {
    const body = h('div'), told = h('div');
    replace(view, h('h1', null, t('overview.title')), body, told);
    if (me.scopes.includes('admin'))
        webhooks(told).catch(() => {}); // what is missing is one line, which its own page explains
    fill(body, () => Promise.all([read(), titles('cause'), titles('provider')]), everything);
}
