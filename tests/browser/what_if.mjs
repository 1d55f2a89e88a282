// The what-if page in Chromium: what people do with it, each figure against the command line, and axe.
//
//   MULTIPOLAR=target/release/multipolar node tests/browser/what_if.mjs [portfolio] [--shots]
//
// `--shots` also takes pictures of every view, light and dark, at three widths, into tests/browser/shots/.

import { spawn, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const require = createRequire(import.meta.url);
const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, '../..');
const binary = resolve(process.env.MULTIPOLAR || join(root, 'target/debug/multipolar'));
const withShots = process.argv.includes('--shots');
const portfolio = resolve(process.argv.slice(2).find((word) => !word.startsWith('--')) || join(root, 'portfolios/quickstart.yaml'));
const TRIALS = process.env.TRIALS || '400';
const TODAY = '2026-11-29';
const folder = mkdtempSync(join(tmpdir(), 'multipolar-'));
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
let n = 0;

function check(condition, what) {
  n += 1;
  if (!condition) throw new Error(what);
}

function equal(found, expected, what) {
  check(Object.is(found, expected), `${what}: ${found} instead of ${expected}`);
}

/** A server and the address that it prints. */
async function serve(port = '0', trials = TRIALS) {
  const child = spawn(binary, ['serve', portfolio, '--quiet', '--port', port, '--trials', trials, '--today', TODAY], {stdio: ['ignore', 'pipe', 'inherit'], cwd: folder});
  const url = await new Promise((found, failed) => {
    child.stdout.once('data', (data) => found(String(data).trim()));
    child.once('exit', () => failed(new Error('the server has ended')));
  });
  return {child, url};
}

