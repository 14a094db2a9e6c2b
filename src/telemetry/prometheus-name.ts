import type { MetricDeclaration } from './metric-declarations.ts';

/** Units as Prometheus spells them; of others only letters stay, and what stands in braces is no unit. */
const UNITS: Readonly<Record<string, string>> = { s: 'seconds', By: 'bytes', '1': '' };

/**
 * The name that Prometheus gives a metric of OTLP: dots become underscores, the unit and for counters `total` are appended. So a metric has one
 * name there, whichever way it came.
 */
export function prometheusName({
  name,
  kind,
  unit,
}: Pick<MetricDeclaration, 'name' | 'kind' | 'unit'>): string {
  const words = name.split(/[^a-zA-Z0-9]+/).filter(Boolean);
  const unitWord = unit.startsWith('{') ? '' : (UNITS[unit] ?? unit.replaceAll(/[^a-zA-Z0-9]/g, ''));
  const isRatio = unit === '1' && kind === 'gauge';
  const suffixes = [isRatio ? 'ratio' : unitWord, kind === 'counter' ? 'total' : ''];
  for (const suffix of suffixes) if (suffix !== '' && words.at(-1) !== suffix) words.push(suffix);
  return words.join('_').replace(/^(?=\d)/, '_');
}

/** The label of an attribute. */
export function prometheusLabel(attribute: string): string {
  return attribute.replaceAll(/[^a-zA-Z0-9_]/g, '_').replace(/^(?=\d)/, '_');
}
