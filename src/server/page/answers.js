// The server's answers to the state: the quick ones at once, the loss first from few years and then from all.

import { ask, Refused, tell, whenBack, snapshot } from './server.js';
import { state, request, against, remember, whenChanged } from './state.js';
import { known } from './model.js';
import { byId } from './dom.js';
import { code, setCurrency, money, exactMoney } from './format.js';

const FIRST_TRIALS = 400;

/** `quick`: without the loss; `loss`: with it; `isAsking`, `isRefining`: whether they are still to come. */
export const answers = {isAsking: true, quick: null, loss: null, isRefining: true, problems: [], pinned: null, today: null};
const listeners = [];
export const whenAnswered = (listener) => listeners.push(listener);
const told = () => listeners.forEach((listener) => listener());

let running = null;

/** Asks everything about the state; what was asked before is dropped. */
export async function refresh() {
  if (running) running.abort();
  const own = new AbortController();
  running = own;
  answers.isRefining = true;
  answers.isAsking = true;
  told();
  const {signal} = own;
  const {trials, seed} = known.about;
  try {
    const withoutEvents = {...request(), ...against(), events: [], scenarios: []};
    answers.quick = await ask('what-if', request(), signal);
    answers.problems = [];
    answers.isAsking = false;
    tell('');
    told();
    if (trials > FIRST_TRIALS && !snapshot) {
      answers.loss = await ask('what-if', {...withoutEvents, trials: FIRST_TRIALS, seed}, signal);
      told();
    }
    answers.loss = await ask('what-if', {...withoutEvents, trials, seed}, signal);
    answers.isRefining = false;
    told();
    say();
    others(signal).catch(() => undefined);
  } catch (error) {
    if (error.name === 'AbortError') return;
    if (error instanceof Refused) {
      answers.problems = error.problems.length ? error.problems.filter((one) => one.severity === 'error') : [{message: error.message}];
      tell('This does not make a valid portfolio, so the figures are those before it.\n' + answers.problems.slice(0, 4).map((one) => one.message + (one.help ? ' – ' + one.help : '')).join('\n'));
      told();
    }
  }
}

const nothing = {changes: {}, events: [], scenarios: []};

/** The loss of another state on all simulated years. */
const loss = ({changes}, signal) => ask('what-if', {changes, trials: known.about.trials, seed: known.about.seed}, signal);

/** Holds the state as it is, to compare others with it; or lets it go. */
export function hold() {
  const isKnown = !answers.isRefining && !answers.isAsking;
  answers.pinned = state.pinned || !isKnown ? null : {quick: answers.quick, loss: answers.loss};
  state.pinned = state.pinned ? null : structuredClone(state.now);
  remember();
  return refresh();
}

/** What is compared with: today's loss, and the state that is held. */
async function others(signal) {
  if (!answers.today) answers.today = await loss(request(nothing), signal);
  if (state.pinned && !answers.pinned) answers.pinned = {quick: await ask('what-if', request(state.pinned), signal), loss: await loss(request(state.pinned), signal)};
  told();
}

/** Says the result to those who do not see it. */
function say() {
  const {quick, loss} = answers;
  const broken = loss.check.limits.filter((limit) => limit.breached).length;
  byId('said').textContent = `Cost ${exactMoney(quick.monthly_cost_usd)} ${code()} a month, average annual loss ${money(loss.simulate.aal_usd.value)}, worst five percent of years ${money(loss.simulate.cvar_usd['0.95'].value)}, ${broken} limits broken.`;
}

/** Reads once what there is to choose from. */
export async function learn() {
  const [about, offers, models, suppliers, shocks, scenarios, today] = await Promise.all([
    ask('about'), ask('list/offers'), ask('list/models'), ask('list/suppliers'), ask('list/shocks'), ask('list/scenarios'), ask('what-if', {}),
  ]);
  known.about = about;
  setCurrency(about.currency, about.currency_usd);
  known.today = today;
  offers.entries.forEach((one) => known.offers.set(one.offer, one));
  models.entries.forEach((one) => known.models.set(one.model, one));
  suppliers.entries.forEach((one) => known.suppliers.set(one.supplier, one));
  known.shocks = shocks.shocks;
  known.scenarios = scenarios.entries;
  const union = about.jurisdictions.find((one) => one.id === 'EU');
  known.eu = new Set(union ? union.countries : []);
}

whenChanged(refresh);
whenBack(refresh);
