// The page as a whole: what is drawn when, views, keys.

import { el, byId, fill } from './dom.js';
import { state, undo, redo, reset, canUndo, canRedo, isChanged, restore, remember, whenChanged } from './state.js';
import { answers, refresh, learn, whenAnswered } from './answers.js';
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
import { tour } from './tour.js';
import { tell } from './server.js';

const VIEWS = [['portfolio', 'Portfolio', null], ['map', 'Map', mapView], ['shocks', 'Shocks', shocksView], ['plan', 'Plan', planView], ['landscape', 'Landscape', landscapeView], ['sources', 'Sources', sourcesView]];

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
  byId('undo').disabled = !canUndo();
  byId('redo').disabled = !canRedo();
  byId('reset').disabled = !isChanged();
  byId('pin').textContent = answers.pinned ? 'Compare with today' : 'Compare with this';
  byId('pin').setAttribute('aria-pressed', String(Boolean(answers.pinned)));
}

function drawAll() {
  drawFigures();
  drawPortfolio();
  drawAnswer();
  if (!isBusy()) drawSide();
  drawBottom();
  drawTools();
}

function pin() {
  answers.pinned = answers.pinned ? null : {quick: answers.quick, loss: answers.loss};
  drawAll();
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
  byId('pin').addEventListener('click', pin);
  byId('tour').addEventListener('click', () => tour(true));
  document.addEventListener('keydown', keys);
  window.addEventListener('hashchange', () => { if (restore()) { drawViews(); refresh(); drawAll(); } });
  whenChanged(() => { drawPortfolio(); drawTools(); });
  whenAnswered(drawAll);
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
  tour(false);
}

start();
