import test from 'ava';
import * as fc from 'fast-check';
import { type Budget, type BudgetPart, readBudgets } from '../../../load-tests/budgets/budget.ts';
import { evaluate } from '../../../load-tests/budgets/evaluate.ts';
import type { Load, Measurement, Verdict } from '../../../load-tests/measurement.ts';
import { fixtureMeasurement } from '../fixture-report.ts';

const budgets = readBudgets();
const PEER = 8;

/** A measurement in which the figure that a part names is as given. */
function measured(part: BudgetPart, value: number, repetition = 1): Measurement {
  const load: Load =
    part.load === 'constant-rate'
      ? { kind: 'constant-rate', connections: 50, perSecond: 2000 }
      : { kind: 'full-speed', connections: 50 };
  const base = fixtureMeasurement({ scenario: part.scenario, subject: part.subject, load, repetition });
  const copy = structuredClone(base) as Measurement & Record<string, unknown>;
  if (part.metric === 'memory.rssSteadyBytes') {
    (copy.memory as { series: unknown }).series = [1, 2, 3, 4].map((second) => [second, value, null]);
    return copy;
  }
  const path = part.metric.split('.');
  let holder: Record<string, unknown> = copy;
  for (const name of path.slice(0, -1)) holder = holder[name] as Record<string, unknown>;
  holder[path.at(-1)!] = value;
  return copy;
}

/** Measurements of one repetition that give a budget this value. */
function measurementsFor(budget: Budget, value: number, repetition = 1): Measurement[] {
  const { dividedBy, minus } = budget;
  const peer = dividedBy ?? minus;
  if (peer === null) return [measured(budget.value, value, repetition)];
  const figure = dividedBy === null ? value + PEER : value * PEER;
  // A peer may be another figure of the same measurement.
  if (peer.subject === budget.value.subject && peer.scenario === budget.value.scenario) {
    const both = measured(budget.value, figure, repetition);
    return [{ ...both, extra: { ...both.extra, [peer.metric.replace('extra.', '')]: PEER } }];
  }
  return [measured(budget.value, figure, repetition), measured(peer, PEER, repetition)];
}

function only(budget: Budget, measurements: readonly Measurement[]): Verdict {
  return evaluate(measurements, [budget])[0]!;
}

test('the budgets are those of the design, each with a name of its own', (t) => {
  t.deepEqual(
    budgets.map(({ name, must, aim, direction, unit }) => [name, must, aim, direction, unit]),
    [
      ['cpu-data-threads', 1.7, 1.4, 'at-most', 'ratio'],
      ['cpu-bulk-sink', 2.2, 1.5, 'at-most', 'ratio'],
      ['cpu-store', 3, 2.2, 'at-most', 'ratio'],
      ['cpu-data-threads-same-rate', 1.7, 1.4, 'at-most', 'ratio'],
      ['cpu-bulk-sink-same-rate', 2.2, 1.5, 'at-most', 'ratio'],
      ['cpu-store-same-rate', 3, 2.2, 'at-most', 'ratio'],
      ['rss-steady', 3, 2, 'at-most', 'ratio'],
      ['rss-over-time', 1.1, 1.03, 'at-most', 'ratio'],
      ['rss-dead-sink', 64 * 1024 ** 2, null, 'at-most', 'bytes'],
      ['rss-large-bodies', 32 * 1024 ** 2, 16 * 1024 ** 2, 'at-most', 'bytes'],
      ['idle-connection', 8 * 1024, 5 * 1024, 'at-most', 'bytes'],
      ['idle-connection-connected', 20 * 1024, 12 * 1024, 'at-most', 'bytes'],
      ['throughput-bulk-sink', 0.75, 0.85, 'at-least', 'ratio'],
      ['throughput-open-page', 0.9, 0.95, 'at-least', 'ratio'],
      ['added-p99', 0.5, 0.2, 'at-most', 'ms'],
    ],
  );
});

