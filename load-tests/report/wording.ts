import type { Verdict } from '../measurement.ts';
import type { Spread } from '../spread.ts';

/** A number with as many places as help: `12,345`, `212`, `17.3`, `1.62`, `0.043`; the dash of what is missing for null. */
export function numberText(value: number | null): string {
  if (value === null) return '-';
  const size = Math.abs(value);
  const places = size >= 100 || size === 0 ? 0 : size >= 10 ? 1 : size >= 0.1 ? 2 : 3;
  return value.toLocaleString('en-US', { minimumFractionDigits: places, maximumFractionDigits: places });
}

/** Bytes as `812 B`, `7.6 KiB`, `129 MiB`, `8 GiB`. */
export function bytesText(bytes: number): string {
  const [divisor, unit] = byteUnit(bytes);
  return `${brief(bytes / divisor)} ${unit}`;
}

/** `1.62 (1.55-1.70)`; the lowest and highest with `to` between them where one is below zero, and `1.62 (one run)` where there is no spread to tell. */
export function spreadText(
  { median, low, high, count }: Spread,
  write: (value: number) => string = numberText,
): string {
  if (count === 1) return `${write(median)} (one run)`;
  return `${write(median)} (${write(low)}${low < 0 ? ' to ' : '-'}${write(high)})`;
}

/** A spread of bytes in one unit: `19 (18-20.5) MiB`. */
export function bytesSpreadText(spread: Spread): string {
  const [divisor, unit] = byteUnit(Math.max(Math.abs(spread.low), Math.abs(spread.high)));
  return `${spreadText(spread, (bytes) => brief(bytes / divisor))} ${unit}`;
}

/** The value of a budget in its unit: `1.62 (1.55-1.70)`, `0.31 (0.28-0.40) ms`, `7.6 (7.5-7.9) KiB`. */
export function budgetText(spread: Spread, unit: Verdict['unit']): string {
  if (unit === 'bytes') return bytesSpreadText(spread);
  return `${spreadText(spread, (value) => value.toFixed(2))}${unit === 'ms' ? ' ms' : ''}`;
}

/** `bytesPerIdleConnection` as `bytes per idle connection`. */
export function extraName(name: string): string {
  return name
    .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toLowerCase()
    .replace(/\brss\b/, 'RSS');
}

/** A figure by its name, in bytes where that says so; without a spread where there is none. */
export function extraText(name: string, spread: Spread): string {
  if (spread.low === spread.high)
    return /bytes/i.test(name) ? bytesText(spread.median) : numberText(spread.median);
  return /bytes/i.test(name) ? bytesSpreadText(spread) : spreadText(spread);
}

/** What a verdict says to people: words first, since not everybody sees the colour. */
export function verdictWords({ verdict, aim }: Verdict): string {
  switch (verdict) {
    case 'aim':
      return 'pass, aim met';
    case 'must':
      return aim === null ? 'pass' : 'pass, aim missed';
    case 'over':
      return 'FAIL';
    case 'not-measured':
      return 'not measured';
  }
}

/** `good` all is reached, `fair` the must but not the aim, `bad` over the must, `unknown` not measured. */
export function verdictTone({ verdict, aim }: Verdict): 'good' | 'fair' | 'bad' | 'unknown' {
  if (verdict === 'not-measured') return 'unknown';
  if (verdict === 'over') return 'bad';
  return verdict === 'aim' || aim === null ? 'good' : 'fair';
}

/** A limit as `≤ 1.7`; the dash where a budget has none. */
export function limitText(limit: number | null, { unit, direction }: Verdict): string {
  if (limit === null) return '-';
  const value = unit === 'bytes' ? bytesText(limit) : `${limit}${unit === 'ms' ? ' ms' : ''}`;
  return `${direction === 'at-most' ? '≤' : '≥'} ${value}`;
}

function byteUnit(bytes: number): readonly [divisor: number, unit: string] {
  const size = Math.abs(bytes);
  if (size < 1024) return [1, 'B'];
  if (size < 1024 ** 2) return [1024, 'KiB'];
  return size < 1024 ** 3 ? [1024 ** 2, 'MiB'] : [1024 ** 3, 'GiB'];
}

function brief(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: Math.abs(value) < 100 ? 1 : 0 });
}