/** What a command prints about the portfolio as it stands in the page. */
async function command(page, ...words) {
  const text = await page.evaluate(async () => {
    const token = new URLSearchParams(location.search).get('token');
    const hash = location.hash.slice(1).replaceAll('-', '+').replaceAll('_', '/');
    const {c, e, s} = JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(hash), (x) => x.charCodeAt(0))));
    const changes = Object.entries(c).map(([at, value]) => ({at, value}));
    const reply = await fetch('api/v1/portfolio', {method: 'POST', headers: {authorization: 'Bearer ' + token, 'content-type': 'application/json'}, body: JSON.stringify({changes, events: e, scenarios: s})});
    return reply.text();
  });
  const file = join(folder, basename(portfolio));
  writeFileSync(file, text);
  try {
    return JSON.parse(execFileSync(binary, [words[0], file, ...words.slice(1), '--format', 'json', '--quiet'], {encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore']}));
  } catch (error) {
    // `check` ends with 7 where a limit is broken.
    return JSON.parse(error.stdout);
  }
}

/** Waits until the last change is answered in full. */
async function settled(page) {
  await page.waitForTimeout(60);
  await page.waitForFunction(() => document.querySelectorAll('#figures .figure').length === 5 && !document.querySelector('#figures .refining'), null, {timeout: 60000});
}

const exact = (page, key) => page.$eval(`[data-figure=${key}] [data-exact]`, (node) => Number(node.dataset.exact));

/** Every figure in view is the command line's, to the last digit. */
async function compare(page, what) {
  await settled(page);
  const simulated = await command(page, 'simulate', '--trials', TRIALS);
  equal(await exact(page, 'cost'), simulated.monthly_cost_usd, `${what}: cost`);
  equal(await exact(page, 'aal'), simulated.aal_usd.value, `${what}: average annual loss`);
  equal(await exact(page, 'cvar'), simulated.cvar_usd['0.95'].value, `${what}: CVaR`);
  const checked = await command(page, 'check', '--trials', TRIALS, '--today', TODAY);
  const broken = checked.limits.filter((limit) => limit.breached).length;
  equal(await page.$eval('#figures .limits [data-exact]', (node) => Number(node.dataset.exact)), broken, `${what}: limits broken`);
  if (await page.locator('[data-figure=stress]').count()) {
    const stress = await command(page, 'stress', '--scenario', 'what_if');
    const found = await page.$eval('[data-figure=stress]', (node) => Number(node.dataset.exact));
    equal(found, stress.scenarios[0].loss_usd, `${what}: loss of the scenario`);
  }
  return simulated;
}

async function accessible(page, what) {
  await page.evaluate(axe);
  const {violations} = await page.evaluate(() => window.axe.run(document, {resultTypes: ['violations']}));
  const told = violations.map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(' | ')}`);
  check(told.length === 0, `axe, ${what}:\n  ${told.join('\n  ')}`);
}

/** What the server answers to the page. */
const answer = (page, at) => page.evaluate(async (path) => {
  const token = new URLSearchParams(location.search).get('token');
  return (await fetch('api/v1/' + path, {headers: {authorization: 'Bearer ' + token}})).json();
}, at);

/** A row of a table of the page, as texts. */
const row = (page, caption, first) => page.evaluate(([title, name]) => {
  const table = [...document.querySelectorAll('#side table')].find((own) => own.caption && own.caption.textContent === title);
  const found = [...table.tBodies[0].rows].find((own) => own.cells[0].textContent === name);
  return found && [...found.cells].map((cell) => cell.innerText);
}, [caption, first]);

/** A state is held, another is compared with it, they are swapped, and the address restores both. */
async function sideBySide(page, context) {
  await page.click('#reset');
  await settled(page);
  const today = await command(page, 'simulate', '--trials', TRIALS);
  const knob = page.locator('.knob').first();
  await knob.focus();
  await page.keyboard.press('PageDown');
  await settled(page);
  const held = await command(page, 'simulate', '--trials', TRIALS);
  await page.click('#pin');
  await settled(page);
  await page.locator('.knob').first().focus();
  await page.keyboard.press('PageDown');
  await page.keyboard.press('PageDown');
  const now = await compare(page, 'against A');
  await page.click('#views [data-view=compare]');
  const {currency_usd: worth} = await answer(page, 'about');
  const whole = (usd) => Math.round(usd / worth).toLocaleString('en-US');
  const cost = await row(page, 'Costs and losses', 'planned cost a month');
  equal(cost[1], whole(held.monthly_cost_usd), 'cost of A');
  equal(cost[2], whole(now.monthly_cost_usd), 'cost now');
  check(held.monthly_cost_usd !== today.monthly_cost_usd && held.monthly_cost_usd !== now.monthly_cost_usd, 'three states');
  const loss = await row(page, 'Costs and losses', 'average annual loss');
  check(/ to /.test(loss[3]), `the difference has an interval: ${loss[3]}`);
  check((await page.textContent('[data-figure=cost] .change')).includes('than A'), 'the figures are compared with A');
  check((await page.textContent('#side')).includes('What serves'), 'what serves is compared');
  await accessible(page, 'compare');
  const other = await context.newPage();
  await other.goto(page.url());
  await settled(other);
  await other.waitForFunction((text) => [...document.querySelectorAll('#side td')].some((cell) => cell.textContent === text), whole(held.monthly_cost_usd));
  equal((await row(other, 'Costs and losses', 'planned cost a month')).join(), cost.join(), 'the address restores both');
  await other.close();
  await page.click('[data-key=swap]');
  await compare(page, 'swapped');
  equal(await exact(page, 'cost'), held.monthly_cost_usd, 'swapped: A is shown');
  await page.click('#pin');
  await settled(page);
  check(!(await page.textContent('[data-figure=cost] .change')).includes('than A'), 'A is let go');
}

/** A figure, an offer and a shock say where they come from. */
async function sources(page) {
  await page.click('[data-key=figure-aal]');
  check(/Sampling error/.test(await page.textContent('.trace')), 'the loss says how sure it is');
  for (const key of ['offers ', 'shocks ']) {
    await page.click(`#side [data-key^="${key}"] >> nth=0`);
    await page.waitForSelector('.trace[role=status] dd');
    check(/as of|no date/.test(await page.textContent('.trace[role=status]')), `${key}have a date`);
  }
  await accessible(page, 'sources');
}

/** A report is written on request, under `reports/` and nowhere else. */
async function written(page) {
  const before = readdirSync(folder).filter((name) => name !== basename(portfolio));
  check(before.length === 0, `nothing was written before: ${before}`);
  await page.click('[data-key="write report"]');
  await page.waitForFunction(() => document.getElementById('notice').textContent.includes('The report is in'), null, {timeout: 240000});
  const found = readdirSync(folder, {recursive: true}).map(String);
  check(found.some((name) => /^reports\/[^/]+\/what-if-[0-9a-f]{8}\/board\.html$/.test(name)), `a report is written: ${found}`);
  check(found.every((name) => name === basename(portfolio) || name.startsWith('reports')), `nothing else is written: ${found}`);
  await page.evaluate(() => { document.getElementById('notice').textContent = ''; });
}

