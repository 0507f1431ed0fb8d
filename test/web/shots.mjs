// Pictures of every page, to look at: node test/web/shots.mjs FOLDER [WORD...]
import {mkdirSync} from 'node:fs';
import {join} from 'node:path';
import {BUILD, open, ROOT} from './browser.mjs';

const [folder = join(BUILD, 'web-shots'), ...words] = process.argv.slice(2);
const mail = (name) => join(ROOT, name);

async function choose(page, file) {
    await page.setInputFiles('input[type=file]', file);
    await page.waitForSelector('.headline, .trouble');
}

async function firstEvent(page) {
    await page.click('.event.bounce');
    await page.waitForSelector('.one-event h1');
}

const SHOTS = {
    analyse: ['analyse'],
    answer: ['analyse', (p) => choose(p, mail('doc/sample-bounce.eml'))],
    details: ['analyse', async (p) => {
        await choose(p, mail('doc/sample-bounce.eml'));
        await p.click('.live button');
        await p.waitForSelector('.checked');
        await p.click('.answer details.more summary');
    }],
    delay: ['analyse', (p) => choose(p, mail('test/mail/postfix-delay-until.eml'))],
    fraud: ['analyse', (p) => choose(p, mail('test/mail/phishing-as-bounce.eml'))],
    network: ['analyse', (p) => choose(p, mail('test/mail/postfix-connection-refused-expired.eml'))],
    binary: ['analyse', (p) => choose(p, {name: 'picture.png', mimeType: 'image/png', buffer: Buffer.from([0x89, 0x50, 0x4e, 0x47, 0])})],
    overview: ['overview', (p) => p.waitForSelector('.canvas canvas')],
    events: ['events', (p) => p.waitForSelector('.event')],
    event: ['events?kind=bounce&q=gmail', firstEvent],
    raw: ['events?kind=bounce', async (p) => {
        await firstEvent(p);
        await p.click('.show-raw');
        await p.waitForSelector('.raw');
    }],
    addresses: ['addresses', (p) => p.waitForSelector('.address-line')],
    address: ['addresses?state=suppressed', async (p) => {
        await p.click('.address-line');
        await p.waitForSelector('.one-address h1');
    }],
    dialog: ['addresses', async (p) => {
        await p.click('.suppress-new');
        await p.waitForSelector('dialog[open]');
    }],
    policy: ['policy', async (p) => {
        await p.click('button.main');
        await p.waitForSelector('table');
    }],
    catalogue: ['catalogue', (p) => p.waitForSelector('a.cause')],
    search: ['catalogue?q=550 5.7.1', (p) => p.waitForSelector('a.cause')],
    cause: ['catalogue/mailbox-full', (p) => p.waitForSelector('h1')],
    providers: ['catalogue/providers', (p) => p.waitForSelector('.providers li')],
    tokens: ['tokens', async (p) => {
        await p.click('.create');
        await p.fill('dialog input[name=name]', 'mailer');
        await p.click('dialog button.main');
        await p.waitForSelector('.fresh');
    }],
    'token-dialog': ['tokens', async (p) => {
        await p.click('.create');
        await p.waitForSelector('dialog[open]');
    }],
    unknown: ['unknown', async (p) => {
        await p.click('.rule summary');
        await p.waitForSelector('.command');
    }],
    webhooks: ['webhooks'],
    login: ['', async () => {}],
};

const site = await open();
mkdirSync(folder, {recursive: true});
for (const lang of ['zh', 'en'])
    for (const width of [390, 1280])
        for (const dark of [false, true])
            for (const [name, [route, act = () => {}]] of Object.entries(SHOTS)) {
                const id = [name, lang, width, dark ? 'dark' : 'light'].join('-');
                if (words.length && !words.some((w) => id.includes(w)))
                    continue;
                const page = await site.window({lang, dark, width, loggedIn: name !== 'login'});
                page.on('console', (m) => m.type() === 'error' && name !== 'login' && console.error(id + ': ' + m.text()));
                page.on('pageerror', (e) => console.error(id + ': ' + e));
                await page.goto(site.base + '/#/' + route);
                await page.waitForSelector('h1');
                try {
                    await act(page);
                } catch (e) {
                    console.error(id + ': ' + e.message.split('\n')[0]);
                }
                await page.waitForTimeout(200);
                await page.screenshot({path: join(folder, id + '.png'), fullPage: true});
                const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
                if (wide > 0)
                    console.error(id + ': ' + wide + ' px too wide');
                await page.context().close();
            }
await site.close();
