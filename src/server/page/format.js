// Numbers and words as they are read.

const grouped = (digits) => new Intl.NumberFormat('en-US', {maximumFractionDigits: digits, minimumFractionDigits: digits});
const whole = grouped(0);

/** An amount of money with three digits: 5.31 M, 298,000; with fewer where `doubt` leaves fewer: 5.3 M. */
export function usd(x, doubt) {
  if (x === null || x === undefined || !Number.isFinite(x)) return 'none';
  const size = Math.abs(x);
  const sign = x < 0 ? '−' : '';
  if (doubt && size >= 1000) {
    const step = 10 ** Math.floor(Math.log10(doubt));
    const [unit, word] = size >= 999.5e6 ? [1e9, ' bn'] : size >= 999500 ? [1e6, ' M'] : [1, ''];
    const digits = Math.min(3, Math.max(0, Math.round(Math.log10(unit) - Math.log10(step))));
    return sign + grouped(digits).format(Math.round(size / step) * step / unit) + word;
  }
  if (size >= 999.5e6) return sign + (size / 1e9).toPrecision(3) + ' bn';
  if (size >= 999500) return sign + (size / 1e6).toPrecision(3) + ' M';
  if (size >= 10000) return sign + whole.format(Number(size.toPrecision(4)));
  return sign + whole.format(size);
}

/** An amount that is known exactly. */
export function exactUsd(x) {
  return (x < 0 ? '−' : '') + whole.format(Math.abs(x));
}

/** A difference, with its sign. */
export function signed(x, words = usd) {
  if (Math.abs(x) < 0.5) return '±0';
  return (x > 0 ? '+' : '') + words(x);
}

export function percent(x, digits = 0) {
  if (x === null || x === undefined) return 'none';
  if (x > 0 && x < 0.01 && digits === 0) return '<1 %';
  return grouped(digits).format(100 * x) + ' %';
}

export function day(x) {
  if (x === null || x === undefined) return 'never';
  if (x > 0 && x < 2) return whole.format(24 * x) + ' h';
  return 'day ' + whole.format(x);
}

/** When something begins: at once, after some hours, or on a day. */
export function since(x) {
  if (x === null || x === undefined) return 'never';
  return x === 0 ? 'at once' : x < 2 ? `after ${whole.format(24 * x)} h` : 'on day ' + whole.format(x);
}

export const points = (x) => whole.format(x);
export const rounded = (x) => Math.round(x * 10000) / 10000;