for (const budget of budgets) {
  const better = budget.direction === 'at-most' ? 0.99 : 1.01;
  const worse = budget.direction === 'at-most' ? 1.01 : 0.99;

  test(`${budget.name}: from within the aim to over the must`, (t) => {
    const verdictOf = (value: number): Verdict['verdict'] =>
      only(budget, measurementsFor(budget, value)).verdict;
    t.is(verdictOf(budget.must! * worse), 'over');
    t.is(verdictOf(budget.must! * better), 'must');
    if (budget.aim !== null) {
      t.is(verdictOf(budget.aim * worse), 'must');
      t.is(verdictOf(budget.aim * better), 'aim');
    }
  });

  test(`${budget.name}: median, lowest and highest of the repetitions`, (t) => {
    const values = [0.9, 0.5, 0.7];
    const { value } = only(
      budget,
      values.flatMap((of, index) => measurementsFor(budget, of, index + 1)),
    );
    t.deepEqual(
      Object.fromEntries(Object.entries(value!).map(([name, of]) => [name, Number(of.toPrecision(12))])),
      { median: 0.7, low: 0.5, high: 0.9, count: 3 },
    );
  });

  test(`${budget.name}: not measured without each of its parts`, (t) => {
    const whole = measurementsFor(budget, 1);
    for (const missing of whole) {
      const { value, verdict } = only(
        budget,
        whole.filter((measurement) => measurement !== missing),
      );
      t.is(value, null);
      t.is(verdict, 'not-measured');
    }
    t.is(
      only(
        budget,
        whole.map((one) => ({ ...one, scenario: 'another' })),
      ).verdict,
      'not-measured',
    );
  });
}

const ratio = budgets.find(({ name }) => name === 'cpu-bulk-sink')!;

test('a value is paired with the peer of its own repetition, in whatever order they come', (t) => {
  const rates = fc.array(
    fc.tuple(fc.double({ min: 1, max: 500, noNaN: true }), fc.double({ min: 1, max: 500, noNaN: true })),
    {
      minLength: 1,
      maxLength: 7,
    },
  );
  fc.assert(
    fc.property(rates, fc.infiniteStream(fc.nat()), (pairs, lots) => {
      const measurements = pairs
        .flatMap(([ours, peer], index) => [
          measured(ratio.value, ours, index + 1),
          measured(ratio.dividedBy!, peer, index + 1),
        ])
        .map((measurement) => ({ measurement, lot: lots.next().value }))
        .sort((left, right) => left.lot - right.lot)
        .map(({ measurement }) => measurement);
      const { value } = only(ratio, measurements);
      const ratios = pairs.map(([ours, peer]) => ours / peer);
      t.is(value!.low, Math.min(...ratios));
      t.is(value!.high, Math.max(...ratios));
      t.true(value!.low <= value!.median && value!.median <= value!.high);
    }),
  );
});

test('a repetition without its peer gives no value, the others do', (t) => {
  const { value } = only(ratio, [
    measured(ratio.value, 40, 1),
    measured(ratio.dividedBy!, 20, 1),
    measured(ratio.value, 4000, 2),
    measured(ratio.dividedBy!, 1, 3),
  ]);
  t.deepEqual(value, { median: 2, low: 2, high: 2, count: 1 });
});

test('a peer under another load or of another scenario is no peer', (t) => {
  const ours = measured(ratio.value, 40);
  const peer = measured(ratio.dividedBy!, 20);
  t.is(only(ratio, [ours, { ...peer, scenario: 'small-get' }]).verdict, 'not-measured');
  t.is(
    only(ratio, [ours, { ...peer, load: { kind: 'constant-rate', connections: 50, perSecond: 2000 } }])
      .verdict,
    'not-measured',
  );
});

test('a peer that took nothing gives no ratio, and no infinite one', (t) => {
  t.is(only(ratio, [measured(ratio.value, 40), measured(ratio.dividedBy!, 0)]).verdict, 'not-measured');
});

test('of an even number of repetitions the median lies between both middle ones', (t) => {
  const { value } = only(ratio, [...measurementsFor(ratio, 1, 1), ...measurementsFor(ratio, 2, 2)]);
  t.is(value!.median, 1.5);
});

test('a latency that a run does not have is not measured', (t) => {
  const added = budgets.find(({ name }) => name === 'added-p99')!;
  const [ours, off] = measurementsFor(added, 0.1);
  t.is(only(added, [{ ...ours!, latencyMs: null }, off!]).verdict, 'not-measured');
});

test('steady memory is that of the second half, whatever the start and one outlier were', (t) => {
  const steady = budgets.find(({ name }) => name === 'rss-steady')!;
  const base = fixtureMeasurement({ subject: 'tapline-both' });
  const series: Measurement['memory']['series'] = [10, 500, 500, 500, 100, 100, 900, 100, 100].map(
    (bytes, index) => [index, bytes, null],
  );
  const { value } = only(steady, [
    { ...base, extra: { bareNodeRssBytes: 50 }, memory: { ...base.memory, series } },
  ]);
  t.is(value!.median, 2);
});

test('a run that failed, answered nothing or lost records proves nothing', (t) => {
  for (const fault of [
    { errors: 1 },
    { requests: 0 },
    { records: { expected: 10, found: 9, isBalanced: false } },
  ]) {
    const runs = measurementsFor(ratio, 1).map((one) => ({ ...one, ...fault }));
    t.is(only(ratio, runs).verdict, 'not-measured', JSON.stringify(fault));
  }
});
