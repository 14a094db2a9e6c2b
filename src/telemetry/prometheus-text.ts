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
      ? series.flatMap((one) => histogramLines(name, declaration.buckets ?? [], one))
      : series.map(({ attributes, value }) => `${name}${labels(attributes)} ${number(value)}`);
  return `# HELP ${name} ${escapeHelp(declaration.description)}\n# TYPE ${name} ${declaration.kind}\n${lines.join('\n')}\n`;
}

/** Each bucket counts what the ones before it count too. */
function histogramLines(name: string, bounds: readonly number[], series: Series): string[] {
  const counts = series.counts ?? [];
  let count = 0;
  const lines = [...bounds, Infinity].map((bound, bucket) => {
    count += counts[bucket] ?? 0;
    return `${name}_bucket${labels(series.attributes, number(bound))} ${count}`;
  });
  const shared = labels(series.attributes);
  return [...lines, `${name}_sum${shared} ${number(series.sum)}`, `${name}_count${shared} ${count}`];
}

function labels(attributes: Attributes, le?: string): string {
  const pairs = Object.entries(attributes).map(
    ([name, value]) => `${prometheusLabel(name)}="${escapeLabel(value)}"`,
  );
  if (le !== undefined) pairs.push(`le="${le}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
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
