import test from 'ava';
import { keptReport } from '../../load-tests/kept-report.ts';
import type { LoadReport } from '../../load-tests/measurement.ts';
import { PERCENTILES } from '../../load-tests/generators/percentiles.ts';

const latencyMs = { p50: 1, p90: 2, p99: 3, p999: 4, p9999: 5, max: 6 };
const report: LoadReport = {
  date: '2026-01-01T00:00:00.000Z',
  machine: { cores: 2, model: 'a "model"', memoryBytes: 1, system: 'Linux', node: '26' },
  set: 'full',
  measurements: [1, 2].map((repetition) => ({
    scenario: 'reference',
    subject: 'nginx',
    load: { kind: 'full-speed', connections: 50 },
    repetition,
    seconds: 1,
    requests: 1,
    errors: 0,
    requestsPerSecond: 1,
    latencyMs: { ...latencyMs, curve: PERCENTILES.map((percentile) => [percentile, percentile] as const) },
    cpu: { perRequest: 1, byThread: {} },
    memory: {
      rssStartBytes: 1,
      rssPeakBytes: 1,
      rssEndBytes: 1,
      series: Array.from({ length: 300 }, (_, index) => [index, 1, null] as const),
    },
    eventLoopDelayMs: null,
    collectionPauses: null,
    records: null,
    loadShare: 0.5,
    extra: {},
  })),
  verdicts: [],
  left: ['"measurements": []'],
};

test('what is kept is the report, a measurement a line, with fewer points', (t) => {
  const text = keptReport(report);
  const kept = JSON.parse(text) as LoadReport;
  t.is(text.split('\n').filter((line) => line.startsWith('{"scenario"')).length, 2);
  t.like(kept, { date: report.date, machine: report.machine, left: report.left });
  const [{ latencyMs: latency, memory, repetition }] = kept.measurements as [LoadReport['measurements'][0]];
  t.is(repetition, 1);
  t.like(latency, latencyMs);
  t.deepEqual(
    latency!.curve.map(([percentile]) => percentile),
    [0, 10, 25, 50, 75, 90, 95, 98, 99, 99.5, 99.9, 99.95, 99.99, 100],
  );
  t.is(memory.series.length, 60);
});
