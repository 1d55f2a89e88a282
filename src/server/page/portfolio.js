// The portfolio: workloads as rows, their shares as bars to drag, standbys, fees and contracts.

import { el, byId, fill, isSnapshot } from './dom.js';
import { state, change } from './state.js';
import { known, groups, standbys, setShares, setStandbys, withShare, isTouched, origin, set } from './model.js';
import { code, money, shown, inUsd, percent, rounded } from './format.js';
import { ask } from './server.js';

/** Steps of a knob, as shares: with an arrow key, and with Shift. */
const STEP = 0.01;
const LARGE_STEP = 0.1;

let isDragging = false;
export const isBusy = () => isDragging;

const short = (offer) => offer.split('@')[0];
const served = (offer) => offer.split('@')[1];

/** Offers that a node which is switched off takes with it, as far as the page can tell. */
function isOffNow(offer) {
  const own = known.offers.get(offer);
  if (!own) return false;
  const model = known.models.get(own.model) || {};
  return state.now.events.some(({off}) => off && (
    ((off.kind === 'host' || off.kind === 'supplier') && off.id === own.host) ||
    (off.kind === 'supplier' && off.id === model.developer) ||
    (off.kind === 'jurisdiction' && (off.id === model.origin || off.id === own.region || off.id === (known.suppliers.get(own.host) || {}).jurisdiction)) ||
    (off.kind === 'territory' && off.id === own.region) ||
    (off.kind === 'hardware' && own.hardware.length > 0 && own.hardware.every((id) => id === off.id))));
}

/** A bar of shares. A knob stands between two neighbors; what one gives, the other gets. */
function bar(workload, group) {
  const entries = Object.entries(group.allocation).filter(([, share]) => share > 0);
  const shares = entries.map(([, share]) => share);
  const name = `${workload.name}, ${group.users.join(', ')}`;
  const segments = entries.map(([offer, share]) => el('div', {
    class: 'seg ' + (isOffNow(offer) ? 'off' : origin(offer)), style: {width: 100 * share + '%'}, title: `${offer}: ${percent(share, 1)}`,
  }, share > 0.07 ? `${short(offer)} ${percent(share)}` : ''));
  const node = el('div', {class: 'bar'}, segments);
  if (isSnapshot) return node;
  let left = 0;
  for (let at = 0; at + 1 < entries.length; at += 1) {
    left += shares[at];
    node.append(knob(node, segments, entries, at, left, workload, group, name));
  }
  return node;
}

function knob(node, segments, entries, at, left, workload, group, name) {
  const [offer, next] = [entries[at][0], entries[at + 1][0]];
  const both = entries[at][1] + entries[at + 1][1];
  const start = left - entries[at][1];
  const put = (share) => {
    const own = rounded(Math.min(both, Math.max(0, share)));
    setShares(workload, group.users, {...group.allocation, [offer]: own, [next]: rounded(both - own)});
  };
  const handle = el('button', {
    class: 'knob', role: 'slider', style: {left: 100 * left + '%'}, 'aria-label': `${name}: share of ${offer} against ${next}`,
    'aria-valuemin': 0, 'aria-valuemax': Math.round(100 * both), 'aria-valuenow': Math.round(100 * entries[at][1]), 'aria-valuetext': percent(entries[at][1]),
    data: {key: `knob ${workload.id} ${group.users[0]} ${at}`},
    on: {
      keydown: (event) => {
        const step = event.shiftKey ? LARGE_STEP : STEP;
        const by = {ArrowLeft: -step, ArrowDown: -step, ArrowRight: step, ArrowUp: step, PageDown: -LARGE_STEP, PageUp: LARGE_STEP}[event.key];
        const to = {Home: 0, End: both}[event.key];
        if (by === undefined && to === undefined) return;
        event.preventDefault();
        put(to === undefined ? entries[at][1] + by : to);
      },
      pointerdown: (event) => {
        event.preventDefault();
        handle.focus();
        handle.setPointerCapture(event.pointerId);
        isDragging = true;
        const {left: from, width} = node.getBoundingClientRect();
        let share = entries[at][1];
        const move = ({clientX}) => {
          share = Math.min(both, Math.max(0, Math.round(100 * ((clientX - from) / width - start)) / 100));
          segments[at].style.setProperty('width', 100 * share + '%');
          segments[at + 1].style.setProperty('width', 100 * (both - share) + '%');
          segments[at].textContent = `${short(offer)} ${percent(share)}`;
          segments[at + 1].textContent = `${short(next)} ${percent(both - share)}`;
          handle.style.setProperty('left', 100 * (start + share) + '%');
        };
        const drop = () => {
          isDragging = false;
          handle.removeEventListener('pointermove', move);
          put(share);
          drawPortfolio();
        };
        handle.addEventListener('pointermove', move);
        handle.addEventListener('pointerup', drop, {once: true});
        handle.addEventListener('pointercancel', drop, {once: true});
      },
    },
  });
  return handle;
}

