import { evaluate } from '../../load-tests/budgets/evaluate.ts';
import type { Latency, Load, LoadReport, Measurement, SubjectName } from '../../load-tests/measurement.ts';

const MEBIBYTE = 1024 ** 2;
const REPETITIONS = 3;

/** What the fixture says of a subject: invented, near what such subjects do, so that pages and tables can be looked at. */
interface Character {
  readonly byThread: Readonly<Record<string, number>>;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  /** How much longer the slow ones take: p99 is about p50 times this. */
  readonly tail: number;
  readonly rssMebibytes: readonly [start: number, steady: number];
}

const CHARACTERS: Partial<Record<SubjectName, Character>> = {
  direct: { byThread: {}, requestsPerSecond: 31_000, p50Ms: 0.31, tail: 3, rssMebibytes: [0, 0] },
  nginx: {
    byThread: { worker: 17.2 },
    requestsPerSecond: 20_400,
    p50Ms: 0.42,
    tail: 3.4,
    rssMebibytes: [9, 11],
  },
  'nginx-json-log': {
    byThread: { worker: 20.1 },
    requestsPerSecond: 18_900,
    p50Ms: 0.45,
    tail: 3.6,
    rssMebibytes: [9, 12],
  },
  'nginx-mirror': {
    byThread: { worker: 71 },
    requestsPerSecond: 8_100,
    p50Ms: 0.93,
    tail: 5,
    rssMebibytes: [9, 14],
  },
  haproxy: {
    byThread: { worker: 18.8 },
    requestsPerSecond: 19_700,
    p50Ms: 0.44,
    tail: 3.1,
    rssMebibytes: [14, 22],
  },
  'tapline-off': {
    byThread: { data: 22, main: 2.1, v8: 3.4, pool: 0.2 },
    requestsPerSecond: 15_800,
    p50Ms: 0.48,
    tail: 3.5,
    rssMebibytes: [58, 79],
  },
  'tapline-store': {
    byThread: { data: 29, main: 16, v8: 6.5, pool: 2.4 },
    requestsPerSecond: 9_400,
    p50Ms: 0.61,
    tail: 4.6,
    rssMebibytes: [66, 131],
  },
  'tapline-page': {
    byThread: { data: 29.5, main: 16.4, v8: 7.1, other: 3.9, pool: 2.5 },
    requestsPerSecond: 8_900,
    p50Ms: 0.63,
    tail: 4.9,
    rssMebibytes: [66, 148],
  },
  'tapline-bulk': {
    byThread: { data: 28, main: 5.2, v8: 5.9, pool: 3.1 },
    requestsPerSecond: 12_300,
    p50Ms: 0.57,
    tail: 3.9,
    rssMebibytes: [66, 118],
  },
  'tapline-both': {
    byThread: { data: 28.6, main: 9.8, v8: 7.1, pool: 3.6 },
    requestsPerSecond: 11_100,
    p50Ms: 0.59,
    tail: 4.2,
    rssMebibytes: [71, 127],
  },
};

/** A report with invented figures: **not measured**. Always the same, with several scenarios, one budget failed and some not measured. */
export function fixtureReport(): LoadReport {
  const fullSpeed: Load = { kind: 'full-speed', connections: 50 };
  const halfLoad: Load = { kind: 'constant-rate', connections: 50, perSecond: 4000 };
  const everybody = (Object.keys(CHARACTERS) as SubjectName[]).filter(
    (subject) => subject !== 'tapline-page',
  );
  const measurements = Array.from({ length: REPETITIONS }, (_, index) => index + 1).flatMap((repetition) => [
    ...everybody.map((subject) =>
      fixtureMeasurement({ subject, repetition, load: fullSpeed, scenario: 'reference' }),
    ),
    ...everybody
      .filter((subject) => subject !== 'tapline-both')
      .map((subject) => fixtureMeasurement({ subject, repetition, load: halfLoad, scenario: 'half-load' })),
    fixtureMeasurement({
      subject: 'tapline-bulk',
      repetition,
      load: { kind: 'constant-rate', connections: 5000, perSecond: 0 },
      scenario: 'idle-connections',
      latencyMs: null,
      extra: {
        bytesPerIdleConnection: 4700 + 130 * repetition,
        bytesPerConnectedIdleConnection: 21_500 + 240 * repetition,
      },
    }),
    fixtureMeasurement({
      subject: 'tapline-bulk',
      repetition,
      load: { kind: 'full-speed', connections: 1 },
      scenario: 'large-bodies',
      latencyMs: null,
      extra: { rssGrowthBytes: (17 + repetition) * MEBIBYTE },
    }),
  ]);
  return {
    date: '2026-11-25T20:15:00.000Z',
    machine: {
      cores: 2,
      model: 'Fixture CPU',
      memoryBytes: 8 * 1024 ** 3,
      system: 'Linux 6.1 (fixture, not measured)',
      node: '26.10.0',
    },
    set: 'full',
    scenarios: { reference: 'JSON POST of 105 bytes, answer of 105 bytes.' },
    measurements,
    verdicts: evaluate(measurements),
    left: ['soak: the fixture has none', 'dead-sink: the fixture has none'],
  };
}

