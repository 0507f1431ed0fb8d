// A server for the page alone, with the API of web/API.md and no dependency. What it answers, the
// real program made: it reads the mails under test/mail at the start, and each mail handed in.
//
//     node test/web/mock.mjs [PORT]      then open the link that it prints
import {execFileSync, spawn} from 'node:child_process';
import {createHash} from 'node:crypto';
import {existsSync, readFileSync, readdirSync} from 'node:fs';
import {createServer} from 'node:http';
import {dirname, extname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const BUILD = process.env.WHYBOUNCE_BUILD || join(ROOT, 'build');
const PROGRAM = join(BUILD, 'whybounce');
const DAY = 86400, SPAN = 30, LIMIT = 8 * 1024 * 1024;
const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";
const now = () => Math.floor(Date.now() / 1000);

// ---- what the program says ----

function program(args, input) {
    return new Promise((done, failed) => {
        const child = spawn(PROGRAM, args, {stdio: ['pipe', 'pipe', 'ignore']});
        const out = [];
        child.stdout.on('data', (d) => out.push(d));
        child.on('error', failed);
        child.on('close', () => done(Buffer.concat(out).toString('utf8')));
        child.stdin.on('error', () => {});
        child.stdin.end(input);
    });
}

const lines = (text) => text.split('\n').filter(Boolean).map((l) => JSON.parse(l));
const explain = async (bytes, lang) => lines(await program(['explain', '--json', '--annotate', '--lang', lang, '-'], bytes));
const ids = (text) => createHash('sha256').update(text).digest();

// Somewhere in the last 30 days, the same on each run; what comes late is rate-limited.
function moment(report, start) {
    const random = ids(report.report_id).readUInt32BE(0) / 2 ** 32;
    const late = report.cause === 'rate-limited' || report.cause === 'reputation';
    return Math.floor(start - (late ? random * 6 : random * SPAN) * DAY);
}

function readAll() {
    const start = now();
    const mails = readdirSync(join(ROOT, 'test', 'mail'), {recursive: true}).filter((f) => f.endsWith('.eml')).map((f) => join(ROOT, 'test', 'mail', f));
    const out = execFileSync(PROGRAM, ['parse', '--json', join(ROOT, 'doc', 'sample-bounce.eml'), ...mails],
                             {maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'ignore']});
    const reports = lines(out.toString('utf8')).filter((r) => r.kind !== 'not-a-report');
    const seen = new Map(reports.map((r) => [r.report_id, r]));
    return [...seen.values()].map((report) => ({report, at: moment(report, start), proven: [null, 'log', 'tag'][ids(report.report_id)[9] % 3]}))
        .sort((a, b) => b.at - a.at);
}

function readProviders() {
    const folder = join(ROOT, 'knowledge', 'providers');
    return readdirSync(folder).map((file) => {
        const text = readFileSync(join(folder, file), 'utf8');
        const [, en, zh] = /^name: \{en: "?(.*?)"?, zh: "?(.*?)"?\}/m.exec(text) || [null, file, file];
        const list = (/^domains: \[(.*)\]/m.exec(text) || [null, ''])[1];
        return {provider: file.replace('.yaml', ''), en, zh, page: (/^page: (\S+)/m.exec(text) || [])[1] || null, domains: list ? list.split(/, */) : []};
    });
}

// ---- the store ----

const events = readAll();
const providers = readProviders();
const audit = new Map();  // address → rows
const states = new Map(); // address → {state, since, until, cause, why, strikes}

const domain = (r) => (r.recipient || '').split('@').pop().toLowerCase();

for (const {report, at, proven} of [...events].reverse()) {
    const to = {suppress: 'suppressed', pause: 'paused'}[report.recommendation];
    if (!report.recipient || !report.recipient.includes('@') || report.kind !== 'bounce')
        continue;
    const old = states.get(report.recipient) || {state: 'ok', strikes: 0, pauses: 0};
    const change = to && proven && old.state !== 'suppressed';
    states.set(report.recipient, {...old, last_failure: at, strikes: old.strikes + 1,
        ...(change ? {state: to, since: at, until: to === 'paused' ? at + 40 * DAY : null, cause: report.cause, why: report.report_id} : {})});
    if (change)
        note(report.recipient, {at, who: 'policy', action: to === 'paused' ? 'pause' : 'suppress', before: old.state, after: to, why: report.report_id});
}

