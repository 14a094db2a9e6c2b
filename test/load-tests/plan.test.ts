import test from 'ava';
import { planRuns, type Wish } from '../../load-tests/plan.ts';
import type { Scenario } from '../../load-tests/scenarios/scenario.ts';
import { scenarios } from '../../load-tests/scenarios/index.ts';
import { subjects } from '../../load-tests/subjects/index.ts';

const LOAD = { kind: 'full-speed', connections: 1 } as const;
const base: Scenario = {
  name: 'first',
  what: '',
  upstream: 'fast',
  traffic: { kind: 'idle-connections' },
  sink: 'ok',
  memoryFigure: null,
  short: [{ loads: [LOAD], subjects: ['nginx', 'tapline-off'], repetitions: 2, seconds: 3 }],
  full: [
    {
      loads: [LOAD],
      subjects: ['direct', 'nginx', 'tapline-off', 'tapline-store'],
      repetitions: 3,
      seconds: 5,
    },
  ],
};
const two = [base, { ...base, name: 'second', short: [] }];
const wish = (more: Partial<Wish>): Wish => ({
  isFull: false,
  scenarios: [],
  subjects: [],
  repetitions: null,
  seconds: null,
  ...more,
});
const words = (more: Partial<Wish>): string[] =>
  planRuns(two, wish(more)).map(
    ({ scenario, subject, repetition, seconds }) => `${scenario.name} ${subject} ${repetition} ${seconds}s`,
  );

test('subjects take turns, repetition after repetition', (t) => {
  t.deepEqual(words({}), [
    'first nginx 1 3s',
    'first tapline-off 1 3s',
    'first nginx 2 3s',
    'first tapline-off 2 3s',
  ]);
});

test('the full set has all scenarios', (t) => {
  t.is(words({ isFull: true }).length, 24);
});

test('a scenario that is named runs, whichever set it is in', (t) => {
  t.is(words({ scenarios: ['second'] }).length, 12);
  t.is(words({ scenarios: ['first'] }).length, 4);
});

test('what the short set lacks of a named scenario is taken of the full one', (t) => {
  t.deepEqual(words({ scenarios: ['first'], subjects: ['tapline-store'], repetitions: 1 }), [
    'first tapline-store 1 5s',
  ]);
});

test('repetitions and seconds can be given', (t) => {
  t.deepEqual(words({ repetitions: 1, seconds: 9, subjects: ['nginx'] }), ['first nginx 1 9s']);
});

test('names of scenarios and subjects are theirs alone, and half-load comes after reference', (t) => {
  const names = scenarios.map(({ name }) => name);
  t.is(new Set(names).size, names.length);
  t.true(names.indexOf('reference') < names.indexOf('half-load'));
  const known = new Set(subjects.map(({ name }) => name));
  for (const { name, full, short } of scenarios)
    for (const extent of [...full, ...short])
      t.true(
        extent.subjects.every((subject) => known.has(subject)),
        name,
      );
});
