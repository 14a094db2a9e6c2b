import test from 'ava';
import { evaluate } from '../../../load-tests/budgets/evaluate.ts';
import type { Load, LoadReport } from '../../../load-tests/measurement.ts';
import { summarise } from '../../../load-tests/report/summary.ts';
import { printTable } from '../../../load-tests/report/table.ts';
import { fixtureMeasurement, fixtureReport } from '../fixture-report.ts';

function printed(report: LoadReport, stream: { isTTY?: boolean } = {}, env: NodeJS.ProcessEnv = {}): string {
  let text = '';
  printTable(report, { ...stream, write: (more) => (text += more) }, env);
  return text;
}

test('a scenario is a table of its subjects, medians of the repetitions', (t) => {
  const scenario = printed(fixtureReport()).split('\n\n')[0]!;
  t.is(
    scenario,
    `reference: full speed, 50 connections, medians of 3 repetitions
                  requests/s  p50 ms  p99 ms  CPU µs  RSS peak  errors      records  CPU µs by thread
  direct              31,288    1.54    3.91       -         -       0            -
  nginx               20,242    2.12    5.99    17.3  11.8 MiB       0            -  worker 17.3
  nginx-json-log      19,156    2.22    6.59    19.8  12.5 MiB       0            -  worker 19.8
  nginx-mirror         8,236    4.57    18.0    69.8  14.6 MiB       0            -  worker 69.8
  haproxy             19,482    2.22    5.82    19.0  23.6 MiB       0            -  worker 19.0
  tapline-off         15,536    2.44    7.08    28.2  85.2 MiB       0            -  data 22.4, v8 3.46, main 2.14, pool 0.20
  tapline-store        9,259    3.10    11.3    54.7   141 MiB       0  564,290 all  data 29.4, main 16.2, v8 6.60, pool 2.44
  tapline-bulk        12,507    2.80    8.91    41.5   123 MiB       0  738,404 all  data 27.5, v8 5.80, main 5.11, pool 3.05
  tapline-both        11,287    2.90    9.83    48.3   132 MiB       0  666,364 all  data 28.1, main 9.64, v8 6.98, pool 3.54`,
  );
});

test('what only a scenario measures stands below its table', (t) => {
  const idle = printed(fixtureReport()).split('\n\n')[2]!;
  t.regex(idle, /^idle-connections: 5,000 connections, medians of 3 repetitions\n/);
  t.regex(idle, /\n {2}tapline-bulk: bytes per idle connection 4\.8 \(4\.7-5\) KiB\n/);
});

test('budgets say in words whether they pass, with median and spread', (t) => {
  const text = printed(fixtureReport());
  t.regex(
    text,
    /\n {2}pass, aim missed {2}1\.64 \(1\.59-1\.65\) +≤ 1\.7 +≤ 1\.4 +CPU per request of the data threads/,
  );
  t.regex(
    text,
    /\n {2}pass, aim met +4\.8 \(4\.7-5\) KiB +≤ 8 KiB +≤ 5 KiB +Memory of an idle connection before/,
  );
  t.regex(text, /\n {2}FAIL +2\.48 \(2\.39-2\.49\) +≤ 2\.2 /);
  t.regex(text, /\n {2}not measured +- +≤ 64 MiB +- +Peak RSS with a dead bulk sink/);
  t.regex(text, /\n {2}pass, aim missed {2}0\.77 \(0\.77-0\.81\) +≥ 0\.75 +≥ 0\.85 /);
  t.regex(text, /\n7 of 15 budgets passed, 5 failed, 3 not measured\n/);
  t.regex(text, /\nNot measured here:\n {2}soak: the fixture has none\n/);
});

test('a budget without an aim passes without one', (t) => {
  const report = fixtureReport();
  const verdicts = report.verdicts
    .filter(({ budget }) => budget === 'rss-dead-sink')
    .map((verdict) => ({
      ...verdict,
      value: { median: 1024, low: -1024, high: 2048, count: 3 },
      verdict: 'must' as const,
    }));
  t.regex(printed({ ...report, verdicts }), /\n {2}pass {2}1 \(-1 to 2\) KiB {2}≤ 64 MiB {2}-/);
});

test('runs that failed answers or lost records are named', (t) => {
  const text = printed({
    ...fixtureReport(),
    measurements: [
      fixtureMeasurement({
        subject: 'tapline-bulk',
        requests: 100,
        errors: 3,
        records: { expected: 100, found: 98, isBalanced: false },
      }),
    ],
  });
  t.regex(text, /98 NOT BALANCED/);
  t.regex(
    text,
    /These runs prove nothing about cost:\n {2}reference \(full speed, 50 connections\), tapline-bulk: 3 of 100 answers failed\n {2}.*: 100 records expected, 98 found, and the difference is not accounted for\n/,
  );
});

test('colour is only for a terminal that wants it, and takes no word away', (t) => {
  const report = fixtureReport();
  const plain = printed(report);
  t.false(plain.includes('\u001b'));
  t.is(printed(report, { isTTY: true }, { NO_COLOR: '1' }), plain);
  t.is(printed(report, { isTTY: true }, { TERM: 'dumb' }), plain);
  const coloured = printed(report, { isTTY: true });
  t.true(coloured.includes('\u001b[31mFAIL'));
  t.true(coloured.includes('\u001b[32mpass, aim met'));
  // oxlint-disable-next-line no-control-regex -- the colours are what is taken out
  t.is(coloured.replace(/\u001b\[\d+m/g, ''), plain);
});

test('a name from elsewhere cannot write to the terminal', (t) => {
  const hostile = fixtureMeasurement({
    subject: 'nginx',
    scenario: 'a\u001b[2Jb\nc',
    extra: { 'x\u001by': 1 },
  });
  const text = printed({ ...fixtureReport(), measurements: [hostile], left: ['d\u001be'] });
  t.false(text.includes('\u001b'));
  t.true(text.includes('a\\x1b[2Jb\\x0ac'));
});

test('a report without anything is still a report', (t) => {
  const text = printed({ ...fixtureReport(), measurements: [], verdicts: [], left: [] });
  t.regex(text, /0 of 0 budgets passed, 0 failed, 0 not measured\n$/);
});

test('where there was one run there is no spread, and where subjects ran unequally often it says so', (t) => {
  const measurements = [
    fixtureMeasurement({ subject: 'nginx', repetition: 1, extra: { rssGrowthBytes: 2048 } }),
    ...[1, 2].map((repetition) => fixtureMeasurement({ subject: 'tapline-bulk', repetition })),
  ];
  const report = { ...fixtureReport(), measurements, verdicts: evaluate(measurements.slice(0, 2)) };
  const text = printed(report);
  t.regex(text, /^reference: full speed, 50 connections, medians of 1 to 2 repetitions\n/);
  t.regex(text, / {2}1\.64 \(one run\) +≤ 1\.7 /);
});

test('the kind of load belongs to a title only where a scenario has several', (t) => {
  const rate: Load = { kind: 'constant-rate', connections: 50, perSecond: 2000 };
  const titles = summarise([
    fixtureMeasurement({ subject: 'nginx' }),
    fixtureMeasurement({ subject: 'nginx', load: rate }),
    fixtureMeasurement({ subject: 'nginx', scenario: 'soak', load: rate }),
  ]).map(({ title }) => title);
  t.deepEqual(titles, ['reference, full speed', 'reference, constant rate', 'soak']);
});
