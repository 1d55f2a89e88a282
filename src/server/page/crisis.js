// What happens while nodes are off and shocks last: service over time, by workload, and who takes over.

import { el, table } from './dom.js';
import { answers } from './answers.js';
import { state } from './state.js';
import { known } from './model.js';
import { showSource } from './sources.js';
import { code, money, percent, day, since } from './format.js';

/** Words of the four ways in which something takes over. */
const BY = {surge: 'takes more at once', hot: 'hot standby', warm: 'warm standby', cold: 'set up anew'};
const WIDTH = 480;
const HEIGHT = 132;

/** The scenario of the state; undefined when nothing is tried. */
export function played() {
  const {quick} = answers;
  return quick && quick.stress ? quick.stress.scenarios.find(({scenario}) => scenario === 'what_if') || quick.stress.scenarios[0] : undefined;
}

/** A served share; one just below all is not all. */
export const served = (x) => (x < 1 && x >= 0.995 ? 'over 99 %' : percent(x));

const at = (scenario, time) => scenario.timeline.filter((instant) => instant.day <= time).pop() || scenario.timeline[0];

/** Service over time as steps; `time` is where the reader stands. */
function chart(scenario, time) {
  const {timeline, horizon_days: horizon} = scenario;
  const x = (t) => 40 + (t / horizon) * (WIDTH - 52);
  const y = (s) => 8 + (1 - s) * (HEIGHT - 34);
  let path = '';
  timeline.forEach((instant, n) => {
    const end = n + 1 < timeline.length ? timeline[n + 1].day : horizon;
    path += `${n ? 'L' : 'M'}${x(instant.day)} ${y(instant.service)}L${x(end)} ${y(instant.service)}`;
  });
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((part) => Math.round(part * horizon));
  return el('svg', {viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': `Service over ${horizon} days; lowest ${served(scenario.least_service)}`},
    [0, 0.5, 1].map((s) => [el('line', {class: 'axis', x1: 40, x2: WIDTH - 12, y1: y(s), y2: y(s)}), el('text', {x: 34, y: y(s) + 4, 'text-anchor': 'end'}, percent(s))]),
    ticks.map((t) => el('text', {x: x(t), y: HEIGHT - 6, 'text-anchor': 'middle'}, n0(t))),
    el('path', {class: 'service', d: path}), time === null ? null : el('line', {class: 'cursor', x1: x(time), x2: x(time), y1: 4, y2: HEIGHT - 24}));
}

const n0 = (t) => (t === 0 ? 'day 0' : String(t));

/** The whole account; `time`: the day that is shown by workload, null for a summary. */
export function account(time) {
  const scenario = played();
  if (!scenario) return el('p', {class: 'muted'}, 'Nothing is switched off, and no shock is chosen.');
  const name = (id) => (known.today.workloads.find((one) => one.id === id) || {}).name || id;
  const hit = scenario.workloads.filter((one) => one.loss_usd > 0 || one.first_unserved_day !== null).sort((a, b) => b.loss_usd - a.loss_usd);
  const sentence = scenario.first_unserved_day === null
    ? `Service goes on without a break. It costs ${code()} ${money(scenario.loss_usd)} more.`
    : `Service falls to ${served(scenario.least_service)} ${since(scenario.least_service_day)}. ${scenario.first_outage_cost_day === null ? scenario.loss_usd > 0 ? 'No outage costs anything: the loss is dearer substitutes and switches' : 'That costs nothing' : 'It begins to cost ' + since(scenario.first_outage_cost_day)}, and service is ${scenario.recovered_day === null ? 'not restored within the horizon' : 'restored ' + since(scenario.recovered_day)}.`;
  const takers = (id) => {
    const list = scenario.takeovers.filter(({workload}) => workload === id);
    const seen = new Map();
    list.forEach(({to, by, first_day: first}) => { if (!seen.has(to) || seen.get(to)[1] > first) seen.set(to, [by, first]); });
    return [...seen.entries()].sort((a, b) => a[1][1] - b[1][1]).slice(0, 3).map(([to, [by, first]]) => `${to} (${BY[by] || by}, ${since(first)})`).join('; ') || 'nobody takes over';
  };
  const instant = time === null ? null : at(scenario, time);
  const service = (id) => (instant ? served(instant.workloads[id]) : served(Math.min(...scenario.timeline.map((one) => one.workloads[id]))));
  return el('div', {class: 'account'},
    el('div', {class: 'now'}, el('button', {class: 'asks', data: {key: 'source of stress', figure: 'stress', exact: String(scenario.loss_usd)}, title: 'Where this comes from', on: {click: () => showSource('stress')}}, `Loss ${code()} ${money(scenario.loss_usd)}`), el('p', {}, sentence), chart(scenario, time)),
    hit.length ? table('Workloads that are hit', [['workload'], [time === null ? 'lowest service' : 'service', true], ['first costs', true], ['whole', true], [code(), true]],
      hit.map((one) => [[name(one.id), el('div', {class: 'muted small'}, takers(one.id))], service(one.id), day(one.first_outage_cost_day), one.first_unserved_day === null ? 'always' : day(one.recovered_day), money(one.loss_usd)])) : null,
    hit.length < scenario.workloads.length ? el('p', {class: 'muted small'}, `${scenario.workloads.length - hit.length} other workloads are not hit.`) : null,
    scenario.broken_limits.length ? el('p', {class: 'small'}, 'Limits broken meanwhile: ' + scenario.broken_limits.map((one) => `${one.limit} (${since(one.first_day)})`).join('; ') + '.') : null,
    el('p', {class: 'muted small'}, 'A scenario has no probability, so nothing of it is in the average loss above.'));
}

export const horizon = () => known.about.horizon_days;
export const hasEvents = () => state.now.events.length > 0;
