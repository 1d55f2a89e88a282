// Where a figure comes from: how it is computed, from what, how sure it is, and the command that gives it.

import { el, table } from './dom.js';
import { ask, tell } from './server.js';
import { answers } from './answers.js';
import { state, remember } from './state.js';
import { known, cells } from './model.js';
import { code, money, exactMoney } from './format.js';

const view = {figure: 'cost', detail: null};
let drawAgain = () => undefined;
export const onSources = (draw) => { drawAgain = draw; };

export function showSource(key) {
  view.figure = key;
  view.detail = null;
  state.view = 'sources';
  remember();
  drawAgain();
}

const command = (word) => (answers.quick.commands.concat(answers.loss ? answers.loss.commands : [])).find((line) => line.startsWith('multipolar ' + word)) || '';

/** [title, how, exact value, how sure, command] of each figure. */
const FIGURES = {
  cost: () => ['Planned cost of a month', 'Tokens at list prices less discounts, rent of whole serving units, fees of standbys, fixed fees and missing minimums of contracts. Nothing is drawn.', `${answers.quick.monthly_cost_usd} USD`, 'Exact for the prices in the catalog; their dates are below.', command('check')],
  aal: () => ['Average annual loss', `The mean over ${known.about.trials.toLocaleString('en-US')} simulated years of what is unserved past the recovery objectives, dearer substitutes and one-off costs. The same years are drawn before and after a change, so the difference is surer than the figures.`,
    answers.loss ? `${answers.loss.simulate.aal_usd.value} USD a year` : '…', answers.loss ? `Sampling error ${money(answers.loss.simulate.aal_usd.std_error)}. What is not known about the rates themselves: 90 % between ${money(answers.loss.simulate.aal_usd.doubt_low)} and ${money(answers.loss.simulate.aal_usd.doubt_high)}.` : '', command('simulate')],
  cvar: () => ['Mean of the worst 5 % of years', 'The mean loss of those simulated years in which it is largest (CVaR at 0.95).', answers.loss ? `${answers.loss.simulate.cvar_usd['0.95'].value} USD` : '…', answers.loss ? `95 % interval from ${answers.loss.simulate.cvar_usd['0.95'].low} to ${answers.loss.simulate.cvar_usd['0.95'].high} USD.` : '', command('simulate')],
  capability: () => ['Capability', 'Mean general quality of the models that serve, weighted by tokens, in points of the catalog’s metric.', `${answers.quick.quality_points} points`, 'Models nearer than about 40 points cannot be told apart.', command('check')],
  shares: () => ['Shares and concentration', 'For each layer, who carries how much of what an outage of all workloads would cost. “In effect” is how many equal parts would be as concentrated (one over the sum of squared shares).', answers.quick.dependence.shares.origin.value ? Object.entries(answers.quick.dependence.shares.origin.value).map(([id, x]) => `${id} ${x}`).join(', ') : '…', 'Exact for the supply chains in the catalog; what is not known of them is left out of the shares.', command('exposure')],
  stress: () => ['Loss of what is tried', 'The events are played over the portfolio as it stands: what is unserved past the recovery objectives, dearer substitutes and one-off costs. Nothing is drawn, and there is no probability.', answers.quick.stress ? answers.quick.stress.scenarios.map((one) => `${one.name}: ${one.loss_usd} USD`).join(', ') : 'nothing is tried', 'Exact for the durations as they are set.', command('stress')],
  limits: () => ['Limits', 'What the portfolio accepts at most, tested on the portfolio as it stands; limits on losses are tested on the simulated years.', `${answers.quick.check.limits.length} limits`, 'Limits on losses carry the sampling error of the simulation.', command('check')],
};

/** Asks where an offer or a shock comes from. */
function look(kind, id) {
  ask(`${kind}/${encodeURIComponent(id)}`).then((found) => {
    view.detail = {kind, found};
    drawAgain();
  }).catch((error) => tell(error.message));
}

const asked = (kind, id, name) => el('button', {edits: true, class: 'plain', data: {key: `${kind} ${id}`}, on: {click: () => look(kind, id)}}, name);

const cited = (sources) => el('ul', {class: 'small'}, sources.map((one) => el('li', {}, `${one.title}${one.publisher ? ', ' + one.publisher : ''}${one.year ? ' ' + one.year : ''}${one.locator ? ', ' : ''}`, one.locator ? el('span', {class: 'id'}, one.locator) : null)));

const days = (x) => `${Math.round(x)} days`;