/** Offers that a workload may use, from the server; empty until they are there. */
function choices(workload) {
  if (!known.choices.has(workload.id)) {
    known.choices.set(workload.id, []);
    ask('list/offers?workload=' + encodeURIComponent(workload.id)).then(({entries}) => {
      known.choices.set(workload.id, entries.filter((offer) => offer.eligible !== 'no'));
      drawPortfolio();
    }).catch(() => known.choices.delete(workload.id));
  }
  return known.choices.get(workload.id);
}

function offerSelect(workload, key, taken) {
  const all = choices(workload).filter(({offer}) => !taken.includes(offer));
  return el('select', {'aria-label': 'Offer', data: {key}}, all.map((one) =>
    el('option', {value: one.offer}, `${one.offer}${one.points ? ', ' + Math.round(one.points) + ' points' : ''}${one.eligible === 'some' ? ', only for ' + one.eligible_users.join(', ') : ''}`)));
}

function editor(workload) {
  const id = workload.id;
  const parts = groups(workload).map((group) => {
    const where = group.users.join(', ');
    const rows = Object.entries(group.allocation).map(([offer, share]) => el('div', {class: 'row'},
      el('span', {class: 'name', title: offer}, offer),
      el('label', {}, el('span', {class: 'hidden'}, `Share of ${offer}, percent`), el('input', {
        type: 'number', min: 0, max: 100, step: 1, value: String(rounded(100 * share)), data: {key: `share ${id} ${where} ${offer}`},
        on: {change: (event) => {
          const value = Math.min(100, Math.max(0, Number(event.target.value))) / 100;
          setShares(workload, group.users, withShare(group.allocation, offer, value));
        }},
      })),
      el('span', {class: 'muted'}, '%'),
      el('button', {disabled: Object.keys(group.allocation).length < 2, data: {key: `leave ${id} ${where} ${offer}`}, 'aria-label': `Leave ${offer}`,
        on: {click: () => setShares(workload, group.users, withShare(group.allocation, offer, 0))}}, 'Leave')));
    const select = offerSelect(workload, `choose ${id} ${where}`, Object.keys(group.allocation));
    return [el('h3', {}, `Shares for ${where}`), rows, el('div', {class: 'add'}, select, el('button', {
      data: {key: `use ${id} ${where}`}, on: {click: () => select.value && setShares(workload, group.users, withShare(group.allocation, select.value, 0.1))},
    }, 'Use for 10 %'))];
  });
  const own = standbys(workload);
  const edit = (at, entry) => setStandbys(workload, own.map((one, n) => (n === at ? entry : one)));
  const rows = own.map((standby, at) => el('div', {class: 'row'},
    el('span', {class: 'name', title: standby.offer}, standby.offer),
    el('select', {'aria-label': `Readiness of ${standby.offer}`, data: {key: `ready ${id} ${at}`}, on: {change: (event) => {
      const {lead, ...rest} = standby;
      edit(at, {...rest, readiness: event.target.value});
    }}}, ['hot', 'warm'].map((word) => el('option', {value: word, selected: standby.readiness === word}, word))),
    el('label', {}, el('span', {class: 'hidden'}, `Cover of ${standby.offer}, percent`), el('input', {
      type: 'number', min: 0, max: 100, step: 5, value: String(rounded(100 * standby.cover)), data: {key: `cover ${id} ${at}`},
      on: {change: (event) => edit(at, {...standby, cover: rounded(Math.min(100, Math.max(0, Number(event.target.value))) / 100)})},
    }), ' %'),
    el('button', {data: {key: `drop ${id} ${at}`}, 'aria-label': `End the standby ${standby.offer}`, on: {click: () => setStandbys(workload, own.filter((_, n) => n !== at))}}, 'End')));
  const select = offerSelect(workload, `standby ${id}`, own.map(({offer}) => offer));
  const add = (readiness) => el('button', {data: {key: `add ${readiness} ${id}`}, on: {click: () => select.value && setStandbys(workload, [...own, {offer: select.value, readiness, cover: 1}])}}, `Add ${readiness}`);
  return el('div', {class: 'edit'}, parts, el('h3', {}, 'Standbys'), rows, el('div', {class: 'add'}, select, add('warm'), add('hot')));
}

