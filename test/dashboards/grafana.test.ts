import test from 'ava';
import type { Dashboard, Panel, RowPanel } from '@grafana/schema';
import { gatewayHealth } from '../../dashboards/src/grafana/gateway-health.ts';
import { goldenSignals } from '../../dashboards/src/grafana/golden-signals.ts';
import { ALERTS, JOB } from '../../dashboards/src/prometheus/alerts.ts';
import { METRICS, type MetricDeclaration } from '../../src/telemetry/metric-declarations.ts';
import { MetricRegistry } from '../../src/telemetry/metric-registry.ts';
import { prometheusName } from '../../src/telemetry/prometheus-name.ts';
import { serveMetrics } from '../support/metrics-page.ts';
import {
  anyPrometheus,
  startPrometheus,
  testWithAnyPrometheus,
  testWithPrometheus,
  until,
} from '../support/prometheus-peer.ts';

const DASHBOARDS: readonly Dashboard[] = [goldenSignals, gatewayHealth];

/** Metrics that are on no dashboard, with the reason. */
const LEFT_OUT: Partial<Record<keyof typeof METRICS, string>> = {};

interface Target {
  readonly where: string;
  readonly expr: string;
  readonly legend: string;
}

const isPanel = (panel: Panel | RowPanel): panel is Panel => panel.type !== 'row';
const targets: Target[] = DASHBOARDS.flatMap(({ title, panels }) =>
  panels!.filter(isPanel).flatMap((panel) =>
    panel.targets!.map((target) => ({
      where: `${title}: ${panel.title}`,
      expr: (target['expr'] as string)
        .replaceAll('$__rate_interval', '10s')
        .replaceAll('$__range', '1m')
        .replaceAll('$instance', '.*'),
      legend: target['legendFormat'] as string,
    })),
  ),
);

test('every declared metric is on a dashboard, or left out for a reason', (t) => {
  const words = new Set(targets.flatMap(({ expr }) => expr.match(/\w+/g)!));
  const missing = Object.entries(METRICS)
    .filter(([key]) => !(key in LEFT_OUT))
    .filter(([, metric]) =>
      ['', '_bucket', '_count', '_sum'].every((end) => !words.has(prometheusName(metric) + end)),
    )
    .map(([key]) => key);
  t.deepEqual(missing, []);
});

test('panels have ids of their own, places that do not overlap, and sources that are provisioned', (t) => {
  t.is(new Set(DASHBOARDS.map(({ uid }) => uid)).size, DASHBOARDS.length);
  for (const { title, panels, templating } of DASHBOARDS) {
    t.is(new Set(panels!.map(({ id }) => id)).size, panels!.length);
    const taken = new Set<string>();
    for (const { gridPos, title: name } of panels!) {
      const { x, y, w, h } = gridPos!;
      t.true(x + w <= 24 && w > 0 && h > 0, `${title}: ${name}`);
      for (let column = x; column < x + w; column++)
        for (let row = y; row < y + h; row++) {
          t.false(taken.has(`${column},${row}`), `${title}: ${name} overlaps`);
          taken.add(`${column},${row}`);
        }
    }
    const source = templating!.list!.find(({ name }) => name === 'datasource')!;
    t.like(source, { type: 'datasource', query: 'prometheus', current: { value: 'tapline-prometheus' } });
    for (const panel of panels!.filter(isPanel))
      for (const part of [panel, ...panel.targets!])
        t.deepEqual(part.datasource, { type: 'prometheus', uid: '${datasource}' });
  }
});

test('every panel says what it shows', (t) => {
  for (const panel of DASHBOARDS.flatMap(({ panels }) => panels!).filter(isPanel)) {
    t.regex(panel.description!, /\.$/, panel.title!);
    t.true(panel.targets!.length > 0 && panel.targets!.every(({ legendFormat }) => legendFormat !== ''));
  }
});

testWithAnyPrometheus('Prometheus takes every query and every alert expression', async (t) => {
  const prometheus = await anyPrometheus(t);
  for (const { where, expr } of targets) await t.notThrowsAsync(prometheus.query(expr), where);
  for (const { alert, expr } of ALERTS) await t.notThrowsAsync(prometheus.query(expr), alert);
});

