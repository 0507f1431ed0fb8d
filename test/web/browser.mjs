// Debian's Chromium, driven by playwright-core from web/node_modules; and the server to look at:
// that of WEB_BASE (with WEB_LOGIN, the link to log in with), else ./mock.mjs.
import {existsSync} from 'node:fs';
import {createRequire} from 'node:module';
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
    if (!process.env.WEB_BASE && !existsSync(join(BUILD, 'web', 'index.html')))
        return 'the page is not built (web/build)';
    return null;
}

export const axeSource = () => require.resolve('axe-core/axe.min.js');

export async function open() {
    const {chromium} = require('playwright-core');
    const site = process.env.WEB_BASE
        ? {base: process.env.WEB_BASE.replace(/\/$/, ''), login: process.env.WEB_LOGIN || '/', server: null}
        : await (await import('./mock.mjs')).start();
    const browser = await chromium.launch({executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--force-color-profile=srgb'], env: {...process.env, HOME: process.env.HOME || '/tmp'}});
    const login = site.login.startsWith('http') ? site.login : site.base + site.login;
    let cookies = null;
    // A window of its own, logged in.
    async function window_({lang = 'en', dark = false, width = 1280, height = 900, loggedIn = true} = {}) {
        const context = await browser.newContext({locale: lang === 'zh' ? 'zh-CN' : 'en-GB', timezoneId: 'Asia/Shanghai', colorScheme: dark ? 'dark' : 'light', viewport: {width, height}});
        context.setDefaultTimeout(15000);
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
        if (site.server) {
            site.server.close();
            site.server.closeAllConnections();
        }
    }
    return {base: site.base, login, window: window_, close};
}
