// The landscape: strengths of jurisdictions under weights of one's own, and how far groups of models lie behind.

import { el, table } from './dom.js';
import { ask, snapshot } from './server.js';
import { state } from './state.js';
import { known, nodeName } from './model.js';

const N_RANKS = 15;
const N_LAGS = 14;
const MAX_WEIGHT = 5;

const view = {answer: null, asked: null};
let drawAgain = () => undefined;
export const onLandscape = (draw) => { drawAgain = draw; };

function read() {
  const key = JSON.stringify(state.weights);
  if (view.asked === key) return;
  view.asked = key;
  ask('landscape', {weights: state.weights}).then((answer) => {
    view.answer = answer;
    drawAgain();
  }).catch(() => { view.asked = null; });
}

function weight({id, name}) {
  const value = state.weights[id] ?? 1;
  const set = (event) => {
    state.weights = {...state.weights, [id]: Number(event.target.value)};
    if (state.weights[id] === 1) delete state.weights[id];
    drawAgain();
  };
  return [el('label', {for: 'weight-' + id}, name), el('input', {id: 'weight-' + id, type: 'range', min: 0, max: MAX_WEIGHT, step: 0.5, value: String(value), data: {key: 'weight ' + id}, on: {input: set}}), el('span', {class: 'n'}, '× ' + value)];
}

/** A selector in words. */
const words = (group) => group.replace(/[{}[\]]/g, '').replaceAll(': ', ' ').replaceAll('_', ' ');

const months = (x) => (x === null ? '–' : x < 0.05 ? 'leads' : x.toFixed(1));

/** A course over time as a line; the newest on the right. */
function course(history, group) {
  const own = history.filter((one) => one.group === group).sort((a, b) => (a.as_of < b.as_of ? -1 : 1)).map((one) => one.months);
  if (own.length < 2) return null;
  const top = Math.max(24, ...own);
  const path = own.map((m, at) => `${at ? 'L' : 'M'}${(at / (own.length - 1)) * 96 + 2} ${26 - (m / top) * 24}`).join('');
  return el('svg', {viewBox: '0 0 100 28', role: 'img', 'aria-label': `${own[0].toFixed(0)} months behind at first, ${own[own.length - 1].toFixed(0)} now`, style: {width: '96px'}}, el('path', {class: 'service', d: path}));
}

export function landscapeView() {
  read();
  const {answer} = view;
  const weights = snapshot ? [] : [el('h3', {}, 'Weights of the enablers'), el('div', {class: 'weights'}, known.about.enablers.map(weight))];
  const head = [el('h2', {}, 'Where it can come from'), ...weights];
  if (!answer) return head;
  const lags = [...answer.lag].sort((a, b) => (a.months ?? Infinity) - (b.months ?? Infinity)).slice(0, N_LAGS);
  return [...head,
    el('h3', {}, 'Strength under these weights'),
    table('Ranks', [['jurisdiction'], ['strength', true], ['rank', true], ['rank between', true]], answer.ranks.slice(0, N_RANKS).map((one) => [nodeName('jurisdiction', one.jurisdiction), one.strength === null ? '–' : one.strength.toFixed(2), String(one.rank), `${one.rank_best} and ${one.rank_worst}`])),
    el('h3', {}, 'How far models lie behind the best'),
    table('Lag', [['group'], ['months', true], ['points', true], ['best model'], ['over time']], lags.map((one) => [words(one.group), months(one.months) + (one.months_at_least ? ' or more' : ''), one.points === null ? '–' : one.points.toFixed(0), one.best_model || '–', course(answer.history, one.group)])),
  ];
}
