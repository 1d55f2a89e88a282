// Numbers and words as they are read.

const grouped = (digits) => new Intl.NumberFormat('en-US', {maximumFractionDigits: digits, minimumFractionDigits: digits});
const whole = grouped(0);

/** What one unit of the currency of the page is worth, USD. All amounts of the answers are in USD. */
const currency = {code: 'USD', usd: 1};

export function setCurrency(name, worth) {
  currency.code = name;
  currency.usd = worth;
}

export const code = () => currency.code;

/** An amount in USD as a number for an input, and back. */
export const shown = (usd) => Math.round((usd / currency.usd) * 100) / 100;
export const inUsd = (own) => Math.round(own * currency.usd * 10000) / 10000;

/** An amount in USD, in the currency of the page, with three digits: 5.31 M, 298,000; with fewer where `doubt` leaves fewer: 5.3 M. */
export function money(usd, usdDoubt) {
  if (usd === null || usd === undefined || !Number.isFinite(usd)) return 'none';
  const [x, doubt] = [usd / currency.usd, usdDoubt && usdDoubt / currency.usd];
  const size = Math.abs(x);
  const sign = x < 0 ? '−' : '';
  if (doubt && size >= 1000) {
    const step = 10 ** Math.floor(Math.log10(doubt));
    const near = Math.round(size / step) * step;
    const [unit, word] = near >= 1e9 ? [1e9, ' bn'] : near >= 1e6 ? [1e6, ' M'] : [1, ''];
    const digits = Math.min(3, Math.max(0, Math.round(Math.log10(unit) - Math.log10(step))));
    return sign + grouped(digits).format(near / unit) + word;
  }
  if (size >= 999.5e6) return sign + (size / 1e9).toPrecision(3) + ' bn';
  if (size >= 999500) return sign + (size / 1e6).toPrecision(3) + ' M';
  if (size >= 10000) return sign + whole.format(Number(size.toPrecision(4)));
  return sign + whole.format(size);
}

/** An amount in USD that is known exactly, in the currency of the page. */
export function exactMoney(usd) {
  const x = usd / currency.usd;
  return (x < 0 ? '−' : '') + whole.format(Math.abs(x));
}

/** A difference, with its sign. */
export function signed(x, words = money) {
  const isMoney = words === money || words === exactMoney;
  if (Math.abs(isMoney ? x / currency.usd : x) < 0.5) return '±0';
  return (x > 0 ? '+' : '') + words(x);
}

export function percent(x, digits = 0) {
  if (x === null || x === undefined) return 'none';
  if (x > 0 && x < 0.01 && digits === 0) return '<1\u00a0%';
  return grouped(digits).format(100 * x) + '\u00a0%';
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
