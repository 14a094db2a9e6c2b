import type { Attributes, MetricSnapshot, Series } from './metric.ts';
import { prometheusLabel, prometheusName } from './prometheus-name.ts';

/** Of the text that `prometheusText` makes: exposition format 0.0.4. */
export const PROMETHEUS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** All metrics as a page for Prometheus to scrape. A metric without a series is left out. */
export function prometheusText(snapshots: readonly MetricSnapshot[]): string {
  return snapshots
    .filter(({ series }) => series.length > 0)
    .map(metricText)
    .join('');
}

function metricText({ declaration, series }: MetricSnapshot): string {
  const name = prometheusName(declaration);
  const lines =
    declaration.kind === 'histogram'
      ? series.map((one) => histogramText(name, declaration.buckets ?? [], one))
      : series.map(({ attributes, value }) => `${name}${braced(labels(attributes))} ${number(value)}\n`);
  return `# HELP ${name} ${escapeHelp(declaration.description)}\n# TYPE ${name} ${declaration.kind}\n${lines.join('')}`;
}

/** Each bucket counts what the ones before it count too. */
function histogramText(name: string, bounds: readonly number[], series: Series): string {
  const counts = series.counts ?? [];
  // Escaping costs most of a page: once per series, not per bucket.
  const own = labels(series.attributes);
  const before = own === '' ? '' : `${own},`;
  let text = '';
  let count = 0;
  for (let bucket = 0; bucket <= bounds.length; bucket++) {
    count += counts[bucket] ?? 0;
    text += `${name}_bucket{${before}le="${number(bounds[bucket] ?? Infinity)}"} ${count}\n`;
  }
  const shared = braced(own);
  return `${text}${name}_sum${shared} ${number(series.sum)}\n${name}_count${shared} ${count}\n`;
}

function labels(attributes: Attributes): string {
  return Object.entries(attributes)
    .map(([name, value]) => `${prometheusLabel(name)}="${escapeLabel(value)}"`)
    .join(',');
}

function braced(text: string): string {
  return text === '' ? '' : `{${text}}`;
}

function number(value: number): string {
  if (value === Infinity) return '+Inf';
  return value === -Infinity ? '-Inf' : String(value);
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

/** A lone surrogate has no UTF-8, and one bad label refuses the whole page. */
function escapeLabel(text: string): string {
  return text.toWellFormed().replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
