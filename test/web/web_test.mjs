// The page in a browser, both languages, light and dark. Speaks TAP. The server is ./mock.mjs, or one
// of ./browser.mjs, which is first given the mails of test/mail.
import {readFileSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {axeSource, missing, open, REAL, ROOT} from './browser.mjs';

let count = 0, failures = 0;

function ok(good, what, ...why) {
    count++;
    if (!good)
        failures++;
    console.log((good ? 'ok ' : 'not ok ') + count + ' - ' + what);
    if (!good)
        for (const line of why.map((w) => (typeof w === 'string' ? w : JSON.stringify(w))).join('\n').split('\n'))
            console.log('# ' + line);
    return good;
}

const reason = missing();
if (reason) {
    console.log('1..0 # SKIP ' + reason);
    process.exit(0);
}

const mail = (name) => join(ROOT, name);
const SAMPLE = mail('doc/sample-bounce.eml');
const site = await open();

// ---- help ----

const text = (page, selector) => page.locator(selector).first().innerText();
const answered = (page) => page.waitForSelector('.headline, .trouble');

// What must never happen, on any page.
function watch(page) {
    const seen = [];
    page.on('dialog', (d) => { seen.push('dialog: ' + d.message()); d.dismiss(); });
    page.on('pageerror', (e) => seen.push('error: ' + e.message));
    page.on('console', (m) => m.type() === 'error' && !/status of (4|5)\d\d/.test(m.text()) && seen.push('console: ' + m.text()));
    page.on('request', (r) => !r.url().startsWith(site.base) && !r.url().startsWith('blob:') && !r.url().startsWith('data:') && seen.push('request: ' + r.url()));
    return seen;
}

async function at(page, route, wait = 'h1') {
    await page.goto(site.base + '/#/' + route);
    await page.waitForSelector(wait);
}

async function choose(page, file) {
    if (await page.locator('.another').count())
        await page.click('.another');
    await page.waitForSelector('.headline', {state: 'detached'});
    await page.setInputFiles('input[type=file]', file);
    await page.waitForSelector('.headline');
}

async function axe(page, what) {
    if (!(await page.evaluate(() => !!window.axe)))
        await page.evaluate(readFileSync(axeSource(), 'utf8'));
    const {violations} = await page.evaluate(() => window.axe.run(document, {resultTypes: ['violations']}));
    const bad = violations.filter((v) => ['serious', 'critical'].includes(v.impact));
    ok(!bad.length, 'axe finds no serious fault: ' + what, ...bad.map((v) => v.id + ': ' + v.nodes.slice(0, 3).map((n) => n.target.join(' ') + ' ' + (n.any[0] || {message: ''}).message).join(' | ')));
}

async function fits(page, what) {
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    ok(over <= 0, 'nothing is wider than the page: ' + what, over + ' px');
}

// The colours on the canvas, besides nothing.
const painted = (page) => page.evaluate(() => {
    const canvas = document.querySelector('.canvas canvas');
    const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    const colours = new Set();
    for (let i = 0; i < data.length; i += 4)
        if (data[i + 3] === 255)
            colours.add(data[i] << 16 | data[i + 1] << 8 | data[i + 2]);
    return colours.size;
});

const WORDS = {
    zh: {title: '邮件被退回来了？看看是怎么回事', unknown: '对方没有这个邮箱', again: '不要重发', size: '7.3 MB', fault: '问题在这里', acts: '由这边处理', delay: '还没有送到', fraud: '诈骗', large: '最多只能读', empty: '还没有内容', suppressed: '停发', probation: '观察中', proven: '已证实', log: '邮件服务器日志', policy: '您的规则文件', lang: 'zh-CN', login: '请先登录', removed: '已经没有了', resent: '已重新排队'},
    en: {title: 'A mail came back? See why.', unknown: 'No such mailbox', again: 'No', size: '7.3 MB', fault: 'the fault is here', acts: 'must act', delay: 'not been delivered yet', fraud: 'fraud', large: 'at most', empty: 'nothing to read yet', suppressed: 'Suppressed', probation: 'On probation', proven: 'proven by', log: 'the log of the mail server', policy: 'your policy file', lang: 'en', login: 'Please log in', removed: 'no longer in config.yaml', resent: 'in the queue again'},
};

// ---- what is tried, in each language ----

async function analyse(lang) {
    const w = WORDS[lang], page = await site.window({lang}), seen = watch(page);
    await at(page, 'analyse');
    ok((await text(page, 'h1')) === w.title, lang + ': the language is that of the browser', await text(page, 'h1'));
    ok((await page.getAttribute('html', 'lang')) === w.lang, lang + ': and the page says so');
    await page.click('button[type=submit]');
    ok((await text(page, '.trouble')).includes(w.empty), lang + ': nothing handed in is told');

    await choose(page, SAMPLE);
    const first = page.locator('.answer').first();
    ok((await page.locator('.answer').count()) === 2, lang + ': a file: an answer for each recipient');
    ok((await first.innerText()).includes(w.unknown), lang + ': the cause is said');
    ok((await first.locator('.again').innerText()) === w.again, lang + ': whether to send again', await first.locator('.again').innerText());
    ok((await first.locator('.again').getAttribute('class')).includes('no'), lang + ': and marked as no');
    ok((await page.locator('.answer').nth(1).locator('.again').getAttribute('class')).includes('not-yet'), lang + ': too large: not as it is');
    ok((await page.locator('.answer').nth(1).innerText()).includes(w.size), lang + ': how large an attachment may be');
    ok((await first.locator('.path .faulty').innerText()).includes(w.fault) && (await first.locator('.path .faulty').innerText()).includes('chen.wei@example.org'), lang + ': the fault is drawn at the recipient');
    ok((await first.locator('.path .acts').innerText()).includes('li.na@example.com') && (await first.locator('.path .acts').innerText()).includes(w.acts), lang + ': who must act is drawn at the sender');
    ok((await page.locator('.annotated mark').allInnerTexts()).includes('User unknown in virtual mailbox table'), lang + ': the deciding words are marked in the report');
    ok((await page.locator('.annotated tr.means').count()) > 15, lang + ': lines have their meaning beside them');
    ok(!(await first.locator('details.more').getAttribute('open')), lang + ': technical details are folded');
    await first.locator('details.more summary').click();
    ok((await first.locator('details.more').innerText()).includes('user-unknown/user-unknown'), lang + ': and there');
    await page.click('.never-sent summary');
    ok((await text(page, '.never-sent p')).length > 40, lang + ': what to do when one never sent it');
    const order = await first.evaluate((e) => ['.recipients', 'dd', '.again', '.path', '.steps', '.forward', '.proof', '.more'].map((s) => e.querySelector(s).compareDocumentPosition(e.querySelector('.more')) & 4 ? 1 : 0).join(''));
    ok(order === '11111110', lang + ': in the order of the answer', order);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await first.locator('.forward .copy').click();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    ok(copied === (await first.locator('.forward blockquote').innerText()) && copied.includes('550 5.1.1'), lang + ': the paragraph to pass on is copied', copied);
    ok((await page.evaluate(() => document.activeElement.className)) !== '', lang + ': the focus is not lost');
    await first.locator('.live button').click();
    await first.locator('.checked, .live .trouble').first().waitFor({timeout: 20000});
    ok(true, lang + ': a live check answers');
    await axe(page, lang + ' answer');
    await page.click('.switch.language');
    await page.waitForFunction((before) => document.querySelector('.headline') && document.documentElement.lang !== before, w.lang);
    const other = WORDS[lang === 'zh' ? 'en' : 'zh'];
    await page.waitForFunction((t) => document.querySelector('.answer') && document.querySelector('.answer').innerText.includes(t), other.unknown);
    ok(true, lang + ': the switch of the language answers in the other one');
    ok(!seen.length, lang + ': nothing untoward', ...seen);
    await page.context().close();
}

async function inputs(lang) {
    const w = WORDS[lang], page = await site.window({lang}), seen = watch(page);
    await at(page, 'analyse');
    // typed and pasted
    await page.fill('#mail', '452 4.2.2 <wang@example.cn>: mailbox is full');
    await page.click('.switch.language');
    await page.click('.switch.language');
    ok((await page.inputValue('#mail')).startsWith('452 4.2.2'), lang + ': the switch of the language keeps what was typed');
    await page.focus('#mail');
    await page.keyboard.press('Control+Enter');
    await answered(page);
    ok((await text(page, '.answer')).includes('wang@example.cn'), lang + ': a reply is answered');
    await page.click('.another');
    await page.evaluate((t) => {
        const data = new DataTransfer();
        data.setData('text/plain', t);
        document.body.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
    }, readFileSync(SAMPLE, 'utf8'));
    await answered(page);
    ok((await page.locator('.answer').count()) === 2, lang + ': a mail pasted anywhere is answered');
    // dropped
    await page.click('.another');
    await page.evaluate((t) => {
        const data = new DataTransfer();
        data.items.add(new File([t], 'bounce.eml', {type: 'message/rfc822'}));
        document.body.dispatchEvent(new DragEvent('dragover', {dataTransfer: data, bubbles: true, cancelable: true}));
        document.body.dispatchEvent(new DragEvent('drop', {dataTransfer: data, bubbles: true, cancelable: true}));
    }, readFileSync(SAMPLE, 'utf8'));
    await answered(page);
    ok((await page.locator('.answer').count()) === 2, lang + ': a mail dropped is answered');
    await choose(page, mail('test/mail/postfix-delay-until.eml'));
    ok((await text(page, '.headline')).includes(w.delay) && (await page.locator('.path.waiting').count()) === 1, lang + ': a delay is not called lost');
    ok((await page.locator('.again').first().getAttribute('class')).includes('no-need'), lang + ': and need not be sent again');
    await choose(page, mail('test/mail/phishing-as-bounce.eml'));
    ok((await text(page, '.headline')).includes(w.fraud) && (await page.locator('.answer.fraud').count()) === 1, lang + ': a fraud is called one');
    ok((await page.locator('.answer a').count()) === 0, lang + ': and has no link');
    await choose(page, [SAMPLE, mail('test/mail/postfix-delay-until.eml')]);
    ok((await page.locator('.answers').count()) === 2, lang + ': two files, two answers', await page.locator('.out').innerText());
    await page.click('.another');
    const bad = async (name, buffer, want, what) => {
        await page.setInputFiles('input[type=file]', {name, mimeType: 'application/octet-stream', buffer});
        await page.waitForFunction((n) => (document.querySelector('.trouble') || {innerText: ''}).innerText.includes(n), name);
        ok((await text(page, '.trouble')).includes(want), lang + ': ' + what, await text(page, '.trouble'));
    };
    await bad('empty.eml', Buffer.alloc(0), 'empty.eml', 'an empty file is told');
    await bad('large.eml', Buffer.alloc(8 * 1024 * 1024 + 1, 'a\n'), w.large, 'a file that is too large is told');
    await bad('picture.png', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0]), 'picture.png', 'a picture is told');
    await bad('pack.zip', Buffer.from([0x50, 0x4b, 3, 4, 0, 0]), 'pack.zip', 'a packed file is told');
    await page.setInputFiles('input[type=file]', {name: 'u.txt', mimeType: 'text/plain', buffer: Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(readFileSync(SAMPLE, 'utf8'), 'utf16le')])});
    await answered(page);
    await page.waitForSelector('.answer');
    ok((await page.locator('.answer').count()) === 2, lang + ': a text that Windows saved as Unicode is read');
    await choose(page, mail('test/mail/outlook-report.msg'));
    ok((await text(page, '.answer')).includes('kim@b.example'), lang + ': what Outlook saved is read');
    // two asked for one after the other, and the first is answered last
    await page.click('.another');
    const held = new Promise((done) => page.route('**/v1/analyse*', (r) => done(r), {times: 1}));
    await page.setInputFiles('input[type=file]', mail('test/mail/phishing-as-bounce.eml'));
    const first = await held;
    await page.setInputFiles('input[type=file]', SAMPLE);
    await page.waitForSelector('.answer');
    const late = page.waitForResponse('**/v1/analyse*');
    await first.continue();
    await (await late).finished();
    await page.evaluate(() => new Promise((done) => setTimeout(done, 100)));
    ok((await page.locator('.answer').count()) === 2 && !(await page.locator('.answer.fraud').count()), lang + ': of two the later is shown', await page.locator('.out').innerText());
    await axe(page, lang + ' input');
    ok(!seen.length, lang + ': nothing untoward at the inputs', ...seen);
    await page.context().close();
}