testWithPrometheus('every query gives data, with the labels that its legend names', async (t) => {
  const registry = new MetricRegistry();
  const page = await serveMetrics(t, registry, () => observeOnce(registry));
  const prometheus = await startPrometheus(t, {
    config: `global: { scrape_interval: 1s, scrape_timeout: 1s }
scrape_configs: [{ job_name: ${JOB}, static_configs: [{ targets: ["${page.address}"] }] }]
`,
  });
  for (const { where, expr, legend } of targets) {
    const samples = await until(
      async () => {
        const all = await prometheus.query(expr);
        return all.some(({ value }) => value > 0) ? all : null;
      },
      () => `${where} gives nothing: ${expr}`,
    );
    const labels = [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label!);
    for (const label of labels)
      t.true(
        samples.some(({ metric }) => metric[label] !== undefined),
        `${where} has no label ${label}`,
      );
    if (labels.length === 0) t.is(samples.length, legend === '{{le}}' ? samples.length : 1, where);
  }
});

testWithPrometheus('a metric has the name that Prometheus gives it when it is pushed by OTLP', async (t) => {
  const prometheus = await startPrometheus(t, { config: 'scrape_configs: []\n' });
  const odd = [
    { name: 'a.total', kind: 'counter', unit: '{record}' },
    { name: 'a.bytes.read', kind: 'counter', unit: 'By' },
    { name: 'a.seconds', kind: 'gauge', unit: 's' },
    { name: 'a.ratio.used', kind: 'gauge', unit: '1' },
    { name: 'a.one', kind: 'counter', unit: '1' },
    { name: '9.lives', kind: 'gauge', unit: '{life}' },
    { name: 'a..b-c', kind: 'gauge', unit: '' },
  ] as const;
  const all = [...Object.values(METRICS), ...odd];
  const answer = await fetch(`${prometheus.url}/api/v1/otlp/v1/metrics`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics: all.map(otlpMetric) }] }] }),
  });
  t.is(answer.status, 200, await answer.text());
  const names = await until(
    async () => {
      const found = (await prometheus.api('label/__name__/values')) as string[];
      return found.length === 0 ? null : found;
    },
    () => 'no metric came',
  );
  const expected = all.flatMap((metric) =>
    metric.kind === 'histogram'
      ? ['_bucket', '_count', '_sum'].map((end) => prometheusName(metric) + end)
      : [prometheusName(metric)],
  );
  t.deepEqual(names.filter((name) => name !== 'target_info').sort(), expected.sort());
});

function otlpMetric({ name, unit, kind }: Pick<MetricDeclaration, 'name' | 'unit' | 'kind'>): object {
  const timeUnixNano = String(BigInt(Date.now()) * 1_000_000n);
  const number = { timeUnixNano, asDouble: 1 };
  const data = {
    counter: { sum: { aggregationTemporality: 2, isMonotonic: true, dataPoints: [number] } },
    gauge: { gauge: { dataPoints: [number] } },
    histogram: {
      histogram: {
        aggregationTemporality: 2,
        dataPoints: [{ timeUnixNano, count: '1', sum: 1, bucketCounts: ['1', '0'], explicitBounds: [2] }],
      },
    },
  };
  return { name, unit, ...data[kind] };
}

/** Values of each attribute: what a gateway with all kinds of traffic and trouble has. */
const ATTRIBUTE_VALUES: Readonly<Record<string, readonly string[]>> = {
  'http.request.method': ['GET', 'POST'],
  'http.response.status_code': ['200', '404', '502'],
  'url.scheme': ['http'],
  'network.protocol.version': ['1.1'],
  'error.type': ['', 'ConnectionRefused'],
  'tapline.reason': ['spool-full'],
  'tapline.rule': ['health'],
  'tapline.capture': ['off'],
  'tapline.outcome': ['accepted', 'ok'],
  'tapline.sink': ['elasticsearch', 'otlp'],
  'tapline.state': ['delivering', 'paused'],
  'tapline.thread': ['main', 'data-0'],
  'cpu.mode': ['user', 'system'],
  'nodejs.eventloop.state': ['active', 'idle'],
  'v8js.gc.type': ['minor', 'major'],
  'v8js.heap.space.name': ['new_space', 'old_space'],
};

/** Raises every counter, sets every gauge and fills every histogram, in every series. */
function observeOnce(registry: MetricRegistry): void {
  for (const declaration of Object.values(METRICS)) {
    const metric = registry.metric(declaration);
    for (const attributes of combinations(declaration.attributes)) {
      if (declaration.kind === 'counter') metric.add(3, attributes);
      else if (declaration.kind === 'gauge') metric.set(0.5, attributes);
      else for (const value of [0.02, 0.3, 3]) metric.record(value, attributes);
    }
  }
}

function combinations(attributes: readonly string[]): Record<string, string>[] {
  return attributes.reduce<Record<string, string>[]>(
    (all, name) => all.flatMap((one) => ATTRIBUTE_VALUES[name]!.map((value) => ({ ...one, [name]: value }))),
    [{}],
  );
}
