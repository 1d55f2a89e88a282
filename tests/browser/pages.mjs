// Checks report.html and board.html of a folder of reports in Chromium.
//
//   node pages.mjs FOLDER          with CHROMIUM naming the browser, /usr/bin/chromium by default
//
// Accessibility (axe, WCAG 2.2 AA, light and dark), validity (html-validate), nothing fetched, nothing beyond the edge on a
// phone, one sheet of A4 for the board, and at most twelve sheets of the report before its annexes.

import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { HtmlValidate } from "html-validate";
import { chromium } from "playwright-core";

const folder = resolve(process.argv[2] ?? "reports");
const pages = readdirSync(folder, { recursive: true })
  .filter((name) => /(^|[/\\])(report|board)\.html$/.test(name))
  .sort();
const problems = [];
const wrong = (page, what) => problems.push(`${page}: ${what}`);

// Sheets of each page, without its annexes.
const MOST_SHEETS = { "board.html": 1, "report.html": 12 };

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const rules = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"];
const validator = new HtmlValidate({ extends: ["html-validate:standard"] });

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});
// The policy of the page allows no script, so axe would not run under it.
const context = await browser.newContext({ bypassCSP: true });

for (const name of pages) {
  const file = join(folder, name);
  const report = await validator.validateString(readFileSync(file, "utf8"), file);
  for (const { messages } of report.results) {
    for (const { line, message, ruleId } of messages) wrong(name, `line ${line}: ${message} (${ruleId})`);
  }
  const page = await context.newPage();
  page.on("request", (request) => {
    if (request.url() !== pathToFileURL(file).href) wrong(name, `fetches ${request.url()}`);
  });
  await page.goto(pathToFileURL(file).href);
  for (const [width, colorScheme] of [[390, "light"], [1280, "light"], [1280, "dark"]]) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    const beyond = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (beyond > 1) wrong(name, `${beyond} pixels beyond the edge at ${width}`);
    await page.addScriptTag({ path: axe });
    const { violations } = await page.evaluate((values) => globalThis.axe.run(document, { runOnly: values }), rules);
    for (const { id, nodes } of violations) wrong(name, `${colorScheme}, ${width}: ${id} at ${nodes[0].html.slice(0, 120)}`);
  }
  const sheets = async () => {
    const printed = (await page.pdf({ preferCSSPageSize: true })).toString("latin1");
    return (printed.match(/\/Type\s*\/Page[^s]/g) ?? []).length;
  };
  const all = await sheets();
  await page.addStyleTag({ content: ".annexes{display:none}" });
  const before = await sheets();
  const most = MOST_SHEETS[name.split(/[/\\]/).at(-1)];
  if (before > most) wrong(name, `${before} sheets before the annexes, ${most} at most`);
  await page.close();
  console.log(`${name}: ${all} sheets, ${before} without annexes`);
}
await browser.close();

if (pages.length === 0) wrong(folder, "no report.html or board.html");
for (const problem of problems) console.error(problem);
process.exit(problems.length === 0 ? 0 : 1);
