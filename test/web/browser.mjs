// Debian's Chromium, driven by playwright-core from web/node_modules; and the server to look at:
// that of WEB_BASE (with WEB_LOGIN, the link to log in with); with WEB_SERVE=1 the real one, started
// here with an empty store; else ./mock.mjs.
import {spawn} from 'node:child_process';
import {existsSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
export const ROOT = join(HERE, '..', '..');
export const BUILD = process.env.WHYBOUNCE_BUILD || join(ROOT, 'build');
const CHROMIUM = process.env.CHROMIUM || '/usr/bin/chromium';
const require = createRequire(join(ROOT, 'web', 'package.json'));

// Why it cannot be tried here; null: it can.
export function missing() {
    if (!existsSync(CHROMIUM))
        return 'chromium is not installed';
    for (const name of ['playwright-core', 'axe-core'])
        if (!existsSync(join(ROOT, 'web', 'node_modules', name)))
            return 'web/node_modules has no ' + name + ' (npm ci in web/)';
    if (!REAL && !existsSync(join(BUILD, 'web', 'index.html')))
        return 'the page is not built (web/build)';
    return null;
}

export const REAL = !!(process.env.WEB_BASE || process.env.WEB_SERVE);

// The service, in a folder of its own that goes with it.
function serve() {
    const folder = mkdtempSync(join(tmpdir(), 'web-test-'));
    writeFileSync(join(folder, 'config.yaml'), 'state: ' + folder + '\nanalyse-per-minute: 100000\ncheck-per-minute: 1000\n');
    const child = spawn(join(BUILD, 'whybounce'), ['serve', '--config', join(folder, 'config.yaml'), '--listen', '127.0.0.1:0'], {stdio: ['ignore', 'pipe', 'pipe']});
    const close = () => new Promise((done) => {
        child.once('exit', () => { rmSync(folder, {recursive: true, force: true}); done(); });
        child.kill('SIGTERM');
    });
    return new Promise((done, failed) => {
        let said = '';
        child.once('exit', (code) => failed(new Error('whybounce serve ended with ' + code + ': ' + said)));
        child.stderr.on('data', (d) => { said += d; });
        child.stdout.on('data', (d) => {
            said += d;
            const link = /http:\/\/[\d.:]+\/login#\S+/.exec(said);
            if (link) {
                child.removeAllListeners('exit');
                done({base: new URL(link[0]).origin, login: link[0], close});
            }
        });
    });
}

async function siteOf() {
    if (process.env.WEB_BASE)
        return {base: process.env.WEB_BASE.replace(/\/$/, ''), login: process.env.WEB_LOGIN || '/', close: async () => {}};
    return process.env.WEB_SERVE ? serve() : (await import('./mock.mjs')).start();
}

export const axeSource = () => require.resolve('axe-core/axe.min.js');

export async function open() {
    const {chromium} = require('playwright-core');
    const site = await siteOf();
    const browser = await chromium.launch({executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--force-color-profile=srgb'], env: {...process.env, HOME: process.env.HOME || '/tmp'}});
    const login = site.login.startsWith('http') ? site.login : site.base + site.login;
    let cookies = null;
    // A window of its own, logged in.
    async function window_({lang = 'en', dark = false, width = 1280, height = 900, loggedIn = true} = {}) {
        const context = await browser.newContext({locale: lang === 'zh' ? 'zh-CN' : 'en-GB', timezoneId: 'Asia/Shanghai', colorScheme: dark ? 'dark' : 'light', viewport: {width, height}});
        context.setDefaultTimeout(30000);
        const page = await context.newPage();
        if (loggedIn && cookies)
            await context.addCookies(cookies);
        if (loggedIn && !cookies) {
            await page.goto(login);
            await page.waitForSelector('h1');
            cookies = await context.cookies();
            await page.goto('about:blank');
        }
        return page;
    }
    async function close() {
        await browser.close();
        await site.close();
    }
    return {base: site.base, login, window: window_, close};
}
