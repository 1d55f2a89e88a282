// Questions to the server.

import { byId } from './dom.js';

/** Pause between two tries, and between two looks at the clock; a longer gap means that the machine slept. */
const RETRY_MS = 2000;
const TICK_MS = 5000;
const SLEPT_MS = 20000;
/** After this, it is told that an answer is late. */
const LATE_MS = 8000;

const token = new URLSearchParams(location.search).get('token') || '';
let lost = null;

const kept = byId('snapshot');
/** The answers of a file that has no server; null where there is one. */
export const snapshot = kept ? JSON.parse(kept.textContent) : null;

/** A request that was refused. */
export class Refused extends Error {
  constructor(answer) {
    super(answer.message);
    this.problems = answer.problems || [];
  }
}

/** The answer to a question; it throws what was refused, and `AbortError` for what is no longer asked. */
export async function ask(path, body, signal, method) {
  if (snapshot) {
    const answer = snapshot[path === 'what-if' && body.trials ? 'loss' : path];
    if (!answer) throw new Refused({message: 'This is a snapshot: it can be read. To change something, run "multipolar serve".'});
    return structuredClone(answer);
  }
  let reply;
  let isLate = false;
  const late = setTimeout(() => {
    isLate = !lost;
    if (isLate) tell('The server is slow to answer. Your changes are kept.');
  }, LATE_MS);
  try {
    reply = await fetch('api/v1/' + path, {
      method: method || (body === undefined ? 'GET' : 'POST'),
      headers: {authorization: 'Bearer ' + token, ...(body === undefined ? {} : {'content-type': 'application/json'})},
      body: body === undefined ? undefined : JSON.stringify(body),
      signal,
    });
  } catch (error) {
    if (error.name !== 'AbortError') watch();
    throw error;
  } finally {
    clearTimeout(late);
    if (isLate && !lost) tell('');
  }
  const isJson = (reply.headers.get('content-type') || '').startsWith('application/json');
  const answer = isJson ? await reply.json() : await reply.text();
  if (reply.status === 401) tell('This server was started anew. Open the address that it printed; to keep your changes, put this behind it:\n' + location.hash);
  if (!reply.ok) throw new Refused(answer);
  return answer;
}

/** A job as it goes on; `told` is called at each step. */
export async function follow(id, told, signal) {
  const reply = await fetch(`api/v1/jobs/${id}/events`, {headers: {authorization: 'Bearer ' + token}, signal});
  const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const {value, done} = await reader.read();
    if (done) return;
    text += value;
    const events = text.split('\n\n');
    text = events.pop();
    for (const event of events) {
      const data = event.split('\n').find((line) => line.startsWith('data: '));
      if (data) told(JSON.parse(data.slice(6)));
    }
  }
}

/** Shows a notice; an empty one is removed. */
export function tell(text) {
  byId('notice').textContent = text;
}

const listeners = [];
/** Calls what has to ask again once the server, or this machine, is back. */
export const whenBack = (listener) => listeners.push(listener);

/** Says that the server is gone, and asks again until it is there. */
export function watch() {
  if (lost || snapshot) return;
  tell('The server does not answer. Start "multipolar serve" again, or wait: this page tries every two seconds and keeps your changes.');
  lost = setInterval(async () => {
    try {
      const reply = await fetch('api/v1/about', {headers: {authorization: 'Bearer ' + token}});
      clearInterval(lost);
      lost = null;
      if (reply.ok) {
        tell('');
        listeners.forEach((listener) => listener());
      } else {
        await ask('about').catch(() => undefined);
      }
    } catch { /* not yet */ }
  }, RETRY_MS);
}

/** A machine that slept has lost its connections: it looks at once. */
function notice() {
  let last = Date.now();
  setInterval(() => {
    const slept = Date.now() - last > SLEPT_MS;
    last = Date.now();
    if (slept) watch();
  }, TICK_MS);
  window.addEventListener('offline', watch);
}

if (!snapshot) notice();
