// Shocks: chosen, combined, dated, and played day by day.

import { el, isSnapshot } from './dom.js';
import { state, change } from './state.js';
import { known, nodeName } from './model.js';
import { account, played, horizon, served } from './crisis.js';
import { answers } from './answers.js';

/** Days that one step of the player takes, and its pause. */
const PLAY_STEP = 5;
const PLAY_PAUSE = 120;
const N_SHOWN = 60;

const view = {filter: '', time: 0, timer: null};
let drawAgain = () => undefined;
export const onShockTime = (draw) => { drawAgain = draw; };

const name = (id) => (known.shocks.find((shock) => shock.id === id) || {}).name || id.replaceAll('_', ' ');

function number(label, key, value, placeholder, set) {
  return el('label', {}, label, el('br'), el('input', {type: 'number', min: 0, max: 36500, step: 1, value: value === undefined ? '' : String(value), placeholder, data: {key},
    on: {change: (event) => set(event.target.value === '' ? undefined : Math.max(0, Number(event.target.value)))}}));
}

function event(own, at) {
  const title = own.shock ? name(own.shock) : `Without ${nodeName(own.off.kind, own.off.id)}`;
  const shock = known.shocks.find((one) => one.id === own.shock);
  const edit = (key, value) => change((next) => {
    if (value === undefined) delete next.events[at][key];
    else next.events[at][key] = value;
  });
  const median = shock && shock.median_days !== null ? `median ${Math.round(shock.median_days)}` : own.shock ? 'median' : 'for good';
  return el('div', {class: 'event'}, el('span', {}, title),
    number('from day', `day ${at}`, own.at_day ?? 0, '0', (x) => edit('at_day', x)), number('for days', `days ${at}`, own.days, median, (x) => edit('days', x)),
    el('button', {'aria-label': `Remove ${title}`, data: {key: `remove ${at}`}, on: {click: () => change((next) => { next.events.splice(at, 1); })}}, 'Remove'));
}

function play() {
  if (view.timer) {
    clearInterval(view.timer);
    view.timer = null;
  } else {
    if (view.time >= horizon()) view.time = 0;
    view.timer = setInterval(() => {
      view.time = Math.min(horizon(), view.time + PLAY_STEP);
      if (view.time >= horizon()) play();
      else drawAgain();
    }, PLAY_PAUSE);
  }
  drawAgain();
}

export function stopPlaying() {
  if (view.timer) play();
}

export function shocksView() {
  const words = view.filter.toLowerCase().split(' ').filter(Boolean);
  const matches = (shock) => words.every((word) => `${shock.id} ${shock.name || ''} ${shock.kind} ${shock.actor}`.toLowerCase().includes(word));
  const open = known.shocks.filter((shock) => shock.arrival !== 'in force');
  // What hurts today's portfolio most comes first.
  const losses = answers.loss ? answers.loss.simulate.aal_by.shock : {};
  const found = open.filter(matches).sort((a, b) => (losses[b.id] || 0) - (losses[a.id] || 0));
  const scenario = played();
  return [
    el('h2', {}, 'Shocks and scenarios'),
    isSnapshot ? null : el('h3', {}, state.now.events.length ? 'Tried together' : 'Nothing is tried yet'), state.now.events.map(event),
    el('div', {class: 'add'}, el('input', {type: 'text', value: view.filter, placeholder: 'Search the library, such as: export US', 'aria-label': 'Search the library of shocks', data: {key: 'filter'}, on: {input: (e) => { view.filter = e.target.value; drawAgain(); }}})),
    el('div', {class: 'pick', tabindex: isSnapshot ? 0 : null, data: {scroll: 'shocks'}, role: 'group', 'aria-label': 'Library of shocks'}, found.slice(0, N_SHOWN).map((shock) => el('button', {edits: true, data: {key: 'shock ' + shock.id}, on: {click: () => change((next) => { next.events.push({shock: shock.id}); })}},
      el('span', {}, shock.name || name(shock.id)), el('span', {class: 'muted small n'}, shock.rate_per_year_mean === null ? shock.arrival : `${shock.rate_per_year_mean.toPrecision(2)} a year`)))),
    el('p', {class: 'muted small'}, `${found.length} of ${open.length} shocks${found.length > N_SHOWN ? `; the first ${N_SHOWN} are shown` : ''}`),
    isSnapshot ? null : el('h3', {}, 'Or a written scenario'),
    isSnapshot ? null : el('select', {'aria-label': 'Scenario', data: {key: 'scenario'}, on: {change: (e) => change((next) => { next.scenarios = e.target.value ? [e.target.value] : []; })}},
      el('option', {value: ''}, 'none'), known.scenarios.map((one) => el('option', {value: one.scenario, selected: state.now.scenarios.includes(one.scenario)}, one.name))),
    scenario ? [
      el('h3', {}, scenario.name),
      el('div', {class: 'add'}, el('button', {data: {key: 'play'}, on: {click: play}}, view.timer ? 'Pause' : 'Play'),
        el('input', {type: 'range', min: 0, max: horizon(), step: 1, value: String(view.time), 'aria-label': 'Day', data: {key: 'time'}, on: {input: (e) => { view.time = Number(e.target.value); drawAgain(); }}}),
        el('span', {class: 'n'}, `day ${view.time}: ${served((scenario.timeline.filter((one) => one.day <= view.time).pop() || scenario.timeline[0]).service)}`)),
    ] : null,
    scenario ? account(view.time) : null,
    state.now.events.length ? el('p', {class: 'muted small'}, 'The patch below saves this as the scenario "what_if" of the portfolio.') : null,
  ];
}