function note(address, row) {
    audit.set(address, [row, ...audit.get(address) || []]);
}

function addressRow(address) {
    const s = states.get(address);
    return s ? {address, state: s.state, since: s.since ?? null, until: s.until ?? null, strikes: s.strikes, pauses: s.pauses,
                last_failure: s.last_failure ?? null, last_delivery: null, cause: s.cause ?? null, why: s.why ?? null} : null;
}

function eventRow({report: r, at, proven}) {
    return {report_id: r.report_id, at, kind: r.kind, action: r.action, recipient: r.recipient, cause: r.cause, provider: r.provider, status: r.status, reply_code: r.reply_code,
            remote_mta: r.remote_mta, diagnostic: r.diagnostic ? r.diagnostic.slice(0, 300) : null, recommendation: r.recommendation, proven};
}

function chosen(q) {
    const is = (name, value) => !q.get(name) || q.get(name).toLowerCase() === (value || '').toLowerCase();
    return events.filter(({report: r, at}) => is('cause', r.cause) && is('provider', r.provider) && is('kind', r.kind) && is('address', r.recipient) && is('domain', domain(r)) &&
        (!q.get('from') || at >= Number(q.get('from'))) && (!q.get('to') || at < Number(q.get('to'))) &&
        (!q.get('q') || (r.diagnostic || '').toLowerCase().includes(q.get('q').toLowerCase())));
}

function slice(all, q, most = 50) {
    const from = Number(Buffer.from(q.get('cursor') || '', 'base64url').toString() || 0);
    const limit = Math.min(Number(q.get('limit')) || 50, most);
    return {rows: all.slice(from, from + limit), next: from + limit < all.length ? Buffer.from(String(from + limit)).toString('base64url') : null};
}

// ---- calls ----

class Refusal extends Error {
    constructor(status, detail, headers = {}) {
        super(detail);
        Object.assign(this, {status, detail, headers});
    }
}

function statistics(q) {
    const from = Math.floor(Number(q.get('from')) / DAY) * DAY, to = Number(q.get('to')), by = q.get('by');
    const times = [];
    for (let t = from; t < to; t += DAY)
        times.push(t);
    const all = new Map();
    for (const {report: r, at} of chosen(q).filter((e) => e.report.kind === 'bounce')) {
        const name = {cause: r.cause, provider: r.provider || '', domain: domain(r), remote_mta: r.remote_mta || '', kind: r.kind}[by];
        if (!all.has(name))
            all.set(name, new Array(times.length).fill(0));
        all.get(name)[Math.floor((at - from) / DAY)]++;
    }
    const sum = (counts) => counts.reduce((a, b) => a + b, 0);
    const series = [...all].map(([name, counts]) => ({name, total: sum(counts), counts})).sort((a, b) => b.total - a.total);
    const top = series.slice(0, Number(q.get('top')) || 20), rest = series.slice(top.length);
    if (rest.length)
        top.push({name: null, total: sum(rest.map((s) => s.total)), counts: times.map((_, i) => sum(rest.map((s) => s.counts[i])))});
    return {from, to, step: 'day', times, series: top};
}

