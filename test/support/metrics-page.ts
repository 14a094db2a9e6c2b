import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ExecutionContext } from 'ava';
import type { MetricRegistry } from '../../src/telemetry/metric-registry.ts';
import { PROMETHEUS_CONTENT_TYPE, prometheusText } from '../../src/telemetry/prometheus-text.ts';

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
    response.setHeader('content-type', PROMETHEUS_CONTENT_TYPE);
    response.end(prometheusText(registry.collect()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = (): Promise<void> => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(() => resolve()));
  };
  t.teardown(close);
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}
