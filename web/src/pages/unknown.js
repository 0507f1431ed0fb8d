// SPDX-License-Identifier: BSD-2-Clause
// Answers that no rule decides, and the command that begins one.
import * as api from '../api.js';
import {copyButton} from '../answer.js';
import {foreign, h, link, replace, visible} from '../dom.js';
import * as format from '../format.js';
import {field, nothing, paged, select} from '../parts.js';
import {t} from '../words.js';

const LONGEST = 400;

// One word for a shell: what stands in it is never run.
function shellWord(text) {
    const plain = visible(text).replace(/\s+/g, ' ').trim().slice(0, LONGEST);
    return "'" + plain.replace(/'/g, "'\\''") + "'";
}

// sample: the answer as it came, a rule is made from a real one
function command(sample, causes) {
    const text = h('code'), note = h('p', {class: 'hint'}), button = h('span');
    const choice = select('cause', causes.filter((c) => c.cause !== 'unknown').map((c) => [c.cause, c.title]), 'policy-rejected', {onchange: write});
    function write() {
        const line = 'whybounce knowledge new --cause ' + choice.value + ' -- ' + shellWord(sample);
        replace(text, line);
        replace(note, t('unknown.command', {cause: choice.value}));
        replace(button, copyButton(line));
    }
    write();
    return [field(t('unknown.cause'), choice), h('div', {class: 'command'}, text, button), note];
}

function item(template, causes) {
    const body = h('div');
    const rule = h('details', {class: 'rule', ontoggle: () => body.firstChild || body.append(...command(template.sample || template.template, causes))},
                   h('summary', null, t('unknown.rule')), body);
    return h('li', {class: 'template', tabindex: '-1'},
             h('p', {class: 'count'}, h('strong', null, t('unknown.count', {n: template.count}))),
             h('div', null, foreign(template.template, 'code', {class: 'reply'}),
               h('p', {class: 'hint'}, t('unknown.seen', {first: format.day(template.first), last: format.day(template.last)}), ' · ',
                 link('events/' + encodeURIComponent(template.sample_report_id), null, t('unknown.sample'))), rule));
}

export function show(view) {
    const body = h('div');
    replace(view, h('h1', null, t('unknown.title')), h('p', {class: 'lead'}, t('unknown.lead')), body);
    const list = h('ol', {class: 'templates'});
    let causes = [];
    paged(body, async (cursor) => {
        causes = await api.causes();
        const {templates, next} = await api.get('unknown', {cursor});
        return {rows: templates, next};
    }, (rows) => {
        const items = rows.map((template) => item(template, causes));
        list.append(...items);
        body.prepend(list);
        return items[0];
    }, () => nothing(t('unknown.none'), t('unknown.none-lead')));
}