/** One invented measurement; what `changes` names is as given there. */
export function fixtureMeasurement(
  changes: Pick<Measurement, 'subject'> & Partial<Measurement>,
): Measurement {
  const character = CHARACTERS[changes.subject]!;
  const load = changes.load ?? { kind: 'full-speed', connections: 50 };
  const repetition = changes.repetition ?? 1;
  const sway = 1 + 0.035 * Math.sin(repetition * 2.1 + changes.subject.length);
  const requestsPerSecond =
    load.kind === 'full-speed'
      ? character.requestsPerSecond / sway
      : Math.min(load.perSecond, character.requestsPerSecond);
  const byThread = Object.fromEntries(
    Object.entries(character.byThread).map(([name, microseconds]) => [
      name,
      Math.round(microseconds * sway * 100) / 100,
    ]),
  );
  const [startMebibytes, steadyMebibytes] = character.rssMebibytes;
  const seconds = 20;
  const requests = Math.round(requestsPerSecond * seconds);
  const isRecording = changes.subject.startsWith('tapline-') && changes.subject !== 'tapline-off';
  return {
    scenario: 'reference',
    load,
    repetition,
    seconds,
    requests,
    errors: 0,
    requestsPerSecond,
    latencyMs: latency(character.p50Ms * sway * (load.kind === 'full-speed' ? 5 : 1), character.tail),
    cpu: { perRequest: Object.values(byThread).reduce((sum, value) => sum + value, 0), byThread },
    memory: {
      rssStartBytes: startMebibytes * MEBIBYTE,
      rssPeakBytes: steadyMebibytes * 1.06 * sway * MEBIBYTE,
      rssEndBytes: steadyMebibytes * sway * MEBIBYTE,
      series: Array.from({ length: seconds * 2 }, (_, index): [number, number, number] => [
        (index + 1) / 2,
        (startMebibytes + (steadyMebibytes - startMebibytes) * (1 - Math.exp(-index / 5))) *
          (1 + 0.03 * Math.sin(index * 1.7)) *
          sway *
          MEBIBYTE,
        requestsPerSecond *
          (1 + 0.02 * Math.sin(index * 1.3 + repetition)) *
          (index === 22 && isRecording ? 0.86 : 1),
      ]),
    },
    eventLoopDelayMs: changes.subject.startsWith('tapline-') ? { p50: 0.2, p99: 1.1 * sway, max: 4.2 } : null,
    collectionPauses: changes.subject.startsWith('tapline-')
      ? { count: 212 + repetition, totalMs: 141 * sway, maxMs: 2.9 * sway }
      : null,
    records: isRecording ? { expected: requests, found: requests, isBalanced: true } : null,
    loadShare: 0.52,
    extra: changes.subject === 'tapline-both' ? { bareNodeRssBytes: 43 * MEBIBYTE } : {},
    ...changes,
  };
}

function latency(p50: number, tail: number): Latency {
  // A curve that rises by the same factor from 90 to 99 as from 99 to 99.9.
  const at = (percentile: number): number => p50 * tail ** (-Math.log10(1 - percentile / 100) / 2 - 0.15);
  const curve = Array.from({ length: 120 }, (_, index): [number, number] => {
    const percentile = 100 * (1 - 10 ** (-index / 28));
    return [percentile, at(percentile)];
  });
  return { p50, p90: at(90), p99: at(99), p999: at(99.9), p9999: at(99.99), max: at(99.995), curve };
}
