// Two states side by side: the one that is held, or today, and the one that is shown.

import { el, table } from './dom.js';
import { answers, hold } from './answers.js';
import { limits, standing, limitName, limitValue } from './figures.js';
import { nodeName, known } from './model.js';
import { state, swap } from './state.js';
import { code, money, exactMoney, signed, percent, points } from './format.js';

const LAYERS = [['origin', 'Origin of models'], ['developer', 'Developer'], ['host', 'Host'], ['region', 'Where it runs'], ['hardware', 'Hardware']];
const N_KEYS = 6;
const N_ROWS = 12;
const COSTS = [['tokens_usd', 'tokens'], ['replicas_usd', 'own and rented machines'], ['readiness_usd', 'standbys'], ['fixed_usd', 'fixed fees'], ['minimum_usd', 'missing minimums']];

const less = (a, b, words) => (a === null || b === null || a === undefined || b === undefined ? '–' : signed(b - a, words));
const interval = (estimate) => (estimate && estimate.low !== null ? el('div', {class: 'muted small'}, `${signed(estimate.low)} to ${signed(estimate.high)}`) : null);
const inPoints = (x) => signed(100 * x, (y) => `${y < 0 ? '−' : ''}${Math.abs(y).toFixed(0)} points`);

function measures(a, b, name) {
  const rows = [['planned cost a month', exactMoney(a.quick.monthly_cost_usd), exactMoney(b.quick.monthly_cost_usd), less(a.quick.monthly_cost_usd, b.quick.monthly_cost_usd, exactMoney)]];
  for (const [key, word] of COSTS) {
    const [x, y] = [a.quick.monthly_cost[key], b.quick.monthly_cost[key]];
    if (x || y) rows.push(['– ' + word, exactMoney(x), exactMoney(y), less(x, y, exactMoney)]);
  }
  if (a.loss && b.loss) {
    const {difference} = b.loss;
    for (const [key, word, of] of [['aal_usd', 'average annual loss', (own) => own.simulate.aal_usd.value], ['cvar_usd', 'mean of the worst 5 % of years', (own) => own.simulate.cvar_usd['0.95'].value]]) {
      rows.push([word, money(of(a.loss)), money(of(b.loss)), [less(of(a.loss), of(b.loss)), difference ? interval(difference[key]) : null]]);
    }
  }
  const played = (own) => (own.quick.stress ? own.quick.stress.scenarios[0] : null);
  if (played(a) || played(b)) rows.push(['loss of what is tried', played(a) ? money(played(a).loss_usd) : 'nothing is tried', played(b) ? money(played(b).loss_usd) : 'nothing is tried', played(a) && played(b) ? less(played(a).loss_usd, played(b).loss_usd) : '–']);
  const head = [[`amounts in ${code()}`], [name, true], ['now', true], ['difference', true]];
  rows.push(['capability, points', points(a.quick.quality_points), points(b.quick.quality_points), less(a.quick.quality_points, b.quick.quality_points, points)]);
  return table('Costs and losses', head, rows);
}

function limitRows(a, b, name) {
  const before = new Map(limits(a).map((one) => [one.limit, one]));
  const now = limits(b);
  const says = (one) => (one ? [limitValue(one, one.value), ' ', el('span', {class: {broken: 'bad', kept: 'good', excused: 'warn', open: 'muted'}[standing(one).kind]}, standing(one).word)] : '–');
  return table('Limits', [['limit'], ['bound', true], [name, true], ['now', true]], now.map((one) => [limitName(one), limitValue(one, one.bound), says(before.get(one.limit)), says(one)]));
}

function layer(key, word, a, b, name) {
  const [before, now] = [a, b].map((own) => (own.quick.dependence.shares[key] || {}).value || {});
  const keys = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort((x, y) => Math.max(before[y] || 0, now[y] || 0) - Math.max(before[x] || 0, now[x] || 0)).slice(0, N_KEYS);
  const label = (id) => (key === 'origin' || key === 'region' ? nodeName('jurisdiction', id) : key === 'hardware' ? id.split('|').join(' or ') : nodeName('supplier', id));
  return keys.length ? table(word, [[word], [name, true], ['now', true], ['difference', true]], keys.map((id) => [label(id), percent(before[id] || 0), percent(now[id] || 0), inPoints((now[id] || 0) - (before[id] || 0))])) : null;
}