// A mail full of what must not run, and what must not be hidden.
const EVIL = ['<script>window.pwned = 1; alert(1)</script>', '<img src=x onerror="window.pwned=2;alert(2)">', '"><svg onload=alert(3)>', 'javascript:alert(4)', '{{constructor.constructor("alert(5)")()}}',
              '\u001b[31mred\u001b]0;title\u0007', 'abc\u202etxt.exe', '\u200bhidden', '\u0085next', '<a href="https://evil.example/">click</a>', '</textarea><style>*{display:none}</style>'];

function evilMail() {
    const raw = EVIL.join('\r\n');
    return ['Return-Path: <>', 'From: MAILER-DAEMON@mail.example.com (' + EVIL[0] + ')', 'To: li.na@example.com', 'Subject: Undelivered Mail ' + EVIL[1], 'Date: Mon, 2 Mar 2026 09:40:31 +0800',
            'Message-ID: <evil' + '@mail.example.com>', 'MIME-Version: 1.0', 'Content-Type: multipart/report; report-type=delivery-status; boundary="b"', '', '--b', 'Content-Type: text/plain; charset=utf-8', '', raw,
            '<wang@example.org>: host mx.example.org said: 550 5.1.1 User unknown ' + EVIL[0] + ' ' + EVIL[5] + ' ' + EVIL[6], '', '--b', 'Content-Type: message/delivery-status', '',
            'Reporting-MTA: dns; mail.example.com', '', 'Final-Recipient: rfc822; wang@example.org', 'Action: failed', 'Status: 5.1.1',
            'Diagnostic-Code: smtp; 550 5.1.1 User unknown ' + EVIL[0] + EVIL[1] + ' see https://evil.example/login ' + EVIL[5], '', '--b', 'Content-Type: text/rfc822-headers', '',
            'From: li.na@example.com', 'To: wang@example.org', 'Subject: ' + EVIL[1], '', '--b--', ''].join('\r\n');
}