function row(workload) {
  const isOpen = state.open === workload.id;
  const all = groups(workload);
  const everyone = all.length === 1;
  const own = standbys(workload);
  return el('div', {class: 'work' + (isTouched(workload) ? ' changed' : ''), data: {workload: workload.id}},
    el('div', {class: 'line'},
      el('button', {edits: true, class: 'open', 'aria-expanded': String(isOpen), data: {key: 'open ' + workload.id}, on: {click: () => { state.open = isOpen ? null : workload.id; drawPortfolio(); }}}, workload.name),
      el('span', {class: 'cost'}, isTouched(workload) ? 'changed · ' : '', `${code()} ${money(workload.outage_cost_usd_per_day)} a day`)),
    all.map((group) => el('div', {class: 'group'}, el('span', {class: 'users', title: group.users.join(', ')}, everyone ? 'all' : group.users.join(' ')), bar(workload, group))),
    el('div', {class: 'stand', title: own.map(({offer}) => offer).join(', ')}, own.length ? 'standby: ' + own.map(({offer, readiness, cover}) => `${short(offer)} at ${served(offer)}, ${readiness} ${percent(cover)}`).join('; ') : 'no standby'),
    isOpen && !isSnapshot ? editor(workload) : null);
}

/** Fees of standbys, and contracts. */
function terms() {
  const changes = state.now.changes;
  const fee = (kind, standard) => el('label', {}, `Fee of a ${kind} standby, ${code()} a month `, el('input', {
    type: 'number', min: 0, step: 500, data: {key: 'fee ' + kind}, value: String(shown(changes[`/readiness/${kind}/usd_per_month`] ?? standard)),
    on: {change: (event) => change((next) => set(next, `/readiness/${kind}/usd_per_month`, event.target.value === '' || Number(event.target.value) === shown(standard) ? standard : inUsd(Math.max(0, Number(event.target.value))), standard))},
  }));
  const hosts = [...known.suppliers.values()].filter(({roles}) => roles.includes('host'));
  const host = el('select', {'aria-label': 'Host of a contract', data: {key: 'contract host'}}, hosts.map((one) => el('option', {value: one.supplier}, one.name)));
  const fixed = el('input', {type: 'number', min: 0, step: 1000, value: '12000', 'aria-label': `Fixed fee, ${code()} a year`, data: {key: 'contract fee'}});
  const added = Object.entries(changes).filter(([at]) => at.startsWith('/contracts/'));
  return [el('h3', {}, 'Terms'), el('div', {class: 'terms'}, fee('warm', known.about.warm_usd_per_month)), el('div', {class: 'terms'}, fee('hot', known.about.hot_usd_per_month)),
    added.map(([at, value]) => el('div', {class: 'row'}, `Contract with ${value.host}: ${code()} ${money(value.fixed_usd_per_year)} a year `, el('button', {data: {key: 'end ' + at}, on: {click: () => change((next) => { delete next.changes[at]; })}}, 'Take back'))),
    el('div', {class: 'add'}, host, fixed, el('button', {data: {key: 'add contract'}, on: {click: () => change((next) => {
      set(next, '/contracts/-', {host: host.value, fixed_usd_per_year: inUsd(Math.max(0, Number(fixed.value)))});
    })}}, 'Sign a contract'))];
}

export function drawPortfolio() {
  if (isDragging || !known.today) return;
  const workloads = [...known.today.workloads].sort((a, b) => b.outage_cost_usd_per_day - a.outage_cost_usd_per_day);
  const touched = workloads.filter(isTouched).length;
  const legend = [['us', 'US models'], ['cn', 'Chinese'], ['eu', 'European'], ['other', 'others'], ['own', 'own machines']];
  fill(byId('portfolio'),
    el('div', {class: 'head'}, el('h2', {id: 'portfolio-head'}, 'Portfolio'), el('span', {class: 'muted small'}, touched ? `${touched} of ${workloads.length} workloads changed` : 'as today')),
    el('p', {class: 'muted small'}, isSnapshot ? 'What an outage costs is on the right, the dearest first.' : 'What an outage costs is on the right, the dearest first. Drag a border to move demand; open a workload for more.'),
    el('p', {class: 'legend'}, legend.map(([key, word]) => el('span', {}, el('i', {class: key}), word))),
    workloads.map(row), isSnapshot ? null : terms());
}
