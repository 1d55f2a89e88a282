// The portfolio as it stands: today's, with what is changed in the page.

import { state, change } from './state.js';
import { rounded } from './format.js';

/** What was read once: the portfolio today, and what there is to choose from. */
export const known = {about: null, today: null, offers: new Map(), models: new Map(), suppliers: new Map(), shocks: [], scenarios: [], choices: new Map(), eu: new Set()};

const step = (id) => id.replaceAll('~', '~0').replaceAll('/', '~1');
const place = (workload, key) => `/workloads/${step(workload)}/${key}`;
const sorted = (map) => Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));

/** Cells of a workload: [{users, users_share, allocation}], as they stand. */
export function cells(workload) {
  const value = state.now.changes[place(workload.id, 'allocation')];
  if (value === undefined) return workload.cells;
  const isPlain = Object.keys(value).every((key) => key.includes('@'));
  return workload.cells.map((cell) => ({...cell, allocation: isPlain ? value : value[cell.users] || value.default || {}}));
}

/** Cells with the same shares, together. */
export function groups(workload) {
  const found = new Map();
  for (const cell of cells(workload)) {
    const key = JSON.stringify(sorted(cell.allocation));
    if (!found.has(key)) found.set(key, {users: [], share: 0, allocation: sorted(cell.allocation)});
    const group = found.get(key);
    group.users.push(cell.users);
    group.share += cell.users_share;
  }
  return [...found.values()];
}

/** Standbys as they stand, in the form of the file. */
export function standbys(workload) {
  const value = state.now.changes[place(workload.id, 'standby')];
  if (value !== undefined) return value;
  return workload.standby.map((own) => ({offer: own.offer, readiness: own.readiness, cover: own.cover, ...(own.readiness === 'warm' ? {lead: own.lead_days + 'd'} : {})}));
}

export const isTouched = (workload) => ['allocation', 'standby'].some((key) => place(workload.id, key) in state.now.changes);

/** The allocation of a workload when some users get other shares; shares of 0 are left out. */
function allocation(workload, users, shares) {
  const kept = sorted(Object.fromEntries(Object.entries(shares).filter(([, share]) => share > 0).map(([offer, share]) => [offer, rounded(share)])));
  const all = cells(workload).map((cell) => [cell.users, users.includes(cell.users) ? kept : sorted(cell.allocation)]);
  const first = JSON.stringify(all[0][1]);
  return all.every(([, own]) => JSON.stringify(own) === first) ? all[0][1] : Object.fromEntries(all);
}

/** Sets a place, or takes it back where the value is today's. */
export function set(next, at, value, today) {
  if (today !== undefined && JSON.stringify(value) === JSON.stringify(today)) delete next.changes[at];
  else next.changes[at] = value;
}

function todays(workload) {
  const all = workload.cells.map((cell) => [cell.users, sorted(cell.allocation)]);
  const first = JSON.stringify(all[0][1]);
  return all.every(([, own]) => JSON.stringify(own) === first) ? all[0][1] : Object.fromEntries(all);
}

export function setShares(workload, users, shares) {
  change((next) => set(next, place(workload.id, 'allocation'), allocation(workload, users, shares), todays(workload)));
}

export function setStandbys(workload, list) {
  const today = workload.standby.map((own) => ({offer: own.offer, readiness: own.readiness, cover: own.cover, ...(own.readiness === 'warm' ? {lead: own.lead_days + 'd'} : {})}));
  change((next) => set(next, place(workload.id, 'standby'), list, today));
}

/** Moves `share` to one offer of some shares; the others keep their proportions. */
export function withShare(shares, offer, share) {
  const rest = Object.entries(shares).filter(([own]) => own !== offer);
  const sum = rest.reduce((total, [, own]) => total + own, 0);
  const left = rest.length ? 1 - share : 0;
  const others = rest.map(([own, x]) => [own, rounded(sum > 0 ? (x / sum) * left : left / rest.length)]);
  const total = others.reduce((all, [, x]) => all + x, 0);
  return {...Object.fromEntries(others), [offer]: rounded(1 - total)};
}

/** Color of an offer: where its model comes from; machines of the company's own have their own. */
export function origin(offer) {
  const [model, rest] = offer.split('@');
  if (rest && rest.startsWith('self:')) return 'own';
  const country = (known.models.get(model) || {}).origin;
  return country === 'US' ? 'us' : country === 'CN' ? 'cn' : known.eu.has(country) ? 'eu' : 'other';
}

/** Color of a key of a dimension, where it is a country. */
export function country(key) {
  return key === 'US' ? 'us' : key === 'CN' ? 'cn' : key === 'EU' || known.eu.has(key) ? 'eu' : 'other';
}

/** Name of a node for people. */
export function nodeName(kind, id) {
  if (kind === 'jurisdiction' || kind === 'territory') {
    const found = known.about.jurisdictions.find((one) => one.id === id);
    return found ? found.name : id;
  }
  const supplier = known.suppliers.get(id);
  return supplier ? supplier.name : id;
}

export const isOff = (kind, id) => state.now.events.some((event) => event.off && event.off.kind === kind && event.off.id === id);

/** Switches a node off, or on again. */
export function toggle(kind, id) {
  change((next) => {
    const at = next.events.findIndex((event) => event.off && event.off.kind === kind && event.off.id === id);
    if (at >= 0) next.events.splice(at, 1);
    else next.events.push({off: {kind, id}});
  });
}