function manyMail() {
    const one = (address, status, said) => ['Final-Recipient: rfc822; ' + address, 'Action: failed', 'Status: ' + status, 'Diagnostic-Code: smtp; ' + said, ''];
    return ['From: MAILER-DAEMON@mail.example.com', 'To: li.na@example.com', 'Subject: Undelivered', 'MIME-Version: 1.0', 'Content-Type: multipart/report; report-type=delivery-status; boundary="b"', '', '--b',
            'Content-Type: message/delivery-status', '', 'Reporting-MTA: dns; mail.example.com', '', ...one('a@one.example', '5.1.1', '550 5.1.1 User unknown'), ...one('b@two.example', '5.2.2', '552 5.2.2 Mailbox full'),
            ...one('c@three.example', '5.3.4', '552 5.3.4 Message too large'), ...one('d@four.example', '5.7.1', '554 5.7.1 blocked using zen.spamhaus.org'), ...one('e@five.example', '5.1.1', '550 5.1.1 User unknown'), '--b--', ''].join('\r\n');
}

const INVISIBLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

async function hostile(lang) {
    const page = await site.window({lang}), seen = watch(page);
    await at(page, 'analyse');
    await choose(page, {name: 'evil.eml', mimeType: 'message/rfc822', buffer: Buffer.from(evilMail())});
    await page.waitForSelector('.answer');
    for (const fold of await page.locator('details:not([open]) > summary').all())
        await fold.click().catch(() => {});
    const all = await page.locator('main').innerText();
    ok(all.includes(EVIL[0]) && all.includes('<img src=x onerror='), lang + ': markup of a mail is shown as text');
    ok(!INVISIBLE.test(all), lang + ': control and bidirectional signs are made visible', JSON.stringify((INVISIBLE.exec(all) || [])[0]));
    const made = await page.evaluate(() => ['script:not([src])', 'img', 'iframe', 'style', '[onerror]', '[onload]'].map((s) => document.querySelectorAll('main ' + s).length).join());
    ok(made === '0,0,0,0,0,0', lang + ': nothing of it becomes an element', made);
    const links = await page.locator('main a[href]').evaluateAll((list) => list.map((a) => a.getAttribute('href')).filter((u) => /evil|javascript/.test(u)));
    ok(!links.length, lang + ': no link of it is live', links);
    ok((await page.evaluate(() => window.pwned)) === undefined && !seen.length, lang + ': nothing of it runs', ...seen);
    // the same as a raw mail of an event
    await page.route('**/v1/events/*/raw', (r) => r.fulfill({status: 200, contentType: 'text/plain; charset=utf-8', body: evilMail()}));
    await at(page, 'events?kind=bounce', '.event');
    await page.click('.event.bounce');
    await page.waitForSelector('.one-event h1');
    if (!(await page.locator('.show-raw').count())) {
        ok(false, lang + ': the first bounce has its mail');
        return;
    }
    await page.click('.show-raw');
    const raw = await text(page, '.raw');
    ok(raw.includes(EVIL[0]) && raw.includes('\\x1b[31m') && raw.includes('[U+202E]') && !INVISIBLE.test(raw), lang + ': a raw mail is text, with its hidden signs', raw.slice(0, 400));
    ok((await page.evaluate(() => window.pwned)) === undefined && !seen.length, lang + ': and nothing of it runs', ...seen);
    await page.context().close();
}