function overview() {
    const bounces = events.filter((e) => e.report.kind === 'bounce'), t = now();
    const week = bounces.filter((e) => e.at > t - 7 * DAY), before = bounces.filter((e) => e.at <= t - 7 * DAY && e.at > t - 14 * DAY);
    const count = (list) => list.reduce((m, {report: r}) => m.set(r.provider + '/' + r.cause, (m.get(r.provider + '/' + r.cause) || 0) + 1), new Map());
    const then = count(before);
    const worse = [...count(week)].map(([key, n]) => ({key, now: n, before: then.get(key) || 0})).filter((w) => w.now > w.before + 1 && !w.key.startsWith('null/'))
        .sort((a, b) => b.now - b.before - (a.now - a.before)).slice(0, 5).map((w) => {
            const [name, cause] = w.key.split('/');
            const one = week.find((e) => e.report.provider === name && e.report.cause === cause).report;
            return {by: 'provider', name, cause, now: w.now, before: w.before, diagnostic: one.diagnostic, sample_report_id: one.report_id};
        });
    return {totals: {today: bounces.filter((e) => e.at >= Math.floor(t / DAY) * DAY).length, week: week.length, last_week: before.length,
                     unknown_share: week.filter((e) => e.report.cause === 'unknown').length / week.length,
                     ...Object.fromEntries(['suppressed', 'paused'].map((state) => [state, [...states.values()].filter((a) => a.state === state).length]))},
            worse, unproven: events.filter((e) => !e.proven).length, reports: events.length,
            alarms: [{kind: 'rate', at: t - 5400, provider: 'gmail', cause: 'rate-limited', now: 90, usual: 12.5},
                     {kind: 'blocklisted', at: t - 2 * DAY, ip: '192.0.2.7', blocklist: 'zen.spamhaus.org'},
                     {kind: 'burst', at: t - 3 * DAY, sender: 'li.na@example.com', now: 400, usual: 3}]};
}

function template(text) {
    return text.replace(/<[^>]*>|\S+@\S+/g, '<@>').replace(/\b[0-9a-f]{8,}\b/gi, '#').replace(/(\d\d\d [\d.]+ )?\d+/g, (m, code) => (code ? m : m.length === 3 ? m : '#'));
}

function unknown(q) {
    const all = new Map();
    for (const {report: r, at} of events.filter((e) => e.report.cause === 'unknown' && e.report.diagnostic)) {
        const key = template(r.diagnostic), old = all.get(key) || {template: key, count: 0, last: at, sample_report_id: r.report_id, sample: r.diagnostic};
        all.set(key, {...old, count: old.count + 1, first: at});
    }
    const {rows, next} = slice([...all.values()].sort((a, b) => b.count - a.count), q);
    return {templates: rows, next};
}

const POLICY = `# How often may mail to an address fail before it is no longer sent to?
mailbox-full:   {strikes: 3, within: 14d, then: pause, for: 7d, pauses: 3}
user-unknown:   {strikes: 1, then: suppress}
host-unknown:   {strikes: 3, within: 10d, then: suppress}
`;

function dryRun({yaml}) {
    if (typeof yaml !== 'string' || /\t/.test(yaml))
        throw new Refusal(422, 'policy.yaml:2:1: a tab must not stand here');
    const changes = [...states.keys()].slice(0, 12).filter(() => !yaml.includes('nothing')).map((address) => ({address, before: states.get(address).state, after: 'suppressed', why: states.get(address).why ?? null}))
        .filter((c) => c.before !== c.after);
    return {days: 30, changes, counts: {ok: 0, paused: 0, suppressed: changes.length, probation: 0}};
}

function byHand(address, state, {reason}) {
    if (!/^[^\s@]+@[^\s@]+$/.test(address))
        throw new Refusal(422, 'This is no address.');
    if (!reason)
        throw new Refusal(422, 'A reason is needed.');
    const old = states.get(address) || {state: 'ok', strikes: 0, pauses: 0};
    states.set(address, {...old, state, since: now(), until: null, cause: null, why: reason});
    note(address, {at: now(), who: 'admin', action: 'state', before: old.state, after: state, why: reason});
    return addressRow(address);
}

function rawOf(report) {
    return readFileSync(report.source); // one mail each, here
}

function event(id) {
    const found = events.find((e) => e.report.report_id === id);
    if (!found)
        throw new Refusal(404, 'There is no such report.');
    const key = found.report.failure_key;
    return {report: found.report, proven: found.proven, raw_kept: true, address: found.report.recipient ? addressRow(found.report.recipient) : null,
            history: events.filter((e) => e === found || (key && e.report.failure_key === key)).map(eventRow)};
}

async function check(body) {
    const subject = body.subject || (body.report.recipient || '').split('@').pop();
    return {schema: 1, subject, result: 'trouble', cause: body.report && body.report.cause, text: 'The trouble still stands.',
            findings: [{id: 'mx.found', state: 'ok', subject, values: [], text: subject + ' has a mail server: mx.' + subject},
                       {id: 'smtp.refused', state: 'trouble', subject: 'mx.' + subject, values: [], text: 'mx.' + subject + ' [192.0.2.1] refuses the connection.'},
                       {id: 'tls.none', state: 'note', subject, values: [], text: 'Encryption was not offered.'}]};
}

