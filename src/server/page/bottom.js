// The bottom line: the command that gives the same answer, and the patch of the portfolio's file.

import { el, byId, fill, isSnapshot } from './dom.js';
import { answers } from './answers.js';
import { ask } from './server.js';
import { request } from './state.js';
import { known } from './model.js';
import { writeReport } from './plan.js';

const view = {isOpen: false, at: 0};

function save(name, type, text) {
  const link = el('a', {href: URL.createObjectURL(new Blob([text], {type})), download: name});
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

function copy(text, button) {
  navigator.clipboard.writeText(text).then(() => { button.textContent = 'Copied'; }, () => { button.textContent = 'Not allowed'; });
}

/** All command lines of the quick answer and of the simulation, each once; the patch first. */
export function commands() {
  const all = [...(answers.quick ? answers.quick.commands : []), ...(answers.loss ? answers.loss.commands : [])];
  const unique = [...new Set(all)];
  const first = unique.filter((line) => line.startsWith('patch ')).slice(0, 1);
  const simulated = unique.filter((line) => line.startsWith('multipolar simulate')).slice(-1);
  const rest = unique.filter((line) => !line.startsWith('patch ') && !line.startsWith('multipolar simulate'));
  const lastCheck = rest.filter((line) => line.startsWith('multipolar check')).slice(-1);
  return [...first, ...simulated, ...lastCheck, ...rest.filter((line) => !line.startsWith('multipolar check'))];
}

export function drawBottom() {
  const {quick} = answers;
  if (!quick) return;
  const lines = commands();
  const patch = quick.patch;
  const name = known.about.portfolio;
  const button = (word, key, click) => el('button', {data: {key}, on: {click: (event) => click(event.target)}}, word);
  fill(byId('bottom'),
    el('code', {title: lines.join('\n'), data: {commands: lines.join('\n')}}, lines.join(' && ')),
    el('div', {class: 'tools', role: 'group', 'aria-label': 'Take along'},
      button('Copy command', 'copy command', (own) => copy(lines.join(' && '), own)),
      isSnapshot ? null : el('button', {'aria-expanded': String(view.isOpen), 'aria-controls': 'patch', data: {key: 'patch'}, on: {click: () => { view.isOpen = !view.isOpen; drawBottom(); }}}, patch ? 'Patch' : 'No change'),
      isSnapshot ? null : el('button', {disabled: !patch, data: {key: 'save patch'}, on: {click: () => save('change.patch', 'text/x-diff', patch)}}, 'Save patch'),
      isSnapshot ? null : button('Save portfolio', 'save portfolio', () => ask('portfolio', request()).then((text) => save(`${name}.yaml`, 'application/yaml', text)).catch(() => undefined)),
      button('Save results', 'save results', () => save(`${name}.json`, 'application/json', JSON.stringify({...answers.loss, stress: quick.stress, patch}, null, 2))),
      isSnapshot ? null : button('Write report', 'write report', writeReport)),
    el('pre', {id: 'patch', tabindex: 0, hidden: !view.isOpen, 'aria-label': 'Patch of the portfolio'}, patch ? patch.split('\n').map((line) => el('span', {class: line.startsWith('+') ? 'plus' : line.startsWith('-') ? 'minus' : null}, line + '\n')) : 'The portfolio is as in its file.'));
}