async function overview(lang) {
    const page = await site.window({lang}), seen = watch(page);
    await at(page, 'overview', '.canvas canvas');
    await page.waitForTimeout(100);
    ok((await page.locator('.tile').count()) === 4, lang + ': four figures');
    const colours = await painted(page);
    ok(colours >= 4, lang + ': the chart is painted, in several colours', String(colours));
    const legend = await page.locator('.legend b').allInnerTexts();
    ok(legend.length >= 2 && legend.every((n) => /^[\d,.]+$/.test(n)), lang + ': with its legend', legend);
    const week = Number((await page.locator('.tile .figure').nth(1).innerText()).replace(/\D/g, ''));
    const counted = legend.reduce((sum, n) => sum + Number(n.replace(/\D/g, '')), 0);
    ok(counted >= week && week > 0, lang + ': and counts all: ' + counted + ' in 30 days, ' + week + ' in the last 7');
    await page.locator('.figures summary').first().click();
    const sums = await page.locator('.figures tbody tr td:last-child').allInnerTexts();
    const number = (s) => Number(s.replace(/\D/g, ''));
    ok(sums.reduce((a, b) => a + number(b), 0) === legend.reduce((a, b) => a + number(b), 0), lang + ': the table says the same as the chart');
    await page.focus('.canvas');
    const before = await text(page, '.legend-day');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    ok((await text(page, '.legend-day')) !== before, lang + ': the keyboard goes from day to day');
    await page.click('.choice button:first-child');
    await page.waitForFunction(() => document.querySelectorAll('.figures tbody tr').length <= 7 && document.querySelector('.canvas canvas'));
    ok((await page.locator('.choice button[aria-pressed=true]').count()) === 1, lang + ': another span');
    ok((await page.locator('table.plain .trend').count()) > 1, lang + ': providers and domains with their trend');
    await page.locator('.unproven summary').click();
    ok((await text(page, '.unproven')).includes('whybounce verp'), lang + ': how to prove bounces');
    await axe(page, lang + ' overview');
    await page.locator('table.plain tbody th a').first().click();
    await page.waitForSelector('.event');
    ok(/#\/events\?/.test(page.url()), lang + ': a row leads to its events');
    ok(!seen.length, lang + ': nothing untoward in the overview', ...seen);
    // a build without uPlot
    await page.route('**/uplot.js', (r) => r.fulfill({contentType: 'text/javascript', body: 'export default null;'}));
    await page.goto('about:blank');
    await at(page, 'overview', '.figures[open] tbody tr');
    ok((await page.locator('canvas').count()) === 0, lang + ': without uPlot stands a table');
    // the first day
    await page.route('**/v1/overview', (r) => r.fulfill({json: {totals: {today: 0, week: 0, last_week: 0, unknown_share: 0}, worse: [], alarms: [], unproven: 0, reports: 0}}));
    await page.goto('about:blank');
    await at(page, 'overview', '.tile');
    ok((await page.locator('.nothing').count()) === 0, lang + ': what is older than the figures is not nothing');
    await page.route('**/v1/events?*', (r) => r.fulfill({json: {events: [], next: null}}));
    await page.goto('about:blank');
    await at(page, 'overview', '.nothing');
    ok((await text(page, '.nothing')).includes('whybounce ingest'), lang + ': with nothing yet it says how to begin');
    await page.context().close();
}

async function events(lang) {
    const w = WORDS[lang], page = await site.window({lang}), seen = watch(page);
    await at(page, 'events', '.event');
    const all = await page.locator('.event').count();
    ok(all === 50, lang + ': a page of events', String(all));
    await page.click('.more-rows');
    await page.waitForFunction((n) => document.querySelectorAll('.event').length > n, all);
    ok(true, lang + ': and the next');
    await page.selectOption('select[name=cause]', 'user-unknown');
    await page.waitForFunction(() => /cause=user-unknown/.test(location.hash));
    await page.waitForFunction((t) => document.querySelectorAll('.event').length && [...document.querySelectorAll('.event .cause')].every((e) => e.firstChild.textContent === t), w.unknown);
    ok(true, lang + ': a filter of the cause, in the address');
    await page.fill('input[name=q]', 'unknown');
    await page.press('input[name=q]', 'Enter');
    await page.waitForFunction(() => /q=unknown/.test(location.hash));
    await page.waitForFunction(() => !document.querySelector('.foot .busy') && document.querySelector('.events, .nothing'));
    const said = await page.locator('.event').count();
    ok(said > 0 && said <= 50, lang + ': words of the answer');
    await page.reload();
    await page.waitForSelector('.event');
    ok((await page.inputValue('input[name=q]')) === 'unknown' && (await page.inputValue('select[name=cause]')) === 'user-unknown', lang + ': the address keeps the filters');
    await page.goBack();
    await page.waitForFunction(() => !/q=/.test(location.hash) && (document.querySelector('input[name=q]') || {value: 'x'}).value === '');
    ok(true, lang + ': back takes a filter away');
    await page.fill('input[name=domain]', 'nowhere.invalid');
    await page.press('input[name=domain]', 'Enter');
    await page.waitForSelector('.nothing');
    ok(true, lang + ': nothing found is told');
    await page.click('.clear');
    await page.waitForSelector('.event');
    await page.selectOption('select[name=days]', 'between');
    for (const name of ['from', 'to'])
        await page.fill('input[name=' + name + ']', '2026-03-02');
    const [asked] = await Promise.all([page.waitForRequest(/v1\/events\?.*to=/), page.click('.filters button[type=submit]')]);
    const span = new URL(asked.url()).searchParams;
    ok(span.get('to') - span.get('from') === 86400, lang + ': dates can be chosen; the last day is part of it', asked.url());
    await page.click('.clear');
    await page.waitForSelector('.event');
    await axe(page, lang + ' events');
    await page.locator('.event.bounce').first().click();
    await page.waitForSelector('.one-event h1');
    await page.waitForFunction(() => document.activeElement.tagName === 'H1');
    ok((await page.title()).startsWith(await text(page, 'h1')), lang + ': one event; its title has the focus, and names the window');
    if (await page.locator('.explain').count()) {
        await page.click('.explain');
        await page.waitForSelector('.one-event .answer');
        ok((await page.locator('.one-event .annotated tr').count()) > 1, lang + ': explained in full from its mail');
    }
    await axe(page, lang + ' event');
    for (const proof of ['tag', 'message-id', 'log', 'signature']) {
        await page.route('**/v1/events/*', async (r) => r.fulfill({json: {...await (await r.fetch()).json(), proven: proof}}));
        await page.reload();
        await page.waitForSelector('.badge.proven-' + proof);
        ok((await text(page, '.badge.proven-' + proof)).includes(w.proven), lang + ': proven by ' + proof + ', in words', await text(page, '.badge.proven-' + proof));
        await page.unroute('**/v1/events/*');
    }
    await at(page, 'events/00000000000000000000000000000000', '.trouble');
    ok((await page.locator('.trouble button').count()) === 1, lang + ': an event that is not there');
    ok(!seen.length, lang + ': nothing untoward in the events', ...seen);
    await page.context().close();
}

async function addresses(lang) {
    const w = WORDS[lang], page = await site.window({lang}), seen = watch(page);
    const address = 'web-test-' + lang + '-' + process.pid + '@example.org';
    await at(page, 'addresses', '.filters');
    await page.click('.suppress-new');
    await page.waitForSelector('dialog[open]');
    await page.click('dialog button.main');
    ok(await page.isVisible('dialog .trouble'), lang + ': an address is needed');
    await page.fill('dialog input[name=address]', address);
    await page.click('dialog button.main');
    ok(await page.isVisible('dialog .trouble'), lang + ': and a reason');
    await axe(page, lang + ' dialog');
    await page.fill('dialog textarea', 'asked by phone <b>today</b>');
    await page.click('dialog button.main');
    await page.waitForSelector('.one-address .address-suppressed');
    ok((await text(page, '.state-line')).includes(w.suppressed), lang + ': it is suppressed');
    ok((await text(page, '.timeline')).includes('asked by phone <b>today</b>'), lang + ': with the reason in the history');
    await page.click('.release');
    await page.fill('dialog textarea', 'works again');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.one-address .address-probation');
    ok((await text(page, '.state-line')).includes(w.probation), lang + ': released, it is on probation');
    ok((await page.locator('.timeline li').count()) >= 2, lang + ': both stand in the history');
    await axe(page, lang + ' address');
    await page.click('.one-address .suppress');
    await page.keyboard.press('Escape');
    await page.waitForSelector('dialog', {state: 'detached'});
    ok(true, lang + ': Escape closes the dialog');
    await at(page, 'addresses?state=probation', '.address-line');
    ok((await page.locator('.address-line .badge:not(.address-probation)').count()) === 0, lang + ': a filter of the state');
    await axe(page, lang + ' addresses');
    // the policy's own decisions: it suppresses for a time, and a log speaks for an address
    await page.route('**/v1/addresses/*', (r) => r.fulfill({json: {address: 'a@example.org', state: 'suppressed', since: 1774948800, until: 1806484800, strikes: 1, events: [], more: false,
        audit: [{at: 1774948800, who: 'policy', action: 'delivery', before: 'ok', after: 'ok', why: 'log'}]}}));
    await at(page, 'addresses/a%40example.org', '.timeline');
    ok(/2027/.test(await text(page, '.state-line')), lang + ': till when it is suppressed', await text(page, '.state-line'));
    ok((await text(page, '.timeline')).includes(w.log), lang + ': a log that decided has a name', await text(page, '.timeline'));
    for (const [builtin, where] of [[true, 'config.yaml'], [false, w.policy]]) {
        await page.route('**/v1/policy', async (r) => r.fulfill({json: {...await (await r.fetch()).json(), builtin}}));
        await page.goto('about:blank');
        await at(page, 'policy', 'textarea.code');
        await page.click('button.main');
        await page.waitForSelector('.card h2');
        ok((await text(page, '.card > :last-child')).includes(where), lang + ': a policy is tried; ' + (builtin ? 'one of your own must be named' : 'yours is in its file'), await text(page, '.card'));
        await page.unroute('**/v1/policy');
    }
    await page.fill('textarea.code', 'mailbox-full:\n\t- [');
    await page.click('button.main');
    await page.waitForSelector('.trouble .detail');
    ok((await text(page, '.trouble .detail')).includes('2'), lang + ': a fault in it is told with its line', await text(page, '.trouble .detail'));
    ok(!seen.length, lang + ': nothing untoward with addresses', ...seen);
    await page.context().close();
}

async function tokens(lang) {
    const page = await site.window({lang}), seen = watch(page);
    const name = 'web-test <i>' + lang + '</i> ' + process.pid;
    const line = () => page.locator('.token-list li', {hasText: name});
    await at(page, 'tokens', '.create');
    await page.click('.create');
    await page.waitForSelector('dialog[open]');
    await page.click('dialog button.main');
    ok(await page.isVisible('dialog .trouble'), lang + ': a token needs a name');
    await page.fill('dialog input[name=name]', name);
    await page.uncheck('dialog input[value=analyse]');
    await page.click('dialog button.main');
    ok(await page.isVisible('dialog .trouble'), lang + ': and something that it allows');
    await axe(page, lang + ' new token');
    await page.check('dialog input[value=read]');
    await page.check('dialog input[value=write]');
    await page.click('dialog button.main');
    await page.waitForSelector('.fresh code');
    const token = await text(page, '.fresh code');
    ok(/^wb_[\w-]{43}$/.test(token), lang + ': it is shown once', token.slice(0, 4));
    await line().waitFor();
    ok((await line().locator('.badge').count()) === 2, lang + ': it stands in the list with what it allows', await line().innerText());
    if (REAL)
        ok((await fetch(site.base + '/v1/overview', {headers: {Authorization: 'Bearer ' + token}})).status === 200, lang + ': it works');
    await axe(page, lang + ' tokens');
    await page.reload();
    await line().waitFor();
    ok(!(await page.content()).includes(token), lang + ': and is shown no more');
    await line().locator('.revoke').click();
    await page.keyboard.press('Escape');
    ok((await line().locator('.revoke').count()) === 1, lang + ': Escape revokes nothing');
    await line().locator('.revoke').click();
    await page.click('dialog button.main');
    await page.waitForFunction((n) => [...document.querySelectorAll('.token-list li.revoked')].some((li) => li.innerText.includes(n)), name);
    ok((await line().locator('.revoke').count()) === 0, lang + ': revoked, it cannot be revoked again');
    if (REAL)
        ok((await fetch(site.base + '/v1/overview', {headers: {Authorization: 'Bearer ' + token}})).status === 401, lang + ': and works no longer');
    await page.route('**/v1/me', async (r) => r.fulfill({json: {...await (await r.fetch()).json(), scopes: ['analyse', 'read', 'write']}}));
    await page.reload();
    await page.waitForSelector('header nav a');
    ok((await page.locator('header nav a[href*=tokens]').count()) === 0, lang + ': who may not make tokens is not shown the page');
    ok(!seen.length, lang + ': nothing untoward with tokens', ...seen);
    await page.context().close();
}

async function catalogue(lang) {
    const w = WORDS[lang], page = await site.window({lang}), seen = watch(page);
    await at(page, 'catalogue', 'a.cause');
    const all = await page.locator('a.cause').count();
    ok(all > 25, lang + ': the causes', String(all));
    await page.fill('input[name=q]', '550 5.1.1 User unknown');
    await page.waitForFunction((n) => { const c = document.querySelectorAll('a.cause').length; return c && c < n; }, all);
    ok((await text(page, 'a.cause')).includes(w.unknown), lang + ': the answer of a server leads to its cause');
    await axe(page, lang + ' catalogue');
    await page.locator('a.cause').first().click();
    await page.waitForFunction((t) => (document.querySelector('h1') || {}).innerText === t, w.unknown);
    ok((await page.locator('.steps li').count()) > 0, lang + ': a cause in full');
    // the answer to an earlier question comes late
    await page.route('**/v1/causes?*q=quota*', async (r) => { await new Promise((done) => setTimeout(done, 900)); await r.continue().catch(() => {}); });
    await at(page, 'catalogue', 'a.cause');
    await page.fill('input[name=q]', 'quota');
    await page.waitForTimeout(350);
    await page.fill('input[name=q]', '550 5.1.1 User unknown');
    await page.waitForTimeout(1300);
    ok((await text(page, 'a.cause')).includes(w.unknown), lang + ': what was asked last stays');
    await at(page, 'catalogue/providers', '.providers li');
    await page.fill('input[name=q]', 'gmail.com');
    await page.waitForFunction(() => document.querySelectorAll('.providers li').length === 1);
    ok((await page.locator('.providers a.outside').getAttribute('href')).startsWith('https://'), lang + ': a provider, with its page');
    await at(page, 'unknown', '.template');
    await page.locator('.rule summary').first().click();
    await page.waitForSelector('.rule select');
    await page.locator('.rule select').first().selectOption('spam-content');
    ok(/^whybounce knowledge new --cause spam-content -- '/.test(await text(page, '.rule .command code')), lang + ': the command that begins a rule', await text(page, '.rule .command code'));
    await axe(page, lang + ' unknown');
    await page.route('**/v1/unknown*', (r) => r.fulfill({json: {templates: [{template: 'x', count: 1, first: 1, last: 1, sample_report_id: 'x', sample: "550 it's; rm -rf ~"}], next: null}}));
    await page.goto('about:blank');
    await at(page, 'unknown', '.template');
    await page.locator('.rule summary').first().click();
    ok((await text(page, '.rule .command code')).endsWith("-- '550 it'\\''s; rm -rf ~'"), lang + ': an answer ends no word of the shell', await text(page, '.rule .command code'));
    ok(!seen.length, lang + ': nothing untoward in the catalogue', ...seen);
    await page.context().close();
}

async function frame(lang) {
    const w = WORDS[lang], page = await site.window({lang}), seen = watch(page);
    await page.route('**/v1/me', (r) => r.fulfill({status: 401, contentType: 'application/problem+json', body: '{"status":401}'}));
    await page.goto(site.base + '/');
    await page.waitForFunction((t) => (document.querySelector('h1') || {}).innerText === t, w.login);
    ok((await text(page, '.command')).includes('whybounce'), lang + ': whoever is not logged in learns how');
    await axe(page, lang + ' login');
    await page.unroute('**/v1/me');
    await page.route('**/v1/me', (r) => r.fulfill({json: {name: null, scopes: ['analyse'], version: '0', catalogue: '0'}}));
    await page.reload();
    await page.waitForSelector('#mail');
    ok((await page.locator('header nav a').count()) === 2 && (await page.locator('input[name=store]').count()) === 0, lang + ': a colleague without a login may analyse, and look into the catalogue');
    for (const [status, n] of [[413, '413'], [429, '429'], [503, '503'], [418, '4xx']]) {
        await page.route('**/v1/reply*', (r) => r.fulfill({status, contentType: 'application/problem+json', headers: {'Retry-After': '7'}, body: JSON.stringify({status, detail: 'detail <b>' + status})}));
        await page.fill('#mail', '550 x');
        await page.click('button[type=submit]');
        await page.waitForFunction((d) => (document.querySelector('.trouble') || {innerText: ''}).innerText.includes(d), 'detail <b>' + status);
        ok((await text(page, '.trouble')).includes('7'), lang + ': trouble ' + n + ' in words, and how long to wait');
        await page.unroute('**/v1/reply*');
    }
    await page.route('**/v1/reply*', (r) => r.fulfill({status: 401, json: {}}));
    await page.click('button[type=submit]');
    await page.waitForFunction((t) => document.querySelector('h1').innerText === t, w.login);
    await page.goto(site.login);
    await page.waitForSelector('#mail');
    ok(page.url() === site.base + '/', lang + ': whoever was logged out logs in again; the address keeps no token', page.url());
    await page.fill('#mail', '550 x');
    await page.unroute('**/v1/reply*');
    await page.route('**/v1/reply*', (r) => r.abort());
    await page.click('button[type=submit]');
    await page.waitForFunction(() => !(document.querySelector('.trouble') || {innerText: 'detail'}).innerText.includes('detail'));
    ok(true, lang + ': a server that does not answer is told');
    ok(!seen.filter((s) => !/ERR_FAILED/.test(s)).length, lang + ': nothing untoward at the frame', ...seen);
    await page.context().close();
}

// Everything once more in dark and on a phone: does it fit, and can it be read?
async function looks(lang, dark, width) {
    const page = await site.window({lang, dark, width}), seen = watch(page);
    const what = [lang, dark ? 'dark' : 'light', width].join(' ');
    await at(page, 'analyse');
    await choose(page, SAMPLE);
    await fits(page, what + ' answer');
    await axe(page, what + ' answer');
    for (const [route, wait] of [['overview', '.canvas canvas'], ['events', '.event'], ['addresses', '.address-line'], ['policy', 'textarea'], ['catalogue', 'a.cause'], ['catalogue/mailbox-full', '.steps'], ['catalogue/providers', '.providers li'], ['unknown', '.template'], ['tokens', '.token-list']]) {
        await at(page, route, wait);
        await fits(page, what + ' ' + route);
        await axe(page, what + ' ' + route);
    }
    const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const [light, night] = ['rgb(246, 245, 241)', 'rgb(19, 23, 26)'];
    ok((await paper()) === (dark ? night : light), what + ': the colours are those of the system', await paper());
    await page.emulateMedia({colorScheme: dark ? 'light' : 'dark'});
    await page.waitForFunction((c) => getComputedStyle(document.body).backgroundColor === c, dark ? light : night);
    ok(true, what + ': and follow it');
    await page.emulateMedia({colorScheme: 'dark'});
    await page.click('.switch.theme');
    ok((await paper()) === light, what + ': or can be chosen', await paper());
    ok(!seen.length, what + ': nothing untoward', ...seen);
    await page.context().close();
}

async function keyboard() {
    const page = await site.window({lang: 'en'});
    await at(page, 'analyse');
    await page.keyboard.press('Tab');
    ok((await page.evaluate(() => document.activeElement.className)) === 'skip', 'the first stop leads to the content');
    await page.keyboard.press('Enter');
    ok((await page.evaluate(() => document.activeElement.id)) === 'main', 'and goes there');
    await page.focus('header nav a:nth-child(5)');
    await page.keyboard.press('Enter');
    await page.waitForSelector('a.cause');
    ok((await page.evaluate(() => document.activeElement.tagName)) === 'H1', 'another page: its title has the focus');
    await at(page, 'analyse');
    await choose(page, {name: 'many.eml', mimeType: 'message/rfc822', buffer: Buffer.from(manyMail())});
    ok((await page.locator('.contents li').count()) === 5 && (await page.locator('.answer').count()) === 3, 'of many answers the first are shown, and all are named');
    const said = await page.locator('.answer .proof .hint').first().innerText();
    ok(said.startsWith('The mail server of one.example said ('), 'the proof names the speaker that the program names', said);
    await page.locator('.contents button').last().click();
    ok((await page.locator('.answer').count()) === 5 && (await page.evaluate(() => document.activeElement.closest('.answer').innerText)).includes('e@five.example'), 'and each is a click away');
    await choose(page, SAMPLE);
    await page.emulateMedia({media: 'print'});
    ok(!(await page.isVisible('header.site')) && !(await page.isVisible('.tools')) && (await page.isVisible('.answer')), 'on paper stands the answer alone');
    await page.context().close();
}

// Who is told, and what was given up: sent once more.
async function webhooks(lang) {
    const w = WORDS[lang], page = await site.window({lang}), seen = watch(page), asked = [];
    const id = '0123456789abcdef0123456789abcdef';
    const dead = Array.from({length: 60}, (_, n) => ({id: 1000 - n, message: 'msg_' + id, endpoint: 'shop', kind: ['report', 'address', 'alarm'][n % 3], about: [id, 'wang@example.cn', 'rate gmail mailbox-full'][n % 3],
        at: 1774948800 - n * 60, given_up: 1774948900, tries: 20, error: '<img src=x onerror=alert(1)> \u202e500'}));
    await at(page, 'webhooks', '.nothing');
    ok((await page.locator('.resend').count()) === 0, lang + ': nobody is told: says how to set it');
    await page.route('**/v1/webhooks', (r) => r.fulfill({json: {webhooks: [
        {name: 'shop', url: 'https://shop.example.org/hooks/bounces', kinds: ['address', 'alarm'], waiting: 4, dead: 60, delivered: 5120, last_delivery: 1774948800, last_failure: 1774948860, error: 'it answered 500'},
        {name: 'old-archive', url: null, kinds: [], waiting: 1, dead: 0, delivered: 77, last_delivery: 1774948800, last_failure: null, error: null}]}}));
    await page.route('**/v1/webhooks/dead*', (r) => {
        const from = Number(new URL(r.request().url()).searchParams.get('cursor') || 0);
        return r.fulfill({json: {dead: dead.slice(from, from + 50), next: from ? null : '50'}});
    });
    await page.route('**/v1/webhooks/dead/*/resend', (r) => {
        asked.push(r.request().method() + ' ' + new URL(r.request().url()).pathname);
        return asked.length === 1 ? r.fulfill({status: 503, contentType: 'application/problem+json', body: JSON.stringify({type: 'about:blank', title: 'Trouble', status: 503, detail: 'The disk is full.'})}) : r.fulfill({status: 204});
    });
    await at(page, 'overview', '.webhooks');
    ok((await text(page, '.webhooks')).includes('60') && (await text(page, '.webhooks')).includes('5'), lang + ': the overview says what waits and what was given up', await text(page, '.webhooks'));
    await page.click('.webhooks a');
    await page.waitForSelector('.dead');
    const rows = await page.locator('.endpoint').allInnerTexts();
    ok(rows.length === 2 && rows[0].includes('5,120') && rows[0].includes('it answered 500') && rows[1].includes(w.removed), lang + ': each endpoint with its counts', ...rows);
    ok((await page.locator('.dead').count()) === 50, lang + ': a page of what was given up');
    const first = page.locator('.dead').first();
    ok((await first.innerText()).includes('<img src=x onerror=alert(1)> [U+202E]500') && (await first.locator('img').count()) === 0, lang + ': words of others are text', await first.innerText());
    ok((await page.locator('.dead a').first().getAttribute('href')) === '#/events/' + id && (await page.locator('.dead').nth(1).locator('a').getAttribute('href')) === '#/addresses/wang%40example.cn', lang + ': it leads to what it tells of');
    await page.click('.more-rows');
    await page.waitForFunction(() => document.querySelectorAll('.dead').length === 60);
    ok(!(await page.locator('.more-rows').count()), lang + ': to the last one');
    await first.locator('.resend').click();
    await first.locator('.trouble').waitFor();
    ok((await first.innerText()).includes('The disk is full.') && (await first.locator('.resend').isEnabled()), lang + ': trouble is said, and it can be tried again');
    await first.locator('.resend').click();
    await page.waitForFunction(() => !document.querySelector('.dead .resend') || !document.querySelector('.dead').querySelector('.resend'));
    ok(asked.length === 2 && asked[1] === 'POST /v1/webhooks/dead/1000/resend' && (await first.innerText()).includes(w.resent), lang + ': one is sent again', asked);
    await axe(page, lang + ' webhooks');
    await page.setViewportSize({width: 390, height: 844});
    await fits(page, lang + ' webhooks on a phone');
    ok(!seen.length, lang + ': nothing untoward', ...seen);
    await page.context().close();
}

// Both languages see the same short answer in every mail of the tests.
async function again() {
    const page = await site.window();
    await at(page, 'analyse');
    const files = readdirSync(mail('test/mail')).filter((f) => f.endsWith('.eml'));
    const different = await page.evaluate(async (mails) => {
        const source = document.querySelector('script[src]').src.replace('main.js', 'answer.js');
        const {again} = await import(source);
        const ask = async (bytes, lang) => (await (await fetch('/v1/analyse?form=words&annotate=true&store=false&lang=' + lang, {method: 'POST', body: bytes, headers: {'Content-Type': 'message/rfc822'}})).json()).reports.map(again);
        const wrong = [];
        for (const [name, bytes] of mails) {
            const raw = Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0));
            const [zh, en] = [await ask(raw, 'zh'), await ask(raw, 'en')];
            if (zh.join() !== en.join())
                wrong.push(name + ': ' + zh + ' / ' + en);
        }
        return wrong;
    }, files.map((f) => [f, readFileSync(mail('test/mail/' + f)).toString('base64')]));
    ok(!different.length, 'whether to send again is the same in both languages (' + files.length + ' mails)', ...different);
    await page.context().close();
}

