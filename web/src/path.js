// SPDX-License-Identifier: BSD-2-Clause
// The way of the mail: sender → sending server → receiving server → recipient, with the place of
// the fault and whoever must act marked. A list for those who listen, a drawing for those who see.
import {foreign, h, svg} from './dom.js';
import {t} from './words.js';

const ICONS = {
    person: ['M12 12.5a4.2 4.2 0 1 0 0-8.4 4.2 4.2 0 0 0 0 8.4Z', 'M4 20.5c.8-3.7 4-5.6 8-5.6s7.2 1.9 8 5.6'],
    server: ['M4 4.5h16v6H4z', 'M4 13.5h16v6H4z', 'M7.5 7.5h.01', 'M7.5 16.5h.01'],
    mailbox: ['M3.5 6h17v12.5h-17z', 'm3.8 6.3 8.2 6.6 8.2-6.6'],
};

const PLACES = [
    {id: 'sender', icon: 'person', fault: 'sender', acts: 'sender'},
    {id: 'sending', icon: 'server', fault: 'sender-server', acts: 'sender-admin'},
    {id: 'receiving', icon: 'server', fault: 'recipient-server', acts: 'recipient-admin'},
    {id: 'recipient', icon: 'mailbox', fault: 'recipient', acts: 'recipient'},
];

// How far the mail came: nodes before this one were passed.
const REACHED = {sender: 0, message: 0, 'sender-server': 1, network: 1, 'recipient-server': 2, recipient: 3};

function icon(name) {
    return svg('svg', {viewBox: '0 0 24 24', class: 'icon', 'aria-hidden': 'true'},
               ICONS[name].map((d) => svg('path', {d})));
}

function domain(name) {
    return String(name || '').toLowerCase().split('@').pop().split('.').slice(-2).join('.');
}

// The names of the four. A report without a remote server may come from either side.
function names(report) {
    const original = report.original || {};
    const reporting = report.reporting_mta;
    let remote = report.remote_mta && report.remote_ip && !report.remote_mta.includes(report.remote_ip)
        ? report.remote_mta + ' [' + report.remote_ip + ']'
        : report.remote_mta || report.remote_ip;
    const theirs = !remote && reporting && domain(reporting) === domain(report.recipient) &&
        domain(reporting) !== domain(original.envelope_from);
    if (theirs)
        remote = reporting;
    return {
        sender: original.envelope_from || original.from,
        sending: theirs || reporting === report.remote_mta ? null : reporting,
        receiving: remote,
        recipient: report.recipient,
    };
}

function node(place, report, name) {
    const faulty = report.fault === place.fault;
    const acts = report.responsible === place.acts;
    const reached = REACHED[report.fault] ?? 3;
    const index = PLACES.indexOf(place);
    const classes = ['place', faulty && 'faulty', acts && 'acts', index > reached && 'beyond',
                     report.fault === 'network' && index === 1 && 'cut',
                     report.fault === 'message' && index === 0 && 'cut'];
    return h('li', {class: classes.filter(Boolean).join(' ')},
             h('span', {class: 'disc'}, icon(place.icon)),
             h('span', {class: 'what'}, t('path.' + place.id)),
             name ? foreign(name, 'span', {class: 'name'}) : null,
             faulty ? h('span', {class: 'tag bad'}, t('path.fault')) : null,
             acts ? h('span', {class: 'tag act'}, t('path.acts')) : null,
             report.fault === 'network' && index === 1
                 ? h('span', {class: 'between'}, t('path.fault-network')) : null,
             report.fault === 'message' && index === 0
                 ? h('span', {class: 'between'}, t('path.fault-message')) : null);
}

export function path(report) {
    if (!report.fault)
        return null;
    const known = names(report);
    const waiting = report.kind === 'delay' ? ' waiting' : '';
    return h('ol', {class: 'path' + waiting, 'aria-label': t('path.label')},
             PLACES.map((place) => node(place, report, known[place.id])));
}
