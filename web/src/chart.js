// SPDX-License-Identifier: BSD-2-Clause
// Charts. uPlot draws them; the figures stand below as a table too, for those who don't see a
// canvas, and for a build without uPlot (then ./uplot.js exports null).
import uPlot from './uplot.js';
import {announce, h, svg} from './dom.js';
import * as format from './format.js';
import {t} from './words.js';

const HEIGHT = 300;

function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

// Sums from below, so that each bar, drawn from the ground, shows only what it has on top.
function stacked(series, n) {
    const sums = [];
    let below = new Array(n).fill(0);
    for (const one of series) {
        below = below.map((v, i) => v + (one.counts[i] || 0));
        sums.push(below);
    }
    return sums;
}

// Sparse whole numbers: no "0.5 bounces".
const WHOLE = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000, 100000, 200000, 500000, 1000000];

function axis(more) {
    return {stroke: colour('--faint'), ticks: {show: false}, font: '12px system-ui, sans-serif', ...more};
}

function options(width, data, series) {
    const n = data.times.length;
    const bars = uPlot.paths.bars({size: [0.76, 64], radius: 0});
    return {
        width, height: HEIGHT, legend: {show: false}, padding: [12, 4, 0, 0],
        cursor: {y: false, points: {show: false}, drag: {x: false, y: false, setScale: false}},
        scales: {x: {time: false, range: [-0.6, n - 0.4]}, y: {range: (_, __, max) => [0, Math.max(max * 1.06, 4)]}},
        axes: [axis({grid: {show: false}, incrs: WHOLE.slice(0, 9), space: 64, size: 30,
                     values: (_, at) => at.map((i) => (data.times[i] ? format.stepDay(data.times[i]) : ''))}),
               axis({grid: {stroke: colour('--line'), width: 1}, incrs: WHOLE, size: 46,
                     values: (_, at) => at.map(format.number)})],
        series: [{}, ...series.map((one) => ({fill: colour(one.colour), width: 0, points: {show: false}, paths: bars}))],
    };
}

function table(data, series) {
    const days = data.times.map((time, i) => [time, i]).filter(([, i]) => series.some((one) => one.counts[i])).reverse();
    const head = h('tr', null, h('th', {scope: 'col'}, t('events.when')),
                   series.map((one) => h('th', {scope: 'col', class: 'number'}, one.title)), h('th', {scope: 'col', class: 'number'}, t('overview.sum')));
    const rows = days.map(([time, i]) => h('tr', null, h('th', {scope: 'row'}, format.stepDayLong(time)),
        series.map((one) => h('td', {class: 'number'}, format.number(one.counts[i] || 0))),
        h('td', {class: 'number'}, format.number(series.reduce((sum, one) => sum + (one.counts[i] || 0), 0)))));
    return h('div', {class: 'scroll', tabindex: '0', role: 'group', 'aria-label': t('site.table')},
             h('table', {class: 'plain'}, h('thead', null, head), h('tbody', null, rows)));
}

// The legend is also what one reads at a day: the total, or that day's numbers.
function legend(data, series) {
    const title = h('p', {class: 'legend-day'}, '');
    const numbers = series.map(() => h('b', null));
    const items = series.map((one, i) => {
        const chip = h('i', {class: 'chip', 'aria-hidden': 'true'});
        chip.style.background = 'var(' + one.colour + ')';
        return h('li', null, chip, one.label, numbers[i]);
    });
    function show(index) {
        const day = index === null || index === undefined ? null : index;
        title.textContent = day === null
            ? format.stepDay(data.times[0]) + ' – ' + format.stepDay(data.times[data.times.length - 1])
            : format.stepDayLong(data.times[day]);
        series.forEach((one, i) => { numbers[i].textContent = format.number(day === null ? one.total : one.counts[day] || 0); });
    }
    show(null);
    return {element: h('div', {class: 'legend'}, title, h('ul', null, items)), show, day: (i) => {
        const said = series.filter((one) => one.counts[i]).map((one) => one.title + ' ' + format.number(one.counts[i]));
        return format.stepDayLong(data.times[i]) + ': ' + (said.join(', ') || '0');
    }};
}

function keys(box, plot, data, list) {
    let at = null;
    box.addEventListener('keydown', (event) => {
        const step = {ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity}[event.key];
        if (!step)
            return;
        event.preventDefault();
        const last = data.times.length - 1;
        at = at === null ? last : Math.min(Math.max(at + step, 0), last);
        plot().setCursor({left: plot().valToPos(at, 'x'), top: 10});
        announce(list.day(at));
    });
    box.addEventListener('blur', () => { at = null; plot().setCursor({left: -10, top: -10}); });
}

// data: of /v1/statistics; series: [{title, label, total, counts}], the largest first; alt: what
// those hear who don't see it.
export function stackedBars(data, series, alt) {
    series.forEach((one, i) => { one.colour = one.rest ? '--c-rest' : '--c' + (i % 9 + 1); });
    const list = legend(data, series);
    const figures = h('details', {class: 'figures'}, h('summary', null, t('site.table')), table(data, series));
    if (!uPlot) {
        figures.setAttribute('open', '');
        return h('figure', {class: 'chart'}, list.element, figures);
    }
    const box = h('div', {class: 'canvas', tabindex: '0', role: 'group', 'aria-label': alt});
    const sums = stacked(series, data.times.length);
    let plot = null;
    function draw() {
        const width = box.clientWidth;
        if (!width)
            return;
        if (plot)
            plot.destroy();
        // the tallest first, what lies lower is painted over it
        const order = series.map((_, i) => i).reverse();
        const drawn = options(width, data, order.map((i) => series[i]));
        drawn.hooks = {setCursor: [(u) => list.show(u.cursor.idx)]};
        plot = new uPlot(drawn, [data.times.map((_, i) => i), ...order.map((i) => sums[i])], box);
    }
    let seen = 0;
    new ResizeObserver(() => {
        if (box.clientWidth !== seen) {
            seen = box.clientWidth;
            draw();
        }
    }).observe(box);
    const repaint = () => (box.isConnected ? draw() : document.removeEventListener('theme', repaint));
    document.addEventListener('theme', repaint);
    keys(box, () => plot, data, list);
    return h('figure', {class: 'chart'}, box, list.element, figures);
}

// A line as small as a word.
export function trend(counts) {
    const width = 96, height = 24, max = Math.max(...counts, 1);
    const x = (i) => (counts.length > 1 ? i / (counts.length - 1) * (width - 4) + 2 : width / 2);
    const y = (v) => height - 3 - v / max * (height - 6);
    const points = counts.map((v, i) => x(i).toFixed(1) + ' ' + y(v).toFixed(1));
    const alt = t('overview.trend-alt', {first: counts[0] || 0, last: counts[counts.length - 1] || 0, max: Math.max(...counts, 0)});
    return svg('svg', {class: 'trend', viewBox: '0 0 ' + width + ' ' + height, role: 'img', 'aria-label': alt},
               svg('path', {class: 'area', d: 'M2 ' + (height - 2) + 'L' + points.join('L') + 'L' + (width - 2) + ' ' + (height - 2) + 'Z'}),
               svg('path', {class: 'line', d: 'M' + points.join('L')}));
}