/** What serves a workload, in words. */
function supply(workload) {
  const cells = new Map();
  for (const {users, allocation} of workload.cells) {
    const text = Object.entries(allocation).map(([offer, share]) => `${offer} ${percent(share, 1)}`).join(', ');
    cells.set(text, [...(cells.get(text) || []), users]);
  }
  const shares = [...cells.entries()].map(([text, users]) => (cells.size > 1 ? `${users.join(', ')}: ${text}` : text));
  const standby = workload.standby.map(({offer, readiness, cover}) => `${offer}, ${readiness}, ${percent(cover)}`);
  return [shares.map((text) => el('div', {}, text)), el('div', {class: 'muted'}, standby.length ? 'standby: ' + standby.join('; ') : 'no standby')];
}

function moved(a, b, name) {
  const before = new Map(a.quick.workloads.map((one) => [one.id, one]));
  const changed = b.quick.workloads.filter((one) => {
    const other = before.get(one.id);
    return other && JSON.stringify([one.cells, one.standby]) !== JSON.stringify([other.cells, other.standby]);
  });
  if (!changed.length) return el('p', {class: 'muted'}, 'Every workload has the same shares and standbys in both.');
  return table('What serves', [['workload'], [name], ['now']], changed.map((one) => [one.name, supply(before.get(one.id)), supply(one)]));
}

function parts(title, head, a, b, named) {
  const ids = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort((x, y) => Math.abs((b[y] || 0) - (a[y] || 0)) - Math.abs((b[x] || 0) - (a[x] || 0))).slice(0, N_ROWS);
  return table(title, head, ids.map((id) => [named(id), money(a[id] || 0), money(b[id] || 0), less(a[id] || 0, b[id] || 0)]));
}

/** What is shown is held, and what is held is shown. */
function exchange() {
  answers.pinned = answers.isRefining || answers.isAsking ? null : {quick: answers.quick, loss: answers.loss};
  swap();
}

export function compareView() {
  const name = answers.pinned ? 'A' : 'today';
  const [a, b] = [answers.pinned || {quick: known.today, loss: answers.today}, answers];
  const workload = (id) => (b.quick.workloads.find((one) => one.id === id) || {}).name || id;
  const head = (word) => [[word], [name, true], ['now', true], ['difference', true]];
  return [
    el('div', {class: 'head'}, el('h2', {}, 'Two states side by side'), el('div', {class: 'chips'},
      el('button', {'aria-pressed': String(Boolean(state.pinned)), data: {key: 'hold'}, on: {click: hold}}, state.pinned ? 'Let A go' : 'Hold this as A'),
      el('button', {disabled: !state.pinned, data: {key: 'swap'}, on: {click: exchange}}, 'Swap'))),
    el('p', {class: 'muted small'}, state.pinned ? 'A is what you hold; “now” is what is shown on the left. The address restores both.' : 'The portfolio as it stands, against today. Hold it as A to compare with it what you try next.'),
    measures(a, b, name),
    el('h3', {}, 'Limits'), limitRows(a, b, name),
    el('h3', {}, 'What serves'), moved(a, b, name),
    el('h3', {}, 'Shares of value'), LAYERS.map(([key, word]) => layer(key, word, a, b, name)),
    a.loss && b.loss ? [el('h3', {}, 'Who bears the average loss'), parts('Average annual loss by workload', head(`${code()} a year`), a.loss.simulate.aal_by.workload, b.loss.simulate.aal_by.workload, workload)] : null,
    el('h3', {}, 'Who is paid'), parts('Cost by host', head(`${code()} a month`), a.quick.spend_usd_per_month, b.quick.spend_usd_per_month, (id) => nodeName('supplier', id)),
  ];
}