/** One offer or shock: figures, evidence, date, confidence, sources. */
function detail() {
  if (!view.detail) return null;
  const {kind, found} = view.detail;
  const entry = (title, {as_of: date, confidence, note, sources}) => [el('dt', {}, title), el('dd', {}, note || '', el('div', {class: 'small'}, `${confidence}${date ? ', as of ' + date : ', no date'}`), sources.length ? cited(sources) : el('div', {class: 'small'}, 'No source is named.'))];
  const rate = found.rate_per_year;
  const lasting = found.duration || {};
  return el('div', {class: 'now trace', role: 'status'}, el('strong', {}, kind === 'offers' ? found.offer : found.name || found.id), el('dl', {}, kind === 'offers' ? found.entries.map((own) => entry(`${own.what} ${own.name}`, own)) : [
    rate ? [el('dt', {}, 'How often'), el('dd', {}, `${rate.mean.toPrecision(2)} a year${rate.low === null || rate.low === undefined ? '' : `; 90 % interval ${rate.low.toPrecision(2)} to ${rate.high.toPrecision(2)}`}`)] : null,
    lasting.median_days ? [el('dt', {}, 'How long'), el('dd', {}, `median ${days(lasting.median_days)}, 90 % within ${days(lasting.p90_days)}`)] : null,
    entry('Evidence', found)]));
}

export function sourcesView() {
  const [title, how, exact, sure, line] = FIGURES[view.figure]();
  const used = new Set(known.today.workloads.flatMap((workload) => cells(workload).flatMap(({allocation}) => Object.keys(allocation))));
  const rows = [...used].sort().map((id) => known.offers.get(id)).filter(Boolean).map((offer) => [asked('offers', offer.offer, offer.offer),
    offer.input_usd_per_mtok === null ? `${exactMoney(offer.replica_usd_per_month)} a month` : `${offer.input_usd_per_mtok} / ${offer.output_usd_per_mtok}`, el('span', {class: 'nowrap'}, offer.as_of || 'no date'), offer.confidence]);
  const worth = answers.loss ? answers.loss.simulate.worth_knowing.slice(0, 6) : [];
  const shocks = answers.loss ? Object.entries(answers.loss.simulate.aal_by.shock).sort((a, b) => b[1] - a[1]).slice(0, 8).map(([id, x]) => {
    const shock = known.shocks.find((one) => one.id === id) || {};
    return [asked('shocks', id, answers.loss.simulate.shock_names[id] || id), money(x), shock.rate_per_year_mean == null ? '–' : `${shock.rate_per_year_mean.toPrecision(2)} (${shock.rate_per_year_low == null ? '–' : shock.rate_per_year_low.toPrecision(1)} to ${shock.rate_per_year_high == null ? '–' : shock.rate_per_year_high.toPrecision(2)})`, shock.confidence || ''];
  }) : [];
  return [
    el('h2', {}, 'Where a figure comes from'),
    el('div', {class: 'chips'}, Object.keys(FIGURES).map((key) => el('button', {'aria-pressed': String(view.figure === key), data: {key: 'source ' + key}, on: {click: () => showSource(key)}}, FIGURES[key]()[0]))),
    el('div', {class: 'now trace'}, el('strong', {}, title), el('p', {}, how), el('dl', {}, el('dt', {}, 'Exact value'), el('dd', {}, el('code', {}, exact)), el('dt', {}, 'How sure'), el('dd', {}, sure), el('dt', {}, 'The same on the command line'), el('dd', {}, el('code', {}, line)))),
    detail(),
    el('h3', {}, 'Offers in use'), table('Offers in use', [['offer'], ['list price, USD per Mtok in / out', true], ['date'], ['confidence']], rows),
    shocks.length ? [el('h3', {}, 'Shocks behind the loss'), table('Shocks behind the loss', [['shock'], [`${code()} a year`, true], ['a year, 90 % interval', true], ['confidence']], shocks)] : null,
    worth.length ? [el('h3', {}, 'What would narrow the doubt most, if it were known'), table('Worth knowing', [['rate of'], ['average loss, from', true], ['to', true]], worth.map((one) => [one.name, money(one.low), money(one.high)]))] : null,
    el('p', {class: 'muted small'}, code() === 'USD' ? 'All amounts are in USD.' : `Amounts are in ${code()}, one of which is worth USD ${known.about.currency_usd}; list prices, and exact values as the commands print them, are in USD.`),
  ];
}