// The words of the page that the program has too are the same.
async function words() {
    const page = await site.window();
    await at(page, 'analyse');
    const own = await page.evaluate(async () => (await import(document.querySelector('script[src]').src.replace('main.js', 'words.js'))).all);
    const known = new Map();
    const lines = readFileSync(mail('knowledge/interface.yaml'), 'utf8').matchAll(/^([\w.-]+): *(?:\{en: (.*), zh: (.*)\}|\n {2}en: (.*)\n {2}zh: (.*))$/gm);
    const plain = (s) => s.replace(/^"(.*)"$/, '$1');
    for (const [, id, en, zh, en2, zh2] of lines)
        known.set(id, [plain(en || en2), plain(zh || zh2)]);
    const shared = Object.keys(own).filter((id) => known.has(id));
    const other = shared.filter((id) => own[id][0] !== known.get(id)[0] || own[id][1] !== known.get(id)[1]);
    ok(shared.length >= 45 && !other.length, 'the words of the program and the page are the same (' + shared.length + ')', ...other.map((id) => id + ': ' + own[id] + ' / ' + known.get(id)));
    ok(Object.values(own).every((texts) => texts.length === 2 && texts.every(Boolean)), 'every text in both languages');
    await page.context().close();
}

// A server that has nothing yet is given the mails of the tests.
async function seed() {
    if (!REAL)
        return;
    const page = await site.window();
    const files = readdirSync(mail('test/mail'), {recursive: true}).filter((f) => f.endsWith('.eml'));
    await page.goto(site.base + '/');
    for (let i = 0; i < files.length; i += 100) {
        const mails = files.slice(i, i + 100).map((f) => readFileSync(mail('test/mail/' + f)).toString('base64'));
        await page.evaluate((all) => Promise.all(all.map((b) => fetch('/v1/analyse?store=true&lang=en&form=words', {method: 'POST', body: Uint8Array.from(atob(b), (c) => c.charCodeAt(0)), headers: {'Content-Type': 'message/rfc822'}}))).then(() => null), mails);
    }
    await page.context().close();
}

// ---- run ----

const TESTS = {seed, again, words, keyboard,
    ...Object.fromEntries(['zh', 'en'].flatMap((lang) => [analyse, inputs, hostile, overview, events, addresses, tokens, catalogue, webhooks, frame].map((test) => [test.name + '-' + lang, () => test(lang)]))),
    'looks-dark': () => looks('zh', true, 1280), 'looks-phone': () => looks('en', false, 390), 'looks-phone-dark': () => looks('zh', true, 390)};

const wanted = process.argv.slice(2);
for (const [name, test] of Object.entries(TESTS)) {
    if (wanted.length && !wanted.some((w) => name.includes(w)))
        continue;
    try {
        await test();
    } catch (e) {
        ok(false, name + ' goes to its end', e.stack || e);
    }
}
await site.close();
console.log('1..' + count);
process.exit(failures ? 1 : 0);
