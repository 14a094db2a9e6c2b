import type { MetricDeclaration } from './metric-declarations.ts';

/** Units of UCUM as Prometheus spells them; a unit in braces is an annotation and has no suffix. */
const UNIT_SUFFIXES: Readonly<Record<string, string>> = { s: 'seconds', By: 'bytes' };

/**
 * The name of a metric in Prometheus, as its own OTLP receiver would make it (OpenTelemetry: "Prometheus and OpenMetrics
 * compatibility"): the same series whether scraped or pushed. A histogram has `_bucket`, `_sum` and `_count` of it.
 */
export function prometheusName({
  name,
  kind,
  unit,
}: Pick<MetricDeclaration, 'name' | 'kind' | 'unit'>): string {
  const words = name.split(/[^a-zA-Z0-9:]+/).filter((word) => word !== '');
  const suffix = UNIT_SUFFIXES[unit];
  if (suffix !== undefined && !words.includes(suffix)) words.push(suffix);
  // These two move to the end where the name has them already.
  if (kind === 'counter') moveToEnd(words, 'total');
  if (kind === 'gauge' && unit === '1') moveToEnd(words, 'ratio');
  const joined = words.join('_');
  return /^\d/.test(joined) ? `_${joined}` : joined;
}

/** The name of an attribute as a label of Prometheus. */
export function prometheusLabel(attribute: string): string {
  const label = attribute.replace(/[^a-zA-Z0-9_]/g, '_');
  return /^\d/.test(label) ? `key_${label}` : label;
}

function moveToEnd(words: string[], last: string): void {
  words.splice(0, words.length, ...words.filter((word) => word !== last), last);
}
