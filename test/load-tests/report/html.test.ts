import test from 'ava';
import { evaluate } from '../../../load-tests/budgets/evaluate.ts';
import type { LoadReport, SubjectName } from '../../../load-tests/measurement.ts';
import { renderHtml } from '../../../load-tests/report/html.ts';
import { fixtureMeasurement, fixtureReport } from '../fixture-report.ts';

const page = renderHtml(fixtureReport());

/** The names of the elements of a page whose every tag is closed in its order; throws where one is not. */
function elementsOf(text: string): string[] {
  const open: string[] = [];
  const elements: string[] = [];
  const body = text.replace(/^<!doctype html>\n/, '').replace(/<style>[^<]*<\/style>/, '');
  for (const [tag, end, name, attributes, isEmpty] of body.matchAll(
    /<(\/?)([a-zA-Z0-9]*)((?:[^<>"]|"[^"<>]*")*?)(\/?)>|</g,
  )) {
    if (name === undefined || name === '') throw new Error(`a bare < near ${tag}`);
    if (end === '/') {
      const last = open.pop();
      if (last !== name) throw new Error(`</${name}> closes <${last}>`);
      continue;
    }
    if (!/^(?: [a-zA-Z-]+="[^"<]*")*\s*$/.test(attributes!)) throw new Error(`attributes of ${tag}`);
    elements.push(name);
    if (isEmpty !== '/') open.push(name);
  }
  if (open.length > 0) throw new Error(`not closed: ${open.join(' ')}`);
  return elements;
}

function withHostileNames(name: string): LoadReport {
  const measurements = [
    fixtureMeasurement({ subject: 'nginx' }),
    fixtureMeasurement({ subject: 'tapline-bulk', extra: { [name]: 1 } }),
  ].map((measurement) => ({
    ...measurement,
    scenario: name,
    subject: `${measurement.subject}${name}` as SubjectName,
    cpu: { perRequest: 3, byThread: { [name]: 3 } },
  }));
  return {
    ...fixtureReport(),
    date: name,
    machine: { ...fixtureReport().machine, model: name, system: name, node: name },
    measurements,
    scenarios: { [name]: name },
    verdicts: evaluate(fixtureReport().measurements).map((verdict) => ({
      ...verdict,
      budget: name,
      what: name,
    })),
    left: [name],
  };
}

test('the page is well formed', (t) => {
  const elements = elementsOf(page);
  t.is(elements.filter((name) => name === 'section').length, 4);
  t.true(elements.filter((name) => name === 'svg').length > 20);
});

test('the check of form finds faults', (t) => {
  for (const text of ['<p>', '<p></b>', '<p>a < b</p>', '<p class=x></p>', '<p title="<b>"></p>'])
    t.throws(() => elementsOf(text), undefined, text);
});

test('the page needs nothing from elsewhere and runs nothing', (t) => {
  t.notRegex(
    page,
    /https?:|\/\/[a-z]|<script|<iframe|<object|<embed|<img|@import|url\(|\son[a-z]+="|\ssrc="/i,
  );
  t.deepEqual(
    [...page.matchAll(/href="([^"]*)"/g)]
      .map(([, target]) => target!)
      .filter((target) => !target.startsWith('#')),
    ['data:,'],
  );
  t.regex(page, /content="default-src &#39;none&#39;|content="default-src 'none'/);
});

test('hostile names stay text', (t) => {
  for (const name of [
    '</style><script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onload='alert(1)",
    '<!-- & -->',
    '\u0000\u001b]]>\ud800',
  ]) {
    const text = renderHtml(withHostileNames(name));
    t.notThrows(() => elementsOf(text), name);
    t.notRegex(text, /<script|<img|<!--|\sonload='/);
    // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
    t.notRegex(text, /[\u0000-\u0009\u000b-\u001f]/);
  }
});

test('budgets come first, in words beside the colour, with spread, must and aim', (t) => {
  const budgets = page.slice(page.indexOf('<ul class="budgets">'), page.indexOf('</ul>'));
  t.true(page.indexOf('<ul class="budgets">') < page.indexOf('<section'));
  t.is([...budgets.matchAll(/<li>/g)].length, 15);
  t.regex(
    budgets,
    /<strong class="fair">✓ pass, aim missed<\/strong><span>CPU per request of the data threads/,
  );
  t.regex(budgets, /<strong class="good">✓ pass, aim met<\/strong>/);
  t.regex(budgets, /<strong class="bad">✗ FAIL<\/strong>/);
  t.regex(budgets, /<strong class="unknown">– not measured<\/strong>/);
  t.regex(budgets, /1\.64 \(1\.59-1\.65\)<small>must ≤ 1\.7, aim ≤ 1\.4<\/small>/);
  t.regex(
    page,
    /7 of 15 budgets pass<\/strong>, <strong class="bad">5 fail<\/strong>, <span class="unknown">3 not measured/,
  );
});

test('each plot has a title that says what to see, a note, and a name for those who do not see it', (t) => {
  const figures = page.match(/<figure>.*?<\/figure>/gs)!;
  for (const figure of figures) {
    const title = /<h3>(.+?)<\/h3><p>.+?<\/p>/s.exec(figure)?.[1];
    t.truthy(title);
    t.true(figure.includes(`role="img" aria-label="${title}"`), title);
    t.regex(figure, /<text class="axis-title"[^>]*>/);
  }
  const titles = figures.map((figure) => /<h3>(.+?)<\/h3>/.exec(figure)![1]!);
  for (const expected of [
    /^99 of 100 answers come within 1\.78 ms with tapline-bulk, 1\.20 ms with nginx$/,
    /^Full capture adds 0\.44 \(0\.37-0\.46\) ms at p99 to the same gateway with capture off$/,
    /^A request costs tapline-bulk 41\.5 µs, 2\.48 \(2\.39-2\.49\) times nginx$/,
    /^tapline-bulk takes 123 MiB at most and stays level in the second half$/,
    /^tapline-bulk answers 12,507 requests\/s, 0\.60 \(0\.59-0\.62\) times as many as nginx$/,
    /^Everybody keeps up with 4,000 requests\/s$/,
  ])
    t.true(
      titles.some((title) => expected.test(title)),
      `${expected} among ${titles.join('; ')}`,
    );
});

test('titles tell when memory grows and when a rate is not kept', (t) => {
  const growing = fixtureMeasurement({
    subject: 'tapline-store',
    load: { kind: 'constant-rate', connections: 50, perSecond: 4000 },
    requestsPerSecond: 3100,
  });
  const text = renderHtml({
    ...fixtureReport(),
    measurements: [
      {
        ...growing,
        memory: {
          ...growing.memory,
          rssPeakBytes: 119 * 2 ** 20,
          series: Array.from({ length: 20 }, (_, index) => [index, (100 + index) * 2 ** 20, 3100]),
        },
      },
    ],
  });
  t.regex(text, /<h3>tapline-store takes 119 MiB at most and grows by 4 % in the second half<\/h3>/);
  t.regex(text, /<h3>tapline-store cannot keep up with 4,000 requests\/s<\/h3>/);
});

test('all coordinates are numbers', (t) => {
  const coordinates = [...page.matchAll(/ (?:d|x|y|cx|cy|width|height)="([^"]*)"/g)].map(
    ([, value]) => value!,
  );
  t.true(coordinates.length > 300);
  t.deepEqual(
    coordinates.filter((value) => /NaN|Infinity|undefined|null/.test(value)),
    [],
  );
});

test('what was not measured is named, and runs that prove nothing are', (t) => {
  t.regex(page, /<h2>Not measured here<\/h2>\n<ul class="notes"><li>soak: the fixture has none<\/li>/);
  t.notRegex(page, /These runs prove nothing/);
  const lossy = fixtureMeasurement({
    subject: 'tapline-bulk',
    records: { expected: 5, found: 4, isBalanced: false },
  });
  t.regex(
    renderHtml({ ...fixtureReport(), measurements: [lossy] }),
    /<h2>These runs prove nothing about cost<\/h2>\n<ul class="notes"><li>[^<]*5 records expected, 4 found/,
  );
});

test('every number is in a table below the plots', (t) => {
  const half = page.slice(
    page.indexOf('<section id="scenario-2">'),
    page.indexOf('<section id="scenario-3">'),
  );
  t.regex(half, /<summary>The numbers: medians of 3 repetitions \(lowest-highest\)<\/summary>/);
  for (const name of [
    'p50 ms',
    'p90 ms',
    'p99 ms',
    'p99.9 ms',
    'p99.99 ms',
    'CPU µs by thread',
    'RSS peak',
    'records',
  ])
    t.true(half.includes(`<th>${name}</th>`), name);
  t.true(half.includes('240,000 of 240,000'));
});

test('a report without anything, and one of a run that measured next to nothing, are still pages', (t) => {
  const empty = { ...fixtureReport(), measurements: [], verdicts: [], left: [] };
  t.notThrows(() => elementsOf(renderHtml(empty)));
  const bare = fixtureMeasurement({
    subject: 'nginx',
    requests: 0,
    requestsPerSecond: 0,
    latencyMs: null,
    cpu: { perRequest: 0, byThread: {} },
    memory: { rssStartBytes: 0, rssPeakBytes: 0, rssEndBytes: 0, series: [] },
  });
  const text = renderHtml({ ...empty, measurements: [bare] });
  t.notThrows(() => elementsOf(text));
  t.notRegex(text, /<figure>|NaN/);
});

test('the style has a dark page, a narrow one, and a printed one', (t) => {
  t.regex(page, /@media screen and \(prefers-color-scheme:dark\)/);
  t.regex(page, /@media screen and \(max-width:480px\)/);
  t.regex(page, /@media print/);
});
