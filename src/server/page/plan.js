// Plans: the ladder as cards, one of which can be accepted; why an offer is left out, and what signing it would change.

import { el, table } from './dom.js';
import { ask, follow, Refused, tell, watch, whenBack, snapshot } from './server.js';
import { request, change } from './state.js';
import { known } from './model.js';
import { code, money, exactMoney, percent, points, signed } from './format.js';

const view = {plan: snapshot ? snapshot.plan : null, job: null, kind: null, why: null, signed: null, offer: '', share: 10, frontier: false, made: snapshot ? '[]' : '', report: null};
let drawAgain = () => undefined;
export const onPlan = (draw) => { drawAgain = draw; };

const NAMES = {today: 'Today', standbys: 'Standbys only', hosts: 'Only hosts in use', touched: 'Few workloads', all: 'Everything'};

const KINDS = {plan: 'Plans', why: 'Why not this offer', if_signed: 'If it were signed', report: 'Report'};

const portfolio = () => ({...request(), trials: known.about.trials, seed: known.about.seed, events: [], scenarios: []});

/** Runs a job and shows how far it is. */
async function run(kind, body) {
  try {
    const begun = await ask('jobs', {job: kind, study: portfolio(), ...body});
    view.job = begun;
    view.kind = kind;
    if (kind === 'plan') view.made = JSON.stringify(portfolio().changes);
    drawAgain();
    await follow(begun.id, (job) => take(kind, job));
  } catch (error) {
    if (error instanceof Refused) tell(error.message);
    else watch();
  }
}

/** What a job says of itself. */
function take(kind, job) {
  view.job = job;
  if (job.state === 'done') {
    if (kind === 'plan') view.plan = job;
    if (kind === 'why') view.why = job.answer;
    if (kind === 'if_signed') view.signed = job.answer;
    if (kind === 'report') {
      view.report = job.answer;
      tell(`The report is in ${job.answer.folder}: report.html to read, board.html for the board, report.xlsx for spreadsheets.`);
    }
  }
  if (job.state === 'failed') tell(job.doing);
  drawAgain();
}

/** A job that was not heard of for a while goes on, or is no longer there. */
async function resume() {
  if (!isRunning()) return;
  const {kind, job} = view;
  try {
    take(kind, await ask('jobs/' + job.id));
    if (isRunning()) await follow(job.id, (told) => take(kind, told));
  } catch (error) {
    if (error instanceof Refused) take(kind, {...job, state: 'failed', doing: 'The server was started anew meanwhile: ask again.'});
    else watch();
  }
}

whenBack(resume);

/** Writes the report about the portfolio as it stands, on the server's side. */
export function writeReport() {
  if (isRunning()) tell('Something is computed already: see Plan. It can be cancelled there.');
  else {
    tell('The report is being made; this takes from seconds to minutes. How far it is stands under Plan.');
    run('report', {});
  }
}

const isRunning = () => view.job && (view.job.state === 'waiting' || view.job.state === 'running');

function cancel() {
  ask('jobs/' + view.job.id, undefined, undefined, 'DELETE').then((job) => { view.job = job; drawAgain(); }).catch(() => undefined);
}

function accept(changes, only) {
  change((next) => {
    for (const {at, value} of changes) if (!only || at.startsWith(`/workloads/${only}/`)) next.changes[at] = value;
  });
}

/** What is said beside a rung. */
const mark = (rung) => rung.is_recommended ? 'recommended' : rung.is_knee && rung.rung !== 'all' ? 'takes most of the risk away' : '';

function card(rung, at, today, changes) {
  const name = rung.rung === 'touched' ? `At most ${rung.touched} workload${rung.touched === 1 ? '' : 's'}` : NAMES[rung.rung];
  const {figures} = rung;
  const risk = figures.out_of_sample;
  const term = (word, value, by) => el('div', {}, el('dt', {}, word), el('dd', {}, value, by ? el('span', {class: 'muted small'}, ' ' + by) : null));
  const names = rung.workloads.map((id) => (known.today.workloads.find((one) => one.id === id) || {}).name || id);
  return el('div', {class: 'card' + (rung.is_recommended ? ' knee' : ''), data: {rung: rung.rung, touched: rung.touched === null ? '' : String(rung.touched)}},
    el('h3', {}, name, mark(rung) ? el('span', {class: 'muted'}, ` – ${mark(rung)}`) : null),
    el('button', {edits: true, disabled: rung.workloads.length === 0, data: {key: `accept ${at}`}, on: {click: () => accept(changes)}}, snapshot ? '' : 'Accept'),
    el('dl', {},
      term('cost a month', exactMoney(figures.monthly_cost_usd), at ? signed(figures.monthly_cost_usd - today.figures.monthly_cost_usd, exactMoney) : ''),
      term('average loss', money(risk.aal_usd)), term('worst 5 %', money(risk.cvar_usd)),
      term('capability', points(rung.capability.points)),
      term('paid once', money(rung.cash_usd), rung.payback_months === null ? '' : `back in ${Math.ceil(rung.payback_months)} months`)),
    rung.limits_broken.length ? el('p', {class: 'bad small'}, `breaks ${rung.limits_broken.join(', ')}`) : null,
    rung.workloads.length && at ? el('details', {}, el('summary', {class: 'small'}, `${names.length} workload${names.length === 1 ? '' : 's'}, one by one${rung.new_hosts.length ? '; new hosts: ' + rung.new_hosts.join(', ') : ''}`),
      el('div', {class: 'chips'}, rung.workloads.map((id, n) => el('button', {edits: true, data: {key: `accept ${at} ${id}`}, on: {click: () => accept(changes, id)}}, snapshot ? names[n] : `Accept for ${names[n]}`)))) : null);
}

