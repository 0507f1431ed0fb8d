// SPDX-License-Identifier: BSD-2-Clause
import {copyButton} from '../answer.js';
import {h, replace} from '../dom.js';
import {t} from '../words.js';

const COMMAND = 'whybounce token login';

export function show(main, refused) {
    replace(main, h('div', {class: 'page on-login'},
        h('h1', null, t('login.title')),
        refused ? h('p', {class: 'trouble', role: 'alert'}, t('login.refused')) : null,
        h('p', {class: 'lead'}, t('login.lead')),
        h('ol', {class: 'steps'},
          h('li', null, t('login.step-1'), h('div', {class: 'command'}, h('code', null, COMMAND), copyButton(COMMAND))),
          h('li', null, t('login.step-2'))),
        h('p', {class: 'hint'}, t('login.ask'))));
}
