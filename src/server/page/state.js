// What is changed, its history, and the address that restores it.

import { snapshot, tell } from './server.js';

/** `changes`: new values by place in the portfolio's file; `events`: shocks and nodes that stop; `scenarios`: ids. */
const empty = () => ({changes: {}, events: [], scenarios: []});

export const state = {now: empty(), pinned: null, view: 'map', open: null, tab: 'origin', weights: {}};
let past = [];
let future = [];
const listeners = [];

export const whenChanged = (listener) => listeners.push(listener);
export const canUndo = () => past.length > 0;
export const canRedo = () => future.length > 0;
export const isChanged = () => Object.keys(state.now.changes).length + state.now.events.length + state.now.scenarios.length > 0;

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

function become(next, what) {
  state.now = next;
  remember();
  listeners.forEach((listener) => listener(what));
}

/** A new state, made from a copy of the one before. */
export function change(edit) {
  if (snapshot) {
    tell('This is a snapshot: it can be read. To change something, run "multipolar serve".');
    return;
  }
  const next = structuredClone(state.now);
  edit(next);
  if (same(next, state.now)) return;
  past.push(state.now);
  future = [];
  become(next, 'change');
}

export function undo() {
  if (!past.length) return;
  future.push(state.now);
  become(past.pop(), 'undo');
}

export function redo() {
  if (!future.length) return;
  past.push(state.now);
  become(future.pop(), 'redo');
}

export function reset() {
  change((next) => Object.assign(next, empty()));
}

/** The state that is held is shown, and the one that is shown is held. */
export function swap() {
  const held = state.pinned;
  state.pinned = state.now;
  past.push(state.now);
  future = [];
  become(held, 'change');
}

/** The state in the address, without a new entry of the browser's history. */
export function remember() {
  if (snapshot) return;
  const {now, pinned, view} = state;
  const packed = ({changes, events, scenarios}) => ({c: changes, e: events, s: scenarios});
  const text = JSON.stringify({...packed(now), v: view, ...(pinned ? {p: packed(pinned)} : {})});
  const bytes = new TextEncoder().encode(text);
  let binary = '';
  bytes.forEach((byte) => { binary += String.fromCharCode(byte); });
  const hash = '#' + btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  if (location.hash !== hash) history.replaceState(null, '', hash);
}

/** Takes the state from the address; false if there is none. */
export function restore() {
  if (snapshot) return false;
  const code = location.hash.slice(1);
  if (!code) return false;
  try {
    const binary = atob(code.replaceAll('-', '+').replaceAll('_', '/'));
    const text = new TextDecoder().decode(Uint8Array.from(binary, (c) => c.charCodeAt(0)));
    const {v, p, ...own} = JSON.parse(text);
    const unpacked = ({c, e, s}) => ({changes: c || {}, events: e || [], scenarios: s || []});
    state.now = unpacked(own);
    state.pinned = p ? unpacked(p) : null;
    state.view = v || state.view;
    return true;
  } catch {
    return false;
  }
}

const listed = (changes) => Object.entries(changes).map(([at, value]) => ({at, value}));

/** What a request about a state carries; by default, about that of the page. */
export function request(of = state.now) {
  const {changes, events, scenarios} = of;
  return {changes: listed(changes), events, scenarios};
}

/** What a loss is compared with: the state that is held, else the portfolio's file. */
export const against = () => (state.pinned ? {against: listed(state.pinned.changes)} : {});
