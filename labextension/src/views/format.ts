/**
 * Numbers, sizes and times as a person reads them, in the language of the page.
 */

const UNITS = [
  ['terabyte', 1e12],
  ['gigabyte', 1e9],
  ['megabyte', 1e6],
  ['kilobyte', 1e3]
] as const;

const SPANS = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60]
] as const;

/** The language of the page, as the `lang` of its root says; empty: the browser's. */
export function language(): string {
  return document.documentElement.lang.replace('_', '-');
}

/** `512B`, `1.5 MB`, `2 GB`, `12 GB`: powers of 1000, one decimal below ten of a unit. */
export function bytes(count: number): string {
  const [unit, size] = UNITS.find(([, least]) => count >= least) ?? (['byte', 1] as const);
  const amount = count / size;
  return numberFormat({
    style: 'unit',
    unit,
    unitDisplay: unit === 'byte' ? 'narrow' : 'short',
    maximumFractionDigits: amount < 10 ? 1 : 0,
    roundingMode: 'trunc' // as Ollama cuts: 1.99 GB is 1.9 GB
  }).format(amount);
}

/** `128,256`. */
export function count(amount: number): string {
  return numberFormat({}).format(amount);
}

/** `1,234`, `12.3`, `0.01`: three digits that count, and no more than hundredths. */
export function figure(amount: number): string {
  const size = Math.abs(amount);
  return numberFormat({ maximumFractionDigits: size >= 100 ? 0 : size >= 10 ? 1 : 2 }).format(amount);
}

/** `42%` of a share between 0 and 1; `<1%` of one that would round to nothing. */
export function percent(share: number): string {
  const format = numberFormat({ style: 'percent' });
  return share > 0 && share < 0.005 ? `<${format.format(0.01)}` : format.format(share);
}

/** `5 minutes ago`, `yesterday`. Empty when `moment` is not a time; both in milliseconds. */
export function ago(moment: number, now: number): string {
  if (!isMoment(moment)) {
    return '';
  }
  const passed = (moment - now) / 1000;
  const [unit, seconds] = SPANS.find(([, least]) => Math.abs(passed) >= least) ?? (['second', Infinity] as const);
  return relativeFormat().format(Math.trunc(passed / seconds), unit);
}

/** The date and the time to the second; empty when `moment` is not a time. */
export function exactly(moment: number): string {
  return isMoment(moment) ? dateFormat().format(moment) : '';
}

/** What is left of something: `4:32`, `1:02:03`; `0:00` when it is over. */
export function left(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  const two = (amount: number): string => String(amount % 60).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes}:${two(seconds)}` : `${count(Math.floor(minutes / 60))}:${two(minutes)}:${two(seconds)}`;
}

function isMoment(moment: number): boolean {
  return Number.isFinite(moment) && moment > 0 && moment < 8.64e15; // Go's zero time lies before 1970
}

// A formatter takes far longer to make than to use.
const made = new Map<string, unknown>();

function cached<T>(key: string, make: (language: string | undefined) => T): T {
  const full = `${language()} ${key}`;
  if (!made.has(full)) {
    made.set(full, make(known(language())));
  }
  return made.get(full) as T;
}

function known(tag: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(tag)[0];
  } catch {
    return undefined; // not a language tag
  }
}

function numberFormat(options: Intl.NumberFormatOptions & { roundingMode?: 'trunc' }): Intl.NumberFormat {
  return cached(`number ${JSON.stringify(options)}`, tag => new Intl.NumberFormat(tag, options));
}

function relativeFormat(): Intl.RelativeTimeFormat {
  return cached('ago', tag => new Intl.RelativeTimeFormat(tag, { numeric: 'auto' }));
}

function dateFormat(): Intl.DateTimeFormat {
  return cached('date', tag => new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeStyle: 'medium' }));
}
