// The page as a whole: what is drawn when, views, keys.

import { el, byId, fill, isSnapshot } from './dom.js';
import { state, undo, redo, reset, canUndo, canRedo, isChanged, restore, remember, whenChanged } from './state.js';
import { answers, refresh, learn, hold, whenAnswered } from './answers.js';
import { known } from './model.js';
import { drawFigures } from './figures.js';
import { drawPortfolio, isBusy } from './portfolio.js';
import { drawAnswer } from './answer.js';
import { drawBottom } from './bottom.js';
import { mapView, onMapTab } from './map.js';
import { shocksView, stopPlaying, onShockTime } from './shocks.js';
import { planView, onPlan } from './plan.js';
import { landscapeView, onLandscape } from './landscape.js';
import { sourcesView, onSources } from './sources.js';
import { compareView } from './compare.js';
import { tour } from './tour.js';
import { tell } from './server.js';

const ALL = [['portfolio', 'Portfolio', null], ['map', 'Map', mapView], ['shocks', 'Shocks', shocksView], ['plan', 'Plan', planView], ['compare', 'Compare', compareView], ['landscape', 'Landscape', landscapeView], ['sources', 'Sources', sourcesView]];

/** In a snapshot nothing is changed, so there is nothing to compare. */
const VIEWS = ALL.filter(([id]) => !(isSnapshot && id === 'compare'));

function show(view) {
  if (view !== 'shocks') stopPlaying();
  state.view = view;
  remember();
  drawViews();
  drawSide();
}

function drawViews() {
  document.body.dataset.view = state.view;
  fill(byId('views'), VIEWS.map(([id, name]) => el('button', {'aria-current': state.view === id ? 'page' : null, data: {view: id, key: 'view ' + id}, on: {click: () => show(id)}}, name)));
}

function drawSide() {
  if (!answers.quick) return;
  const [, , draw] = VIEWS.find(([id]) => id === state.view) || VIEWS[1];
  fill(byId('side'), (draw || mapView)());
}

function drawTools() {
  if (isSnapshot) return;
  byId('undo').disabled = !canUndo();
  byId('redo').disabled = !canRedo();
  byId('reset').disabled = !isChanged();
  byId('pin').textContent = state.pinned ? 'Let A go' : 'Hold as A';
  byId('pin').setAttribute('aria-pressed', String(Boolean(state.pinned)));
}

function drawAll() {
  drawFigures();
  drawPortfolio();
  drawAnswer();
  if (!isBusy()) drawSide();
  drawBottom();
  drawTools();
}

function keys(event) {
  const isUndo = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'z';
  const isText = event.target.matches('input[type=text], textarea');
  if (!isUndo || isText) return;
  event.preventDefault();
  if (event.shiftKey) redo();
  else undo();
}

async function start() {
  restore();
  if (!VIEWS.some(([id]) => id === state.view)) state.view = 'map';
  [onMapTab, onShockTime, onPlan, onLandscape].forEach((listen) => listen(drawSide));
  onSources(() => { drawViews(); drawSide(); });
  byId('undo').addEventListener('click', undo);
  byId('redo').addEventListener('click', redo);
  byId('reset').addEventListener('click', reset);
  byId('pin').addEventListener('click', () => { if (answers.quick) hold(); });
  byId('tour').addEventListener('click', () => tour(true));
  document.addEventListener('keydown', keys);
  window.addEventListener('hashchange', () => { if (restore()) { answers.pinned = null; drawViews(); refresh(); drawAll(); } });
  whenChanged(() => { drawPortfolio(); drawTools(); });
  whenAnswered(drawAll);
  if (isSnapshot) {
    ['undo', 'redo', 'reset', 'pin', 'tour'].forEach((id) => byId(id).remove());
    // What cannot be changed has nothing to focus, and still scrolls by keyboard.
    ['portfolio', 'side'].forEach((id) => { byId(id).tabIndex = 0; });
  }
  drawViews();
  drawTools();
  try {
    await learn();
  } catch (error) {
    tell(error.message);
    return;
  }
  byId('company').textContent = known.about.company;
  byId('period').textContent = `${known.about.portfolio}, ${Math.round(known.about.horizon_days)} days`;
  document.title = `What if? – ${known.about.portfolio}`;
  remember();
  await refresh();
  if (!isSnapshot) tour(false);
}

start();
