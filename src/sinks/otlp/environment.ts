import { OtlpSettingError } from './setting-error.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A variable that is set: an empty one counts as unset (OpenTelemetry specification, environment variables). */
export interface Setting {
  readonly name: string;
  readonly value: string;
}

/** The first of these variables that is set. */
export function firstSetting(env: Environment, names: readonly string[]): Setting | null {
  for (const name of names) {
    const value = env[name]?.trim();
    if (value !== undefined && value !== '') return { name, value };
  }
  return null;
}

/** `true` in any case; all else is false. */
export function isTrue(env: Environment, name: string): boolean {
  return firstSetting(env, [name])?.value.toLowerCase() === 'true';
}

/** A whole number of at least `min`; `fallback` where none of the variables is set. Throws OtlpSettingError. */
export function wholeNumber(
  env: Environment,
  names: readonly string[],
  min: number,
  fallback: number,
): number {
  const setting = firstSetting(env, names);
  if (setting === null) return fallback;
  const number = /^\d{1,15}$/.test(setting.value) ? Number(setting.value) : Number.NaN;
  if (!(number >= min))
    throw new OtlpSettingError(setting.name, `expected a whole number of at least ${min}`);
  return number;
}

/** A list of words with commas, trimmed, without empty ones. */
export function words(setting: Setting | null): string[] {
  return (setting?.value ?? '')
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

/** `key=value,key=value` with values percent-encoded (W3C Baggage without properties). Throws OtlpSettingError. */
export function pairs(setting: Setting | null): [string, string][] {
  if (setting === null) return [];
  return words(setting).map((pair, index) => {
    const at = pair.indexOf('=');
    const key = pair.slice(0, Math.max(at, 0)).trim();
    const fail = (what: string): never => {
      throw new OtlpSettingError(setting.name, `entry ${index + 1}: ${what}`);
    };
    if (key === '') fail('expected name=value');
    try {
      return [decodeURIComponent(key), decodeURIComponent(pair.slice(at + 1).trim())];
    } catch {
      return fail('the value is not percent-encoded: write % as %25');
    }
  });
}
