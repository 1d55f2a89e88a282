// Elements of the page, and what has the focus.

const SVG = 'http://www.w3.org/2000/svg';
/** Whether the page is a file that has no server: it can be read, and not changed. */
export const isSnapshot = Boolean(document.getElementById('snapshot'));

const SVG_TAGS = new Set(['svg', 'g', 'rect', 'text', 'path', 'line', 'polyline', 'circle', 'title', 'desc']);

/** An element: `on` are listeners, `style` custom sizes, `data` data attributes; all else are attributes. What `edits` the portfolio is
    plain text in a snapshot. */
export function el(tag, {edits, ...given} = {}, ...children) {
  const attributes = edits && isSnapshot ? {class: ((given.class || '') + ' still').trim(), data: given.data, style: given.style, title: given.title, transform: given.transform} : given;
  if (edits && isSnapshot && tag === 'button') return el('span', attributes, children);
  if (edits && isSnapshot && (tag === 'input' || tag === 'select')) return el('span', {});
  const node = SVG_TAGS.has(tag) ? document.createElementNS(SVG, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === 'on') for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    else if (name === 'style') for (const [key, size] of Object.entries(value)) node.style.setProperty(key, size);
    else if (name === 'data') for (const [key, text] of Object.entries(value)) node.dataset[key] = text;
    else if (name === 'value') node.value = value;
    else if (name === 'checked' || name === 'disabled' || name === 'selected') node[name] = true;
    else node.setAttribute(name, value === true ? '' : value);
  }
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) node.append(child);
  }
  return node;
}

export const byId = (id) => document.getElementById(id);

/** Puts new content into an element; what had the focus, by its `data-key`, has it again, and nothing scrolls. */
export function fill(node, ...children) {
  const active = document.activeElement;
  const key = active && node.contains(active) ? active.dataset.key : undefined;
  const caret = key && active.selectionStart;
  const top = node.scrollTop;
  const inner = [...node.querySelectorAll('[data-scroll]')].map((own) => [own.dataset.scroll, own.scrollTop]);
  node.replaceChildren(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  node.scrollTop = top;
  for (const [name, own] of inner) {
    const found = node.querySelector(`[data-scroll="${name}"]`);
    if (found) found.scrollTop = own;
  }
  if (!key) return;
  const again = node.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!again) return;
  again.focus({preventScroll: true});
  if (typeof caret === 'number' && again.type === 'text') again.setSelectionRange(caret, caret);
}

/** A table; the head is a list of [text, is a number]. */
export function table(caption, head, rows) {
  return el('table', {},
    caption ? el('caption', {class: 'hidden'}, caption) : null,
    el('thead', {}, el('tr', {}, head.map(([text, isNumber]) => el('th', {scope: 'col', class: isNumber ? 'n' : null}, text)))),
    el('tbody', {}, rows.map((row) => el('tr', {}, row.map((cell, at) =>
      el(at ? 'td' : 'th', {scope: at ? null : 'row', class: head[at][1] ? 'n' : typeof cell === 'string' && cell.includes('@') ? 'id' : null}, cell))))));
}