async function answered(reports, q) {
    return {reports, ...(q.get('store') === 'true' ? {stored: {reports: reports.length, duplicates: 0}} : {})};
}

const tokens = [{id: 1, name: 'login link', scopes: ['analyse', 'read', 'write', 'admin'], created: now() - 40 * DAY, last_used: now() - 60, revoked: false},
                {id: 2, name: 'mailer <b>', scopes: ['analyse', 'write'], created: now() - 9 * DAY, last_used: null, revoked: true}];

function newToken({name, scopes}) {
    tokens.push({id: tokens.length + 1, name, scopes: scopes.split(','), created: now(), last_used: null, revoked: false});
    return {id: tokens.length, token: 'wb_' + 'a1B2-_'.repeat(8).slice(0, 43)};
}

function revoked(id) {
    const found = tokens.find((one) => one.id === id);
    if (!found)
        throw new Refusal(404, 'There is no such token.');
    found.revoked = true;
    return null;
}

const lang = (q) => (q.get('lang') === 'zh' ? 'zh' : 'en');
const rest = (path) => decodeURIComponent(path.split('/').slice(3).join('/'));

const CALLS = [
    ['GET', /^\/v1\/me$/, () => ({name: 'admin', scopes: ['analyse', 'read', 'write', 'admin'], version: '0.1.0', catalogue: '2026.12.1', check: true, limit: LIMIT})],
    ['DELETE', /^\/v1\/session$/, () => null],
    ['POST', /^\/v1\/analyse$/, async (q, body) => {
        if (!body.length)
            throw new Refusal(400, 'The body is empty.');
        return answered(await explain(body, lang(q)), q);
    }],
    ['POST', /^\/v1\/reply$/, async (q, body) => answered(await explain(body, lang(q)), q)],
    ['POST', /^\/v1\/check$/, (q, body) => check(JSON.parse(body))],
    ['GET', /^\/v1\/overview$/, overview],
    ['GET', /^\/v1\/statistics$/, statistics],
    ['GET', /^\/v1\/events$/, (q) => {
        const {rows, next} = slice(chosen(q), q);
        return {events: rows.map(eventRow), next};
    }],
    ['GET', /^\/v1\/events\/[^/]+$/, (q, body, path) => event(rest(path))],
    ['GET', /^\/v1\/addresses$/, (q) => {
        const fits = [...states.keys()].filter((a) => (!q.get('state') || states.get(a).state === q.get('state')) && a.toLowerCase().includes((q.get('q') || '').toLowerCase()));
        const {rows, next} = slice(fits.sort((a, b) => (states.get(b).last_failure || 0) - (states.get(a).last_failure || 0)), q);
        return {addresses: rows.map(addressRow), next};
    }],
    ['GET', /^\/v1\/addresses\/.+$/, (q, body, path) => {
        const row = addressRow(rest(path));
        if (!row)
            throw new Refusal(404, 'Nothing is known of this address.');
        return {...row, more: false, audit: audit.get(row.address) || [], events: events.filter((e) => e.report.recipient === row.address).slice(0, 50).map(eventRow)};
    }],
    ['POST', /^\/v1\/suppressions$/, (q, body) => byHand(JSON.parse(body).address, 'suppressed', JSON.parse(body))],
    ['DELETE', /^\/v1\/suppressions\/.+$/, (q, body, path) => byHand(rest(path), 'probation', JSON.parse(body))],
    ['GET', /^\/v1\/policy$/, () => ({yaml: POLICY, builtin: true})],
    ['POST', /^\/v1\/policy\/dry-run$/, (q, body) => dryRun(JSON.parse(body))],
    ['GET', /^\/v1\/causes$/, async (q) => ({causes: lines(await program(['causes', '--json', '--lang', lang(q), ...(q.get('q') ? ['--', q.get('q')] : [])], ''))})],
    ['GET', /^\/v1\/providers$/, (q) => ({providers: providers.map((p) => ({provider: p.provider, name: p[lang(q)], page: p.page, domains: p.domains})).sort((a, b) => a.name.localeCompare(b.name))})],
    ['GET', /^\/v1\/unknown$/, unknown],
    ['GET', /^\/v1\/tokens$/, () => ({tokens})],
    ['POST', /^\/v1\/tokens$/, (q, body) => newToken(JSON.parse(body))],
    ['DELETE', /^\/v1\/tokens\/\d+$/, (q, body, path) => revoked(Number(rest(path)))],
    ['GET', /^\/v1\/webhooks$/, () => ({webhooks: []})],
];

