import type { Verdict } from '../measurement.ts';
import type { Spread } from '../spread.ts';

/** A number with as many places as help: `12,345`, `212`, `17.3`, `1.62`, `0.043`; the dash of what is missing for null. */
export function numberText(value: number | null): string {
  if (value === null) return '-';
  const size = Math.abs(value);
  const places = size >= 100 || size === 0 ? 0 : size >= 10 ? 1 : size >= 0.1 ? 2 : 3;
  return value.toLocaleString('en-US', { minimumFractionDigits: places, maximumFractionDigits: places });
}

/** Bytes as `812 B`, `7.6 KiB`, `129 MiB`. */
export function bytesText(bytes: number): string {
  const size = Math.abs(bytes);
  if (size < 1024) return `${Math.round(bytes)} B`;
  return size < 1024 ** 2 ? `${brief(bytes / 1024)} KiB` : `${brief(bytes / 1024 ** 2)} MiB`;
}

/** A value in the unit of a budget: `1.62`, `0.31 ms`, `7.6 KiB`. */
export function budgetText(value: number, unit: Verdict['unit']): string {
  return unit === 'bytes' ? bytesText(value) : `${value.toFixed(2)}${unit === 'ms' ? ' ms' : ''}`;
}

/** `1.62 (1.55-1.70)`; the lowest and highest with `to` between them where one is below zero. */
export function spreadText(
  { median, low, high }: Spread,
  write: (value: number) => string = numberText,
): string {
  return `${write(median)} (${write(low)}${low < 0 ? ' to ' : '-'}${write(high)})`;
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

function brief(value: number): string {
  const rounded = Number(value.toFixed(Math.abs(value) < 100 ? 1 : 0));
  return rounded.toLocaleString('en-US');
}