/** The frontier on few simulated years, since it takes many searches: every plan of it is there, and the safest is accepted. */
async function frontier(browser) {
  const trials = '20';
  const {child, url} = await serve('0', trials);
  try {
    const page = await browser.newPage({viewport: {width: 1280, height: 800}});
    await page.addInitScript(() => localStorage.setItem('multipolar-tour', '1'));
    await page.goto(url);
    await settled(page);
    await page.click('[data-view=plan]');
    await page.check('[data-key="with frontier"]');
    await page.click('[data-key=find]');
    await page.waitForSelector('[data-key="accept point 1"]', {timeout: 120000});
    const {points} = (await command(page, 'optimize', '--frontier', '--trials', trials)).frontier;
    equal(await page.locator('[data-key^="accept point"]').count(), points.length, 'points of the frontier');
    await accessible(page, 'the frontier');
    if (withShots) await page.screenshot({path: join(root, 'target/pages/frontier.png'), fullPage: true});
    await page.click(`[data-key="accept point ${points.length}"]`);
    await settled(page);
    const safest = points[points.length - 1].monthly_cost_usd;
    check(Math.abs(await exact(page, 'cost') - safest) < 1e-6 * safest, 'the safest plan costs what the planner says');
    await page.close();
  } finally {
    child.kill('SIGKILL');
  }
}

/** The page as a file: the ladder is in it, nothing is asked of anybody, and every button does something. */
async function readOnly(browser) {
  const text = execFileSync(binary, ['serve', portfolio, '--static', join(folder, 'snapshot'), '--trials', '100', '--today', TODAY, '--quiet'], {encoding: 'utf8', cwd: folder});
  const file = pathToFileURL(join(folder, text.trim().replace(folder + '/', ''))).href;
  const page = await browser.newPage({viewport: {width: 1280, height: 800}});
  const faults = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
  page.on('request', (request) => check(request.url() === file || /^(data|blob):/.test(request.url()), `the file asks for ${request.url()}`));
  await page.goto(file);
  await settled(page);
  const ladder = JSON.parse(execFileSync(binary, ['optimize', portfolio, '--ladder', '--trials', '100', '--format', 'json', '--quiet'], {encoding: 'utf8'}));
  await page.click('#views [data-view=plan]');
  equal(await page.locator('.card').count(), ladder.ladder.length, 'rungs in the file');
  equal(await page.locator('[data-rung=standbys] dd').first().innerText().then((cost) => /\d/.test(cost)), true, 'a rung has figures');
  const clicked = new Set();
  for (const view of await page.$$eval('#views button', (all) => all.map((own) => own.dataset.view))) {
    if (!await page.locator(`#views [data-view=${view}]`).isVisible()) continue;
    await page.click(`#views [data-view=${view}]`);
    await page.waitForTimeout(100);
    await accessible(page, `${view} of the file`);
    const keys = await page.$$eval('button:not([disabled])', (all) => all.filter((own) => own.offsetParent && own.getAttribute('aria-pressed') !== 'true' && !own.hasAttribute('aria-current')).map((own) => own.dataset.key || own.id));
    // What shows the source of a figure changes nothing where it is shown already.
    const isShown = (key) => view === 'sources' && /^(figure-|source )/.test(key);
    for (const key of keys.filter((own) => !own.startsWith('view ') && !isShown(own) && !clicked.has(own))) {
      await page.click(`#views [data-view=${view}]`);
      const before = await page.evaluate(() => document.body.innerHTML);
      const saved = page.waitForEvent('download', {timeout: 1500}).then(() => true, () => false);
      await page.click(`[data-key="${key}"]`);
      await page.waitForTimeout(100);
      const isChanged = before !== await page.evaluate(() => document.body.innerHTML);
      check(isChanged || await saved, `${view}: the button '${key}' of the file does nothing`);
      clicked.add(key);
    }
  }
  check(clicked.size > 10, `${clicked.size} buttons of the file`);
  equal(await page.locator('.knob, #side input, #portfolio input, #portfolio select').count(), 0, 'nothing of the file can be changed');
  check(faults.length === 0, `the file has faults:\n  ${faults.join('\n  ')}`);
  await page.close();
}

async function shots(browser, url) {
  mkdirSync(join(here, 'shots'), {recursive: true});
  for (const scheme of ['light', 'dark']) {
    for (const [width, height] of [[1280, 800], [1920, 1080], [820, 1180], [390, 844]]) {
      const page = await browser.newPage({viewport: {width, height}, colorScheme: scheme});
      await page.addInitScript(() => localStorage.setItem('multipolar-tour', '1'));
      await page.goto(url);
      await settled(page);
      for (const view of ['portfolio', 'map', 'shocks', 'plan', 'compare', 'landscape', 'sources']) {
        if (view === 'portfolio' && width >= 1100) continue;
        await page.click(`#views [data-view=${view}]`);
        await page.waitForTimeout(view === 'landscape' ? 800 : 150);
        await page.screenshot({path: join(here, 'shots', `${view}-${width}-${scheme}.png`)});
      }
      await page.close();
    }
  }
}