// ---- HTTP ----

const TYPES = {'.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml', '.eml': 'text/plain; charset=utf-8'};
const COMMON = {'Content-Security-Policy': CSP, 'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'no-referrer'};

function file(path, response) {
    const at = join(BUILD, 'web', path === '/' || path === '/login' ? 'index.html' : path);
    if (path.includes('..') || !existsSync(at) || !extname(at))
        throw new Refusal(404, 'There is no such file.');
    response.writeHead(200, {...COMMON, 'Content-Type': TYPES[extname(at)], 'Cache-Control': path.startsWith('/assets/') ? 'max-age=31536000, immutable' : 'no-cache'});
    response.end(readFileSync(at));
}

function body(request) {
    return new Promise((done, failed) => {
        const parts = [];
        let n = 0;
        request.on('data', (d) => {
            n += d.length;
            if (n <= LIMIT)
                parts.push(d);
        });
        request.on('end', () => (n > LIMIT ? failed(new Refusal(413, 'The limit is ' + LIMIT + ' bytes.')) : done(Buffer.concat(parts))));
        request.on('error', failed);
    });
}

const TOKEN = 'first-login';

async function api(request, url, response) {
    const path = url.pathname, bytes = await body(request);
    if (path === '/v1/session' && request.method === 'POST') {
        if (JSON.parse(bytes).token !== TOKEN)
            throw new Refusal(401, 'This link has been used.');
        response.writeHead(204, {'Set-Cookie': 'session=mock; HttpOnly; SameSite=Strict; Path=/'});
        return response.end();
    }
    if (!/\bsession=mock\b/.test(request.headers.cookie || ''))
        throw new Refusal(401, 'A token is needed.');
    const raw = /^\/v1\/events\/([^/]+)\/raw$/.exec(path);
    if (raw && request.method === 'GET') {
        response.writeHead(200, {...COMMON, 'Content-Type': 'text/plain; charset=utf-8', 'Content-Disposition': 'attachment; filename="mail.eml"'});
        return response.end(rawOf(event(raw[1]).report));
    }
    const call = CALLS.find(([method, pattern]) => method === request.method && pattern.test(path));
    if (!call)
        throw new Refusal(404, 'There is no such call.');
    const answer = await call[2](url.searchParams, bytes, path);
    response.writeHead(answer === null ? 204 : 200, {...COMMON, 'Content-Type': 'application/json', ...(path === '/v1/session' ? {'Set-Cookie': 'session=; Max-Age=0; Path=/'} : {})});
    return response.end(answer === null ? undefined : JSON.stringify(answer));
}

async function serve(request, response) {
    const url = new URL(request.url, 'http://localhost');
    try {
        if (url.pathname.startsWith('/v1/'))
            await api(request, url, response);
        else
            file(url.pathname, response);
    } catch (e) {
        const status = e.status || 500;
        response.writeHead(status, {...COMMON, ...e.headers, 'Content-Type': 'application/problem+json'});
        response.end(JSON.stringify({type: 'about:blank', title: 'Trouble', status, detail: e.detail || String(e)}));
    }
}

export function start(port = 0) {
    return new Promise((done) => {
        const server = createServer(serve);
        const close = async () => { server.close(); server.closeAllConnections(); };
        server.listen(port, '127.0.0.1', () => done({close, base: 'http://127.0.0.1:' + server.address().port, login: '/login#' + TOKEN}));
    });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
    const {base, login} = await start(Number(process.argv[2]) || 3465);
    console.log(base + login);
}
