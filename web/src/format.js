// SPDX-License-Identifier: BSD-2-Clause
// Numbers and dates as the reader writes them.

let tag = 'en';
const made = new Map();

export function formatIn(language) {
    tag = language === 'zh' ? 'zh-CN' : 'en-GB';
}

function maker(kind, options) {
    const key = tag + kind + JSON.stringify(options);
    if (!made.has(key))
        made.set(key, new Intl[kind](tag, options));
    return made.get(key);
}

export const number = (n) => maker('NumberFormat', {maximumFractionDigits: 1}).format(n);
export const percent = (share) =>
    maker('NumberFormat', {style: 'percent', maximumFractionDigits: share < 0.1 ? 1 : 0}).format(share);
export const plural = (n) => maker('PluralRules', {}).select(n);

const LONG = {year: 'numeric', month: 'long', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23'};
const SHORT = {month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23'};
const DAY = {year: 'numeric', month: 'long', day: 'numeric'};
const DAY_SHORT = {month: 'short', day: 'numeric'};

const of = (seconds, options) => maker('DateTimeFormat', options).format(new Date(seconds * 1000));

export const moment = (seconds) => of(seconds, LONG);
export const momentShort = (seconds) => of(seconds, SHORT);
export const day = (seconds) => of(seconds, DAY);
// of the steps of statistics, which are those of UTC
export const stepDay = (seconds) => of(seconds, {...DAY_SHORT, timeZone: 'UTC'});
export const stepDayLong = (seconds) => of(seconds, {...DAY, weekday: 'short', timeZone: 'UTC'});

// RFC 3339, or what a header says; what cannot be read stays as it is.
export function written(text) {
    const ms = Date.parse(text);
    return Number.isNaN(ms) ? text : moment(ms / 1000);
}

const UNITS = [['year', 31536000], ['month', 2592000], ['week', 604800], ['day', 86400], ['hour', 3600], ['minute', 60]];

export function ago(seconds) {
    const past = seconds - Date.now() / 1000;
    const format = maker('RelativeTimeFormat', {numeric: 'auto'});
    for (const [unit, length] of UNITS)
        if (Math.abs(past) >= length)
            return format.format(Math.trunc(past / length), unit);
    return format.format(0, 'minute');
}

export function size(bytes) {
    const mb = bytes / 1048576;
    const value = mb >= 1 ? [mb, 'megabyte'] : [Math.max(bytes / 1024, 0.1), 'kilobyte'];
    return maker('NumberFormat', {style: 'unit', unit: value[1], maximumFractionDigits: 1}).format(value[0]);
}

// "+30 %": how much more than before; null when there was nothing before.
export function change(now, before) {
    if (!before)
        return null;
    return maker('NumberFormat', {style: 'percent', maximumFractionDigits: 0, signDisplay: 'exceptZero'})
        .format((now - before) / before);
}
