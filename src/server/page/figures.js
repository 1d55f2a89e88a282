// Cost, loss, capability and limits, always in view.

import { el, byId, fill } from './dom.js';
import { answers } from './answers.js';
import { state } from './state.js';
import { known } from './model.js';
import { code, money, exactMoney, signed, percent, points } from './format.js';
import { showSource } from './sources.js';

/** Limits with the values that are known: those on losses have theirs from the simulation. */
export function limits({quick, loss} = answers) {
  if (!quick) return [];
  const simulated = loss ? loss.check.limits : [];
  return quick.check.limits.map((limit, at) => (limit.value === null && simulated[at] ? simulated[at] : limit));
}

export function standing(limit) {
  if (limit.kept === null) return {sign: '·', word: 'to come', kind: 'open'};
  if (limit.kept) return {sign: '✓', word: 'kept', kind: 'kept'};
  if (limit.breached) return {sign: '✗', word: 'broken', kind: 'broken'};
  return {sign: '!', word: 'broken, and accepted', kind: 'excused'};
}

/** Name of a limit for people: its id, or what it measures. */
export function limitName({limit}) {
  if (!limit.startsWith('{')) return limit.replaceAll('_', ' ');
  const part = (key) => (limit.match(new RegExp(`${key}: ([^,}]*)`)) || [])[1];
  return [part('measure').replaceAll('_', ' '), part('of') && 'of ' + part('of').replaceAll('_', ' '), part('is')].filter(Boolean).join(' ');
}

export function limitValue(limit, x) {
  if (x === null || x === undefined) return '–';
  if (limit.unit === 'usd') return Math.abs(x) < 999500 ? exactMoney(x) : money(x);
  if (limit.unit === 'share') return percent(x, 1);
  return limit.unit === 'hhi' ? x.toFixed(2) : points(x);
}

function figure({key, name, unit, value, exact, range, change, verdict, refining, than}) {
  return el('div', {class: 'figure' + (refining ? ' refining' : ''), data: {figure: key}},
    el('button', {class: 'name', data: {key: 'figure-' + key}, title: 'Where this comes from', on: {click: () => showSource(key)}}, name),
    el('div', {class: 'value', data: exact === undefined ? {} : {exact: String(exact)}}, value, ' ', el('span', {class: 'unit'}, unit)),
    el('div', {class: 'range'}, range || ' '),
    el('div', {class: 'change', title: than ? 'Difference to ' + than : null}, change, verdict ? [' ', el('span', {class: verdict.kind}, verdict.word)] : null));
}

const verdict = (x, better) => (Math.abs(x) < 0.5 ? null : (x < 0) === better ? {kind: 'good', word: 'better'} : {kind: 'bad', word: 'worse'});
const between = (low, high) => (low === null || high === null ? 'no interval yet' : `95 %: ${money(low, (high - low) / 2)} to ${money(high, (high - low) / 2)}`);

export function drawFigures() {
  const {quick, loss, isRefining, isAsking, pinned} = answers;
  if (!quick) return;
  const base = pinned ? pinned.quick : known.today;
  const than = pinned ? 'than A' : 'than today';
  const like = pinned ? 'as A' : 'as today';
  const cost = quick.monthly_cost_usd - base.monthly_cost_usd;
  const list = [figure({
    key: 'cost', name: 'Planned cost', unit: `${code()} a month`, value: exactMoney(quick.monthly_cost_usd), exact: quick.monthly_cost_usd,
    range: `standbys ${exactMoney(quick.monthly_cost.readiness_usd)}, own machines ${exactMoney(quick.monthly_cost.replicas_usd)}`,
    change: Math.abs(cost) < 0.5 ? like : `${signed(cost, exactMoney)} ${than}`, verdict: verdict(cost, true), refining: isAsking,
  })];
  for (const [key, name] of [['aal', 'Average annual loss'], ['cvar', 'Mean of the worst 5 % of years']]) {
    if (!loss) {
      list.push(figure({key, name, unit: code(), value: '…', change: ' ', refining: true}));
      continue;
    }
    const {simulate, difference} = loss;
    const own = key === 'aal' ? simulate.aal_usd : simulate.cvar_usd['0.95'];
    const value = own.value;
    const range = key === 'aal' && own.std_error !== null
      ? between(Math.max(0, value - 1.96 * own.std_error), value + 1.96 * own.std_error)
      : key === 'aal' ? 'no interval yet' : between(own.low, own.high);
    const half = key === 'aal' ? 1.96 * (own.std_error || 0) : own.high === null ? 0 : own.high - value;
    let change = state.pinned ? 'as A' : 'as today';
    let word = null;
    if (difference && Math.abs(difference[key + '_usd'].value) >= 0.5) {
      const {value: by, low, high} = difference[key + '_usd'];
      const near = (x) => money(x, (high - low) / 2);
      change = `${signed(by, near)} (${signed(low, near)} to ${signed(high, near)})`;
      word = low > 0 || high < 0 ? verdict(by, true) : {kind: 'muted', word: 'cannot be told apart'};
    }
    list.push(figure({key, name, unit: code(), value: money(value, half), exact: value, range, change, verdict: word, refining: isRefining, than: state.pinned ? 'A' : 'today'}));
  }
  const gain = quick.quality_points - base.quality_points;
  list.push(figure({
    key: 'capability', name: 'Capability', unit: 'points', value: points(quick.quality_points), exact: quick.quality_points,
    range: 'mean of all demand, by tokens', change: Math.abs(gain) < 0.5 ? like : `${signed(gain, points)} ${than}`,
    verdict: Math.abs(gain) < 0.5 ? null : gain > 0 ? {kind: 'good', word: 'better'} : {kind: 'bad', word: 'worse'},
  }));
  const all = limits();
  const broken = all.filter((limit) => standing(limit).kind === 'broken').length;
  const open = all.filter((limit) => limit.kept === null).length;
  list.push(el('div', {class: 'figure limits' + (open && isRefining ? ' refining' : '')},
    el('button', {class: 'name', data: {key: 'figure-limits'}, on: {click: () => showSource('limits')}}, 'Limits'),
    el('div', {class: 'value', data: {exact: String(broken)}}, String(all.length - broken - open), ' ', el('span', {class: 'unit'}, `of ${all.length} kept`)),
    el('ul', {id: 'lights', 'aria-label': 'Limits', class: 'chips'}, all.map((limit) => {
      const {sign, word, kind} = standing(limit);
      const says = `${limitName(limit)}: ${word}, ${limitValue(limit, limit.value)} against ${limitValue(limit, limit.bound)}`;
      return el('li', {class: 'light ' + kind, title: says}, el('span', {'aria-hidden': 'true'}, sign), el('span', {class: 'hidden'}, says));
    })),
    el('div', {class: 'change'}, broken ? el('span', {class: 'bad'}, `${broken} broken`) : all.length ? 'none broken' : 'none stated')));
  fill(byId('figures'), list);
}
