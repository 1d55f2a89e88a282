// Five steps for a first visit.

import { el, byId } from './dom.js';

const SEEN = 'multipolar-tour';
const STEPS = [
  ['Move something', 'On the left is the portfolio. Drag the border between two offers, or focus it and press an arrow key. Open a workload to add an offer or a standby.'],
  ['See what it does', 'On top are cost, average loss, the worst 5 % of years, capability and the limits, each with its difference to today. A figure is grey while more simulated years are added.'],
  ['Switch something off', 'On the right, on the map, choose a country, developer, host or chip: you see which services stop, who takes over, and what it costs. Under Shocks you combine events and give them a day.'],
  ['Ask for a plan', 'Under Plan the planner looks for the least that can be done and for what each further step brings. What you accept becomes the portfolio on the left.'],
  ['Take it along', 'At the bottom are the commands that give the same figures, and the patch of the portfolio’s file. The address of this page restores what you see; Undo takes back.'],
];

export function tour(isAsked) {
  let seen = true;
  try {
    seen = localStorage.getItem(SEEN) !== null;
    localStorage.setItem(SEEN, '1');
  } catch { /* storage is off */ }
  if (seen && !isAsked) return;
  const dialog = byId('dialog');
  const show = (at) => {
    const [title, text] = STEPS[at];
    const go = (word, to, isMain) => el('button', {class: isMain ? 'primary' : null, disabled: to < 0, on: {click: () => (to < STEPS.length ? show(to) : dialog.close())}}, word);
    dialog.replaceChildren(el('h2', {}, `${at + 1} of ${STEPS.length}: ${title}`), el('p', {}, text), el('div', {class: 'tools'}, go('Back', at - 1), go(at + 1 < STEPS.length ? 'Next' : 'Begin', at + 1, true), el('button', {on: {click: () => dialog.close()}}, 'Close')));
    dialog.querySelector('.primary').focus();
  };
  dialog.setAttribute('aria-label', 'Tour');
  show(0);
  if (!dialog.open) dialog.showModal();
}
