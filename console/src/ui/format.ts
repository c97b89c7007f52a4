import { serverNow } from '../api/clock';

const UNITS = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
] as const;

/** A length of time in its largest unit: `3 h`, `12 d`, `now` below a minute. */
export function duration(seconds: number): string {
  const whole = Math.abs(seconds);
  for (const [size, unit] of UNITS) {
    if (whole >= size) return `${Math.floor(whole / size)} ${unit}`;
  }
  return 'now';
}

/** How long ago an instant was by the server's clock, or how long until it. */
export function age(instant: string, now = serverNow()): string {
  const seconds = (now - Date.parse(instant)) / 1_000;
  const length = duration(seconds);
  if (length === 'now') return length;
  return seconds < 0 ? `in ${length}` : `${length} ago`;
}

/** Minutes and seconds left of a lease: `14:05`. */
export function minutesLeft(until: string, now = serverNow()): string {
  const seconds = Math.max(0, Math.round((Date.parse(until) - now) / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** An instant in full, for titles and tables. */
export function instant(text: string): string {
  return text.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC');
}

/** Bits as a plain comparison: how many times likelier than for two accounts by chance. */
export function likelier(bits: number): string {
  const times = 2 ** Math.abs(bits);
  const shown =
    times >= 1_000_000 ? 'over a million' : times >= 10 ? count(Math.round(times)) : times.toFixed(1);
  return bits < 0 ? `${shown} times less likely` : `${shown} times likelier`;
}

export function percent(share: number, digits = 0): string {
  return `${(share * 100).toFixed(digits)} %`;
}

export function count(number: number): string {
  return number.toLocaleString('en');
}

/** A name of the API as words: `no_violation` → `no violation`. */
export function words(name: string): string {
  return name.replaceAll('_', ' ').replaceAll('-', ' ');
}
