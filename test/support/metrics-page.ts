import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ExecutionContext } from 'ava';
import type { MetricRegistry, Series } from '../../src/telemetry/metric-registry.ts';
import { prometheusLabel, prometheusName } from '../../src/telemetry/prometheus-name.ts';

/** A page for Prometheus to scrape. */
export interface MetricsPage {
  readonly address: string;
  /** The gateway is gone: connections are refused. */
  close(): Promise<void>;
}

/** Serves a registry as a gateway does; `beforeEach` may change it before each look. */
export async function serveMetrics(
  t: ExecutionContext,
  registry: MetricRegistry,
  beforeEach: () => void = () => {},
): Promise<MetricsPage> {
  const server = createServer((_, response) => {
    beforeEach();
    response.setHeader('content-type', 'text/plain; version=0.0.4; charset=utf-8');
    response.end(pageOf(registry));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = (): Promise<void> => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(() => resolve()));
  };
  t.teardown(close);
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

/** The page's text. */
function pageOf(registry: MetricRegistry): string {
  let page = '';
  for (const { declaration, series } of registry.collect()) {
    const name = prometheusName(declaration);
    page += `# HELP ${name} ${declaration.description}\n# TYPE ${name} ${declaration.kind}\n`;
    for (const one of series)
      page +=
        one.counts === null
          ? `${name}${labels(one)} ${one.value}\n`
          : histogram(name, one, one.counts, declaration.buckets!);
  }
  return page;
}

function histogram(
  name: string,
  series: Series,
  counts: readonly number[],
  bounds: readonly number[],
): string {
  let text = '';
  let total = 0;
  for (const [bucket, count] of counts.entries()) {
    total += count;
    text += `${name}_bucket${labels(series, { le: String(bounds[bucket] ?? '+Inf') })} ${total}\n`;
  }
  return `${text}${name}_sum${labels(series)} ${series.sum}\n${name}_count${labels(series)} ${total}\n`;
}

function labels({ attributes }: Series, more: Readonly<Record<string, string>> = {}): string {
  const all = Object.entries({ ...attributes, ...more });
  return `{${all.map(([name, value]) => `${prometheusLabel(name)}=${JSON.stringify(value)}`).join(',')}}`;
}
