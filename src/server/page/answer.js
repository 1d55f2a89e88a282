// What the answer says: limits, concentration, and which workloads bear the loss.

import { el, byId, fill, table } from './dom.js';
import { answers } from './answers.js';
import { limits, standing, limitValue, limitName } from './figures.js';
import { known, country, nodeName } from './model.js';
import { showSource } from './sources.js';
import { code, money, percent, signed } from './format.js';

const LAYERS = [['origin', 'Origin of models'], ['host', 'Host'], ['developer', 'Developer'], ['region', 'Where it runs'], ['hardware', 'Hardware']];
const N_NAMED = 3;

function layer(key, name) {
  const {quick} = answers;
  const shares = quick.dependence.shares[key].value;
  if (!shares) return null;
  const before = (known.today.dependence.shares[key] || {}).value || {};
  const ranked = Object.entries(shares).sort((a, b) => b[1] - a[1]);
  const isCountry = key === 'origin' || key === 'region';
  const label = (id) => (isCountry ? id : key === 'hardware' ? id.split('|')[0] + (id.includes('|') ? ' …' : '') : nodeName('supplier', id));
  const [first, share] = ranked[0];
  const moved = share - (before[first] || 0);
  const effective = quick.dependence.effective_number[key].value;
  return el('div', {class: 'layer', data: {layer: key}},
    el('div', {class: 'line'}, el('span', {}, name), el('span', {class: 'muted small'}, effective ? `${effective.toFixed(1)} in effect` : '')),
    el('div', {class: 'strip', 'aria-hidden': 'true'}, ranked.map(([id, x], at) => el('span', {class: isCountry ? country(id) : ['a', 'b', 'c'][Math.min(at, 2)], style: {width: 100 * x + '%'}}))),
    el('div', {class: 'small'}, ranked.slice(0, N_NAMED).map(([id, x]) => `${label(id)} ${percent(x)}`).join(' · '), Math.abs(moved) >= 0.005 ? el('span', {class: 'muted'}, ` (${label(first)} ${signed(100 * moved, (y) => y.toFixed(0) + ' points')})`) : null));
}

export function drawAnswer() {
  const {quick, loss} = answers;
  if (!quick) return;
  const all = limits();
  // In the order of the file, so that no row moves when a verdict changes.
  const rows = all.map((limit) => {
    const {sign, word, kind} = standing(limit);
    return [limitName(limit), limitValue(limit, limit.value), limitValue(limit, limit.bound), el('span', {class: {broken: 'bad', kept: 'good', excused: 'warn', open: 'muted'}[kind]}, `${sign} ${word}`)];
  });
  const alone = new Set(quick.dependence.chokepoints.map(({workload}) => workload)).size;
  const suppliers = quick.dependence.chokepoints.filter(({kind, buffer_days: buffer}) => kind !== 'hardware' && buffer < 30);
  const stops = new Map();
  suppliers.forEach(({workload, name}) => stops.set(name, (stops.get(name) || new Set()).add(workload)));
  // A place of a host that stops no more than the host itself is the same fact.
  suppliers.filter(({kind}) => kind === 'host_site').forEach(({name}) => {
    const whole = [...stops.keys()].find((other) => other !== name && name.startsWith(other) && stops.get(other).size >= stops.get(name)?.size);
    if (whole) stops.delete(name);
  });
  const worst = [...stops.entries()].sort((a, b) => b[1].size - a[1].size).slice(0, 4);
  const parts = loss ? Object.entries(loss.simulate.aal_by.workload).sort((a, b) => b[1] - a[1]).slice(0, 6) : [];
  const actors = loss ? Object.entries(loss.simulate.aal_by.actor).sort((a, b) => b[1] - a[1]).slice(0, 6) : [];
  const total = loss ? loss.simulate.aal_usd.value : 0;
  fill(byId('answer'),
    el('h2', {id: 'answer-head'}, 'Answer'),
    el('h3', {}, el('button', {class: 'asks', data: {key: 'source shares'}, title: 'Where this comes from', on: {click: () => showSource('shares')}}, 'Concentration, share of value')), LAYERS.map(([key, name]) => layer(key, name)),
    el('h3', {}, 'Single points of failure'),
    el('p', {class: 'small'}, worst.length ? worst.map(([name, set]) => `${name} stops ${set.size} of ${quick.workloads.length} workloads`).join('; ') + '.' : `None within a month; ${alone} workloads depend on something that lasts longer.`),
    el('h3', {}, el('button', {class: 'asks', data: {key: 'source of limits'}, title: 'Where this comes from', on: {click: () => showSource('limits')}}, 'Limits')), table('Limits', [['limit'], ['now', true], ['bound', true], ['verdict']], rows),
    el('h3', {}, el('button', {class: 'asks', data: {key: 'source of loss'}, title: 'Where this comes from', on: {click: () => showSource('aal')}}, 'Who bears the average loss')),
    loss ? table('Average annual loss by workload', [['workload'], [`${code()} a year`, true], ['part', true]], parts.map(([id, x]) => [(quick.workloads.find((one) => one.id === id) || {}).name || id, money(x), percent(total ? x / total : 0)])) : null,
    el('h3', {}, 'Who causes it'),
    loss ? table('Average annual loss by actor', [['actor'], [`${code()} a year`, true], ['part', true]], actors.map(([id, x]) => [loss.simulate.actor_names[id] || id, money(x), percent(total ? x / total : 0)])) : null);
}
