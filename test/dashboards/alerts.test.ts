import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import test from 'ava';
import { stringify } from 'yaml';
import { type Alert, ALERTS, JOB } from '../../dashboards/src/prometheus/alerts.ts';
import { METRICS } from '../../src/telemetry/metric-declarations.ts';
import { MetricRegistry } from '../../src/telemetry/metric-registry.ts';
import { prometheusName } from '../../src/telemetry/prometheus-name.ts';
import { type MetricsPage, serveMetrics } from '../support/metrics-page.ts';
import {
  type PrometheusPeer,
  startPrometheus,
  testWithPrometheus,
  until,
} from '../support/prometheus-peer.ts';

const GENERATED = path.join(import.meta.dirname, '../../dashboards/prometheus/alerts.yml');

interface FiringAlert {
  readonly state: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

interface Rule {
  readonly name: string;
  readonly health: string;
  readonly lastError?: string;
  readonly lastEvaluation: string;
  readonly duration: number;
  readonly alerts: readonly FiringAlert[];
}

const sink = { 'tapline.sink': 'elasticsearch' };

/** What makes each alert fire; in this order, each on top of those before. */
const TROUBLES: Readonly<Record<string, (registry: MetricRegistry, page: MetricsPage) => unknown>> = {
  TaplineRecordsDropped: (registry) =>
    registry.metric(METRICS.recordsDropped).add(7, { 'tapline.reason': 'spool-full' }),
  TaplineDeadLetters: (registry) => registry.metric(METRICS.sinkDeadLetters).add(1, sink),
  TaplineRecordsPutAside: (registry) => registry.metric(METRICS.sinkDiverted).add(1, sink),
  TaplineRecordsRejected: (registry) => registry.metric(METRICS.sinkRejected).add(2, sink),
  TaplineBodiesLeftOut: (registry) =>
    registry.metric(METRICS.recordsDegraded).add(1, { 'tapline.reason': 'budget' }),
  TaplineSinkStopped: (registry) =>
    registry.metric(METRICS.sinkState).set(1, { ...sink, 'tapline.state': 'paused' }),
  TaplineDeliveryLags: (registry) => registry.metric(METRICS.sinkLag).set(61, sink),
  TaplineSpoolFilling: (registry) => registry.metric(METRICS.spoolBytes).set(810),
  TaplineSpoolFull: (registry) => registry.metric(METRICS.spoolBytes).set(960),
  TaplineGatewayDown: (_, page) => page.close(),
};

test('every alert says what is the matter and what to do, and has a trouble that it is tested with', (t) => {
  t.deepEqual(ALERTS.map(({ alert }) => alert).sort(), Object.keys(TROUBLES).sort());
  for (const { annotations, alert } of ALERTS)
    for (const text of Object.values(annotations)) t.regex(text, /\.$/, alert);
});

testWithPrometheus('no alert fires for a gateway that is well; each fires for its own trouble', async (t) => {
  const registry = wellRegistry();
  const page = await serveMetrics(t, registry);
  const prometheus = await startPrometheus(t, {
    config: `global: { scrape_interval: 500ms, scrape_timeout: 500ms, evaluation_interval: 200ms }
rule_files: [alerts.yml]
scrape_configs: [{ job_name: ${JOB}, static_configs: [{ targets: ["${page.address}"] }] }]
`,
    files: { 'alerts.yml': rulesAtOnce(ALERTS) },
  });
  await until(
    async () => ((await prometheus.query(prometheusName(METRICS.spoolLimit))).length === 0 ? null : true),
    () => 'the page is not scraped',
  );
  t.deepEqual(firing(await rulesAfterNow(prometheus)), []);

  const expected: string[] = [];
  for (const [alert, trouble] of Object.entries(TROUBLES)) {
    await trouble(registry, page);
    expected.push(alert);
    const rules = await until(
      async () => {
        const all = await rulesAfterNow(prometheus);
        return firing(all).includes(alert) ? all : null;
      },
      () => `${alert} does not fire`,
    );
    if (alert !== 'TaplineGatewayDown') t.deepEqual(firing(rules), expected.toSorted(), `by ${alert}`);
    for (const { annotations, labels } of rules.find(({ name }) => name === alert)!.alerts) {
      t.regex(labels['instance']!, /^127\.0\.0\.1:\d+$/);
      for (const text of Object.values(annotations)) t.notRegex(text, /no value|error|\{\{/i);
    }
  }
});

testWithPrometheus(
  'Prometheus reads the generated file; each alert waits for as long as it should',
  async (t) => {
    const prometheus = await startPrometheus(t, {
      config: 'rule_files: [alerts.yml]\n',
      files: { 'alerts.yml': readFileSync(GENERATED, 'utf8') },
    });
    t.deepEqual(
      (await rulesOf(prometheus)).map(({ name, duration }) => [name, duration]),
      ALERTS.map((alert) => [alert.alert, secondsOf(alert.for)]),
    );
  },
);

testWithPrometheus(
  'what was lost before the first scrape of a gateway is told, what stays at 0 is not',
  async (t) => {
    const registry = wellRegistry();
    registry.metric(METRICS.recordsDropped).set(0, { 'tapline.reason': 'disk-error' });
    registry.metric(METRICS.recordsDropped).set(5, { 'tapline.reason': 'spool-full' });
    const page = await serveMetrics(t, registry);
    const prometheus = await startPrometheus(t, {
      config: `global: { scrape_interval: 500ms, scrape_timeout: 500ms }
scrape_configs: [{ job_name: ${JOB}, static_configs: [{ targets: ["${page.address}"] }] }]
`,
    });
    const { expr } = ALERTS.find(({ alert }) => alert === 'TaplineRecordsDropped')!;
    const samples = await until(
      async () => {
        const all = await prometheus.query(expr);
        return all.length === 0 ? null : all;
      },
      () => 'the loss is not told',
    );
    t.deepEqual(
      samples.map(({ metric, value }) => [metric['tapline_reason'], value]),
      [['spool-full', 5]],
    );
  },
);

/** A gateway without trouble; counters of trouble are there and stand at 0, or are not there at all. */
function wellRegistry(): MetricRegistry {
  const registry = new MetricRegistry();
  registry.metric(METRICS.recordsAccepted).set(1000);
  registry.metric(METRICS.sinkDelivered).set(1000, sink);
  registry.metric(METRICS.sinkDeadLetters).set(0, sink);
  registry.metric(METRICS.sinkLag).set(0.4, sink);
  registry.metric(METRICS.sinkState).set(1, { ...sink, 'tapline.state': 'delivering' });
  registry.metric(METRICS.sinkState).set(0, { ...sink, 'tapline.state': 'paused' });
  registry.metric(METRICS.spoolBytes).set(10);
  registry.metric(METRICS.spoolLimit).set(1000);
  return registry;
}

/** The rules, without the time that they must hold. */
function rulesAtOnce(alerts: readonly Alert[]): string {
  return stringify({
    groups: [{ name: 'tapline', rules: alerts.map((alert) => ({ ...alert, for: '0s' })) }],
  });
}

async function rulesOf(prometheus: PrometheusPeer): Promise<readonly Rule[]> {
  const { groups } = (await prometheus.api('rules')) as { groups: readonly { rules: readonly Rule[] }[] };
  return groups.flatMap(({ rules }) => rules);
}

function secondsOf(duration: string): number {
  return Number(duration.slice(0, -1)) * (duration.endsWith('m') ? 60 : 1);
}

/** All rules as soon as each was evaluated three times more: at least once over what is scraped from now on. */
async function rulesAfterNow(prometheus: PrometheusPeer): Promise<readonly Rule[]> {
  const evaluations = new Map<string, Set<string>>();
  return until(
    async () => {
      const rules = await rulesOf(prometheus);
      for (const { name, health, lastError, lastEvaluation } of rules) {
        if (health === 'err') throw new Error(`${name}: ${lastError}`);
        const seen = evaluations.get(name) ?? new Set();
        evaluations.set(name, seen.add(lastEvaluation));
      }
      return [...evaluations.values()].every(({ size }) => size > 3) ? rules : null;
    },
    () => 'the rules are not evaluated',
  );
}

function firing(rules: readonly Rule[]): string[] {
  return rules
    .filter(({ alerts }) => alerts.some(({ state }) => state === 'firing'))
    .map(({ name }) => name)
    .sort();
}