async function main() {
  let {child, url} = await serve();
  const browser = await chromium.launch({executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']});
  try {
    const context = await browser.newContext({viewport: {width: 1280, height: 800}});
    const page = await context.newPage();
    const faults = [];
    page.on('pageerror', (error) => faults.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && !/Failed to load resource|ERR_CONNECTION/.test(message.text()) && faults.push(message.text()));
    page.on('request', (request) => check(request.url().startsWith(url.split('/?')[0]) || /^(data|blob):/.test(request.url()), `a request to elsewhere: ${request.url()}`));
    await page.goto(url);
    await settled(page);

    // The tour of a first visit, once.
    check(await page.locator('dialog[open]').count() === 1, 'the tour opens at the first visit');
    for (let step = 0; step < 5; step += 1) await page.click('dialog .primary');
    check(await page.locator('dialog[open]').count() === 0, 'the tour ends after five steps');
    const today = await compare(page, 'today');
    await accessible(page, 'map');

    // Amounts are in the portfolio's own currency, as in reports.
    const about = await answer(page, 'about');
    const shown = await page.textContent('[data-figure=cost] .value');
    equal(shown, `${Math.round(today.monthly_cost_usd / about.currency_usd).toLocaleString('en-US')} ${about.currency} a month`, 'the cost in own currency');
    check(about.currency === 'USD' || !/USD/.test(await page.textContent('main')), 'no amount in USD beside those in own currency');

    // A border between two offers is dragged; the same by keyboard.
    await page.evaluate(() => {
      window.__shift = 0;
      new PerformanceObserver((list) => list.getEntries().forEach((entry) => { if (!entry.hadRecentInput) window.__shift += entry.value; })).observe({type: 'layout-shift'});
    });
    const knob = page.locator('.knob').first();
    const key = await knob.getAttribute('data-key');
    const box = await knob.boundingBox();
    const bar = await page.locator('.bar:has(.knob)').first().boundingBox();
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2 - bar.width * 0.2, box.y + box.height / 2, {steps: 5});
    await page.mouse.up();
    const dragged = await compare(page, 'a share is dragged');
    check(dragged.aal_usd.value !== today.aal_usd.value, 'the drag changes the loss');
    const value = Number(await page.locator(`[data-key="${key}"]`).getAttribute('aria-valuenow'));
    await page.locator(`[data-key="${key}"]`).focus();
    await page.keyboard.press('ArrowLeft');
    await page.waitForTimeout(100);
    equal(Number(await page.locator(`[data-key="${key}"]`).getAttribute('aria-valuenow')), value - 1, 'an arrow key moves one percent');
    check(await page.evaluate((own) => document.activeElement.dataset.key === own, key), 'the focus stays on the border');
    await compare(page, 'an arrow key');

    // The United States are switched off on the map.
    await page.focus('[data-key="tile US"]');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[data-figure=stress]');
    await compare(page, 'the United States are off');
    check(/Service|Loss/.test(await page.textContent('.account')), 'the account of the crisis is told');
    await accessible(page, 'the United States are off');

    // A standby is added, its cover and fee changed.
    const workload = await page.locator('.work').nth(1).getAttribute('data-workload');
    await page.click(`[data-key="open ${workload}"]`);
    await page.waitForFunction((id) => document.querySelector(`[data-key="standby ${id}"]`)?.options.length > 0, workload);
    await page.click(`[data-key="add warm ${workload}"]`);
    await page.waitForSelector(`[data-key="cover ${workload} 0"]`);
    await page.fill(`[data-key="cover ${workload} 0"]`, '60');
    await page.press(`[data-key="cover ${workload} 0"]`, 'Tab');
    await page.fill('[data-key="fee warm"]', '4000');
    await page.press('[data-key="fee warm"]', 'Tab');
    await compare(page, 'a standby is added');
    await accessible(page, 'a workload is open');
    const address = page.url();
    const cost = await exact(page, 'cost');
    const shift = await page.evaluate(() => window.__shift);
    check(shift < 0.001, `the layout shifts by ${shift}`);

    // Another tab goes its own way.
    const other = await context.newPage();
    await other.goto(url);
    await settled(other);
    equal(await exact(other, 'cost'), today.monthly_cost_usd, 'the other tab shows today');
    await other.close();

    // Undo and redo, then the address in a new tab.
    await page.click('#undo');
    await settled(page);
    check(await exact(page, 'cost') !== cost, 'undo takes the fee back');
    await compare(page, 'undo');
    await page.click('#redo');
    await settled(page);
    equal(await exact(page, 'cost'), cost, 'redo');
    const restored = await context.newPage();
    await restored.goto(address);
    await compare(restored, 'the address restores the state');
    equal(await exact(restored, 'cost'), cost, 'the address restores the cost');
    await restored.close();

    // A shock is combined with it, and dated.
    await page.click('[data-view=shocks]');
    await page.fill('[data-key=filter]', 'outage');
    await page.click('.pick button >> nth=0');
    await page.waitForSelector('[data-key="day 1"]');
    await page.fill('[data-key="day 1"]', '30');
    await page.press('[data-key="day 1"]', 'Tab');
    await compare(page, 'a shock on day 30');
    await accessible(page, 'shocks');

    await sideBySide(page, context);
    await sources(page);
    await written(page);

    // The ladder; a rung is accepted.
    await page.click('#reset');
    await settled(page);
    await page.click('[data-view=plan]');
    await page.click('[data-key=find]');
    await page.waitForSelector('.card', {timeout: 120000});
    const ladder = await command(page, 'optimize', '--ladder', '--trials', TRIALS);
    equal(await page.locator('.card').count(), ladder.ladder.length, 'rungs');
    await accessible(page, 'plan');
    const rung = ladder.ladder.findIndex((one) => one.workloads.length > 0);
    if (rung >= 0) {
      await page.click(`[data-key="accept ${rung}"]`);
      await compare(page, 'a rung is accepted');
      const planned = ladder.ladder[rung].figures.monthly_cost_usd;
      check(Math.abs(await exact(page, 'cost') - planned) < 1e-6 * planned, 'the rung costs what the planner says');
    }
    for (const view of ['landscape', 'compare']) {
      await page.click(`#views [data-view=${view}]`);
      await page.waitForTimeout(view === 'landscape' ? 800 : 100);
      await accessible(page, view);
    }

    // A change that is not valid is told, and taken back.
    const before = await exact(page, 'cost');
    await page.fill('[data-key="contract fee"]', '1e18');
    await page.click('[data-key="add contract"]');
    await page.waitForFunction(() => document.getElementById('notice').textContent.includes('not make a valid portfolio'));
    await page.click('#undo');
    await settled(page);
    await page.waitForFunction(() => document.getElementById('notice').textContent === '');
    equal(await exact(page, 'cost'), before, 'after an invalid change');

    // The server stands still, as on a machine that sleeps, and goes on.
    child.kill('SIGSTOP');
    await page.click('#undo');
    await page.waitForFunction(() => document.getElementById('notice').textContent.includes('slow to answer'), null, {timeout: 15000});
    child.kill('SIGCONT');
    await page.waitForFunction(() => document.getElementById('notice').textContent === '');
    await compare(page, 'after a pause');
    await page.click('#redo');
    await settled(page);
    // The network goes away, and comes back.
    await context.setOffline(true);
    await page.waitForFunction(() => document.getElementById('notice').textContent.includes('does not answer'));
    await page.click('#undo');
    await context.setOffline(false);
    await page.waitForFunction(() => document.getElementById('notice').textContent === '', null, {timeout: 10000});
    await compare(page, 'back on the network');
    await page.click('#redo');
    await settled(page);

    // The server goes away, and comes back anew.
    child.kill('SIGKILL');
    await page.click('#undo');
    await page.waitForFunction(() => document.getElementById('notice').textContent.includes('does not answer'));
    const port = new URL(url).port;
    ({child, url} = await serve(port));
    await page.waitForFunction(() => document.getElementById('notice').textContent.includes('started anew'), null, {timeout: 10000});
    await page.goto(url + new URL(page.url()).hash);
    await compare(page, 'after a new start');
    check(faults.length === 0, `the page has faults:\n  ${faults.join('\n  ')}`);
    await frontier(browser);
    await readOnly(browser);
    if (withShots) await shots(browser, url);
    console.log(`ok: ${n} checks`);
  } finally {
    await browser.close();
    child.kill('SIGKILL');
    rmSync(folder, {recursive: true, force: true});
  }
}

main().catch((error) => {
  console.error(`failed after ${n} checks: ${error.stack || error}`);
  process.exit(1);
});
