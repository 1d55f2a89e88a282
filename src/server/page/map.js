// The map: jurisdictions as tiles, and developers, hosts and hardware, to be switched off.

import { el, isSnapshot } from './dom.js';
import { answers } from './answers.js';
import { state, change } from './state.js';
import { known, toggle, isOff, nodeName } from './model.js';
import { account } from './crisis.js';
import { percent } from './format.js';

const STEP = 26;
const SIZE = 24;
const LAYERS = [['origin', 'models from'], ['region', 'runs in'], ['reach', 'under its law']];
const N_CHIPS = 14;

/** Opacity of a share, in five classes. */
const shade = (share) => (share <= 0 ? 0 : share <= 0.05 ? 0.16 : share <= 0.15 ? 0.28 : share <= 0.3 ? 0.42 : share <= 0.6 ? 0.78 : 1);

function tile(one, share) {
  const [column, row] = one.tile;
  const off = isOff('jurisdiction', one.id);
  const says = `${one.id}, ${one.name}: ${percent(share)} of value${off ? ', switched off' : ''}`;
  const use = (event) => { event.preventDefault(); toggle('jurisdiction', one.id); };
  return el('g', {
    edits: true, class: 'tile' + (shade(share) > 0.6 && !off ? ' dark' : '') + (off ? ' off' : ''), transform: `translate(${column * STEP} ${row * STEP})`, tabindex: 0, role: 'button', 'aria-pressed': String(off), 'aria-label': says,
    data: {key: 'tile ' + one.id, id: one.id}, on: {click: use, keydown: (event) => (event.key === 'Enter' || event.key === ' ') && use(event)},
  }, el('title', {}, says), el('rect', {width: SIZE, height: SIZE, 'fill-opacity': shade(share)}), off ? el('path', {d: `M2 2L${SIZE - 2} ${SIZE - 2}`}) : null,
  el('text', {x: SIZE / 2, y: SIZE / 2 + 4, 'text-anchor': 'middle'}, one.id));
}

function chips(title, kind, entries) {
  return [el('h3', {}, title), el('div', {class: 'chips'}, entries.slice(0, N_CHIPS).map(([id, share]) => el('button', {
    edits: true, 'aria-pressed': String(isOff(kind, id)), data: {key: `off ${kind} ${id}`}, on: {click: () => toggle(kind, id)},
  }, `${nodeName(kind, id)} ${share === null ? '' : percent(share)}`)))];
}

const ranked = (shares) => Object.entries(shares || {}).filter(([id, share]) => share > 0 && id !== 'self').sort((a, b) => b[1] - a[1]);

export function mapView() {
  const {quick} = answers;
  const shares = quick.dependence.shares;
  const layer = shares[state.tab].value || {};
  const tiles = known.about.jurisdictions.filter((one) => one.tile).sort((a, b) => a.tile[1] - b.tile[1] || a.tile[0] - b.tile[0]);
  const blocs = known.about.jurisdictions.filter((one) => one.is_bloc && !one.tile).map(({id}) => [id, layer[id] ?? null]);
  const hardware = new Map();
  ranked(shares.hardware.value).forEach(([key, share]) => key.split('|').forEach((id) => hardware.set(id, Math.max(hardware.get(id) || 0, share))));
  const off = state.now.events.filter((event) => event.off);
  return [
    el('div', {class: 'head'}, el('h2', {}, isSnapshot ? 'Where value depends' : 'What if it were gone?'), el('div', {class: 'chips', role: 'group', 'aria-label': 'What the map shows'}, LAYERS.map(([key, word]) => el('button', {'aria-pressed': String(state.tab === key), data: {key: 'layer ' + key}, on: {click: () => { state.tab = key; drawAgain(); }}}, word)))),
    el('p', {class: 'muted small'}, isSnapshot ? 'The darker, the more of the value depends on it.' : 'Choose a country, developer, host or chip to switch it off for good from day 0, with all that is under it. The darker, the more of the value depends on it.'),
    el('svg', {viewBox: `-1 -1 ${18 * STEP + 1} ${11 * STEP + 1}`, role: 'group', 'aria-label': 'Map of jurisdictions'}, tiles.map((one) => tile(one, layer[one.id] || 0))),
    off.length ? el('p', {class: 'chips off-list'}, off.map(({off: {kind, id}}) => el('button', {data: {key: `on ${kind} ${id}`}, on: {click: () => toggle(kind, id)}}, `${nodeName(kind, id)} is off: switch on`)),
      off.length > 1 ? el('button', {data: {key: 'all on'}, on: {click: () => change((next) => { next.events = next.events.filter((event) => !event.off); })}}, 'Switch all on') : null) : null,
    isSnapshot ? null : account(null),
    blocs.length ? chips('Blocs', 'jurisdiction', blocs) : null,
    chips('Developers', 'supplier', ranked(shares.developer.value)), chips('Hosts', 'host', ranked(shares.host.value)),
    chips('Hardware', 'hardware', [...hardware.entries()].sort((a, b) => b[1] - a[1])),
  ];
}

let drawAgain = () => undefined;
export const onMapTab = (draw) => { drawAgain = draw; };