/** Cost against risk: the rungs as dots, today hollow; the frontier as a line. */
function scatter(rungs, points) {
  const [width, height] = [480, 190];
  const cost = ({figures}) => figures.out_of_sample.monthly_cost_usd;
  const risk = ({figures}) => figures.out_of_sample.cvar_usd;
  const every = [...rungs, ...points.map((point) => ({figures: point}))];
  const top = (list) => Math.max(...list) * 1.08 || 1;
  const [right, up] = [top(every.map(cost)), top(every.map(risk))];
  const x = (value) => 64 + (value / right) * (width - 84);
  const y = (value) => height - 34 - (value / up) * (height - 50);
  const line = points.map(({out_of_sample: fresh}) => `${x(fresh.monthly_cost_usd)},${y(fresh.cvar_usd)}`).join(' ');
  return el('svg', {viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': `Cost a month against the mean of the worst 5 % of years, one dot for each plan; today is hollow${points.length ? '; a line joins the plans of the frontier' : ''}`},
    el('line', {class: 'axis', x1: 64, x2: width - 12, y1: height - 34, y2: height - 34}), el('line', {class: 'axis', x1: 64, x2: 64, y1: 8, y2: height - 34}),
    el('text', {x: width - 12, y: height - 6, 'text-anchor': 'end'}, `${code()} a month`), el('text', {x: 64, y: height - 18}, '0'), el('text', {x: width - 12, y: height - 18, 'text-anchor': 'end'}, money(right)),
    el('text', {x: 58, y: 16, 'text-anchor': 'end'}, money(up)),
    points.length ? el('polyline', {class: 'frontier', points: line}) : null,
    points.map((point) => el('circle', {class: 'point', cx: x(point.out_of_sample.monthly_cost_usd), cy: y(point.out_of_sample.cvar_usd), r: 3}, el('title', {}, `Frontier, plan ${point.plan}: ${code()} ${exactMoney(point.out_of_sample.monthly_cost_usd)} a month, worst 5 % ${money(point.out_of_sample.cvar_usd)}`))),
    rungs.map((rung) => el('circle', {class: 'dot' + (rung.rung === 'today' ? ' hollow' : '') + (rung.is_recommended ? ' knee' : ''), cx: x(cost(rung)), cy: y(risk(rung)), r: 5}, el('title', {}, `${NAMES[rung.rung]}: ${code()} ${exactMoney(cost(rung))} a month, worst 5 % ${money(risk(rung))}`))));
}

/** The plans of the frontier, the cheapest first; each can be accepted. */
function frontier(points, accepts) {
  if (!points.length) return null;
  const said = (point) => [point.is_recommended ? 'the whole plan' : '', point.is_knee ? 'the curve bends here' : ''].filter(Boolean).join('; ');
  const button = ({plan}) => {
    const found = accepts.find((one) => one.plan === plan);
    return snapshot ? '' : el('button', {edits: true, disabled: !found || !found.workloads.length, 'aria-label': `Accept plan ${plan} of the frontier`, data: {key: `accept point ${plan}`}, on: {click: () => accept(found.changes)}}, 'Accept');
  };
  const rows = points.map((point) => {
    const fresh = point.out_of_sample;
    return [`${point.plan}`, exactMoney(fresh.monthly_cost_usd), money(fresh.aal_usd), money(fresh.cvar_usd), said(point), button(point)];
  });
  return el('section', {'aria-label': 'Frontier'}, el('h3', {}, 'From the cheapest to the safest'),
    table('Frontier', [['plan'], [`${code()} a month`, true], ['average loss', true], ['worst 5 %', true], ['what it is'], ['accept']], rows));
}

function ladder() {
  const {plan} = view;
  if (!plan && snapshot) return el('p', {class: 'muted'}, 'No plan was asked for in this snapshot.');
  if (!plan) return el('p', {class: 'muted'}, 'The planner looks for the least that can be done, and for what each further step brings. It starts from the portfolio as it stands here, and takes from seconds to minutes.');
  const rungs = plan.answer.ladder;
  if (!rungs.length) return el('p', {}, `No plan: ${plan.answer.status}. ${plan.answer.conflict.map((one) => one.what).join('; ')}`);
  const points = plan.answer.frontier ? plan.answer.frontier.points : [];
  const stale = view.made !== JSON.stringify(portfolio().changes);
  return [stale ? el('p', {class: 'muted small'}, 'These plans started from the portfolio as it was then; what you accept replaces only the workloads it touches.') : null, scatter(rungs, points), rungs.map((rung, at) => card(rung, at, rungs[0], (plan.accept[at] || {changes: []}).changes)),
    frontier(points, plan.accept_points),
    el('p', {class: 'muted small'}, `Loss out of sample, on ${plan.answer.fresh_trials} new simulated years. Same on the command line: ${plan.command}`)];
}

function whyText(why) {
  const left = why.groups.filter((group) => !group.eligible);
  const forced = why.forced && why.forced.change;
  return el('div', {class: 'now'}, el('strong', {}, why.offer),
    forced ? el('p', {}, `A plan that uses it costs ${code()} ${money(why.forced.plan.monthly_cost_usd)} a month (${signed(forced.monthly_cost_usd)}); average loss ${signed(forced.aal_usd)}, worst 5 % ${signed(forced.cvar_usd)}.`) : el('p', {}, why.forced ? 'No plan can use it.' : 'No workload may use it.'),
    left.length ? el('ul', {class: 'small'}, left.slice(0, 6).map((group) => el('li', {}, `${group.workload}: ${group.reasons.join('; ')}`))) : null);
}

function signedText(found) {
  const {before, after} = found;
  return el('div', {class: 'now'}, el('strong', {}, `If ${found.offer} were signed`), table('Before and after', [['measure'], ['today', true], ['then', true]], [
    [`cost a month, ${code()}`, exactMoney(before.monthly_cost_usd), exactMoney(after.monthly_cost_usd)],
    [`average annual loss, ${code()}`, money(amount(before.aal_usd)), money(amount(after.aal_usd))],
    [`worst 5 % of years, ${code()}`, money(amount(before.cvar_usd)), money(amount(after.cvar_usd))],
  ]));
}

const amount = (x) => (x !== null && typeof x === 'object' ? x.value : x);

export function planView() {
  const running = isRunning();
  const offers = [...known.offers.keys()];
  return [
    el('div', {class: 'head'}, el('h2', {}, 'Plan'), running ? el('button', {data: {key: 'cancel'}, on: {click: cancel}}, 'Cancel') : snapshot ? null : el('button', {class: 'primary', data: {key: 'find'}, on: {click: () => run('plan', {frontier: view.frontier})}}, 'Find plans')),
    snapshot ? null : el('label', {class: 'small check'}, el('input', {type: 'checkbox', checked: view.frontier, data: {key: 'with frontier'}, on: {change: (event) => { view.frontier = event.target.checked; }}}), 'also plans from the cheapest to the safest, which takes longer'),
    snapshot ? null : el('p', {class: 'muted small', 'aria-live': 'polite', style: {'min-height': '34px'}}, running ? view.job.doing : view.job ? `${KINDS[view.kind]}: ${view.job.state}` : ' '),
    snapshot ? null : el('progress', {class: running ? null : 'idle', max: 1, 'aria-label': 'Progress', ...(running && view.job.share_done === null ? {} : {value: running ? view.job.share_done : 0})}),
    ladder(),
    ...(snapshot ? [] : [el('h3', {}, 'One offer'),
    el('div', {class: 'add'}, el('input', {type: 'text', list: 'all-offers', value: view.offer, placeholder: 'model@host:REGION', 'aria-label': 'Offer', data: {key: 'one offer'}, on: {change: (event) => { view.offer = event.target.value; drawAgain(); }}}), el('datalist', {id: 'all-offers'}, offers.map((id) => el('option', {value: id})))),
    el('div', {class: 'add'}, el('button', {disabled: running || !known.offers.has(view.offer), data: {key: 'why'}, on: {click: () => run('why', {offer: view.offer})}}, 'Why not this offer?'),
      el('button', {disabled: running || !known.offers.has(view.offer), data: {key: 'sign'}, on: {click: () => run('if_signed', {offer: view.offer, share: view.share / 100})}}, 'What if it were signed?'),
      el('input', {type: 'number', min: 1, max: 100, value: String(view.share), 'aria-label': 'Share in percent if it were signed', data: {key: 'sign share'}, on: {change: (event) => { view.share = Math.min(100, Math.max(1, Number(event.target.value))); }}}), el('span', {}, '%'))]),
    view.why ? whyText(view.why) : null, view.signed ? signedText(view.signed) : null,
  ];
}
