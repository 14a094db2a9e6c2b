import test from 'ava';
import fc from 'fast-check';
import type { RecordDocument } from '../../src/records/record-document.ts';
import { FACT_NAMES, factsOfBytes } from '../../src/records/record-facts.ts';
import { MARKS } from '../../src/records/record-marks.ts';
import { Block } from '../../src/store/block.ts';
import { BlockWriter } from '../../src/store/block-writer.ts';
import { matcherOf } from '../../src/store/match-query.ts';
import { parseQuery, type Query } from '../../src/store/query.ts';
import { fold } from '../../src/store/words.ts';
import { recordOf } from '../support/records.ts';

const word = fc.constantFrom(
  'alpha',
  'beta',
  'Alphabet',
  'Grüße',
  '404',
  '日本',
  'x',
  'quo"te',
  'new\nline',
  'a-b',
);
const text = fc.array(word, { maxLength: 4 }).map((words) => words.join(' '));
const given = fc.record({
  path: fc.array(word, { maxLength: 3 }).map((parts) => `/${parts.join('/')}`),
  status: fc.constantFrom(200, 404, 503),
  header: text,
  body: text,
});
const pattern = fc
  .tuple(word, fc.nat(4), fc.constantFrom('', '*', '**'), fc.constantFrom('', '*', '/*', '/'))
  .map(([name, cut, before, after]) => `${before}${name.slice(0, cut + 1)}${after}`);
const leaf: fc.Arbitrary<Query> = fc.oneof(
  pattern.map((path): Query => ({ kind: 'like', column: 'path', pattern: path })),
  pattern.map((value): Query => ({ kind: 'header', name: 'x-tag', pattern: value })),
  fc
    .tuple(fc.constantFrom('=', '<', '>='), fc.constantFrom(200, 404, 503, 404.5))
    .map(([operator, value]): Query => ({ kind: 'compare', column: 'status', operator, value })),
  fc.tuple(word, fc.boolean()).map(([words, isPrefix]): Query => ({
    kind: 'words',
    columns: ['responseBody', 'other'],
    text: words,
    isPrefix,
  })),
);
const { query } = fc.letrec<{ query: Query }>((tie) => ({
  query: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    tie('query').map((part): Query => ({ kind: 'not', part })),
    fc
      .tuple(
        fc.constantFrom('and' as const, 'or' as const),
        fc.array(tie('query'), { minLength: 1, maxLength: 3 }),
      )
      .map(([kind, parts]): Query => ({ kind, parts })),
  ),
}));

const escaped = (part: string): string => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** The same question, asked the slow and plain way. */
function plainly(asked: Query, one: { path: string; status: number; header: string; body: string }): boolean {
  const isLike = (value: string, glob: string): boolean =>
    new RegExp(`^${glob.toLowerCase().split('*').map(escaped).join('[^]*')}$`).test(value.toLowerCase());
  const words = (value: string): string[] =>
    fold(value)
      .split(/[^\p{L}\p{N}]+/u)
      .filter(Boolean);
  switch (asked.kind) {
    case 'all':
      return true;
    case 'and':
      return asked.parts.every((part) => plainly(part, one));
    case 'or':
      return asked.parts.some((part) => plainly(part, one));
    case 'not':
      return !plainly(asked.part, one);
    case 'like':
      return isLike(one.path, asked.pattern);
    case 'header':
      return isLike(one.header, asked.pattern);
    case 'compare':
      return asked.operator === '='
        ? one.status === asked.value
        : asked.operator === '<'
          ? one.status < asked.value
          : one.status >= asked.value;
    case 'words': {
      const wanted = words(asked.text);
      return [one.body, `${one.path} x-tag ${one.header}`].some((value) => {
        const all = words(value);
        return all.some((_, at) =>
          wanted.every((own, index) =>
            asked.isPrefix && index === wanted.length - 1
              ? all[at + index]?.startsWith(own)
              : all[at + index] === own,
          ),
        );
      });
    }
  }
}

test('a filter and a matcher say what reading every record plainly would say', (t) => {
  const writer = new BlockWriter();
  fc.assert(
    fc.property(fc.array(given, { minLength: 1, maxLength: 6 }), query, (all, asked) => {
      const records = all.map(({ path, status, header, body }, index) =>
        recordOf(index + 1, {
          url: { path, original: path },
          http: {
            request: { headers: { 'x-tag': header } },
            response: { status_code: status, body: { content: body } },
          },
        }),
      );
      const { columns, documents, filter } = writer.pack(records);
      const block = new Block({
        run: 'r',
        thread: 0,
        lastRow: 9,
        columns: () => columns,
        documents: () => documents,
      });
      const matcher = matcherOf(asked);
      const expected = all.map((one) => plainly(asked, one));
      t.deepEqual(
        all.map((_, index) => matcher.matches(block, index)),
        expected,
      );
      if (expected.includes(true)) t.true(matcher.mayMatch(filter));
    }),
    { numRuns: 500 },
  );
});

/** Records with such members of `tapline`: how many match, and whether a filter lets the block be looked into. */
function askMarks(query: string, taplines: readonly object[]): { matching: number[]; mayMatch: boolean } {
  const records = taplines.map((tapline, index) => recordOf(index + 1, { tapline }));
  return ask(query, records);
}

function ask(query: string, records: readonly RecordDocument[]): { matching: number[]; mayMatch: boolean } {
  const { columns, documents, filter } = new BlockWriter().pack(records);
  const contents = { run: 'r', thread: 0, lastRow: 9, columns: () => columns, documents: () => documents };
  const block = new Block(contents);
  const matcher = matcherOf(parseQuery(query));
  const matching = records.flatMap((_, index) => (matcher.matches(block, index) ? [index] : []));
  return { matching, mayMatch: matcher.mayMatch(filter) };
}

test('a mark is one of those of a record, not their text', (t) => {
  const redactedOnly = { redacted: 2 };
  const cut = { response: { body: { truncated: true } } };
  const both = { ...redactedOnly, ...cut };
  const all = [{}, redactedOnly, cut, both];
  const cases: Record<string, number[]> = {
    'mark:redacted': [1, 3],
    'mark:REDACTED': [1, 3],
    'mark:truncated': [2, 3],
    'mark:*': [1, 2, 3],
    'mark:red*': [1, 3],
    'mark:*cated': [2, 3],
    'mark:trunc*': [2, 3],
    'mark:redact': [],
    'mark:"redacted truncated"': [],
    'mark:red*ted': [1, 3],
    'mark:re*cated': [],
    '-mark:truncated': [0, 1],
    'mark!=truncated': [0, 1],
    '-mark:*': [0],
    'mark:redacted mark:truncated': [3],
    'mark:redacted -mark:truncated': [1],
  };
  for (const [query, expected] of Object.entries(cases)) {
    const { matching, mayMatch } = askMarks(query, all);
    t.deepEqual(matching, expected, query);
    if (expected.length > 0) t.true(mayMatch, query);
  }
  t.false(askMarks('mark:redacted', [{}, cut]).mayMatch);
  t.false(askMarks('mark:gateway', all).mayMatch);
  for (const mark of Object.keys(MARKS)) t.deepEqual(askMarks(`mark:${mark}`, [{}]).matching, []);
  t.throws(() => parseQuery('mark>1'), { name: 'QueryError' });
});

test('records that were stored before there were marks have none', (t) => {
  const record = recordOf(1, { tapline: { redacted: 2 } });
  const before = JSON.parse(factsOfBytes(record.bytes).toString()) as unknown[];
  const facts = Buffer.from(JSON.stringify(before.slice(0, FACT_NAMES.indexOf('marks'))));
  const stored = [{ ...record, facts }];
  t.deepEqual(ask('mark:redacted', stored).matching, []);
  t.deepEqual(ask('mark:*', stored).matching, []);
  t.deepEqual(ask('-mark:redacted method:GET', stored), { matching: [0], mayMatch: true });
});

test('a block without the words of a query is passed over', (t) => {
  const { filter } = new BlockWriter().pack([recordOf(1), recordOf(2)]);
  const mayMatch = (asked: string): boolean => matcherOf(parseQuery(asked)).mayMatch(filter);
  for (const asked of [
    'missing',
    'body:missing',
    'status:503',
    'path:/elsewhere/*',
    'path:*/elsewhere',
    'header.x-tag:nothing*',
    'header.x-none:*',
    'id:0190',
    'body:number missing',
    'missing or absent',
  ])
    t.false(mayMatch(asked), asked);
  for (const asked of [
    'body:number',
    '-missing',
    'missing or number',
    'status:200',
    'path:/p/*',
    'duration>5s',
    'numb*',
  ])
    t.true(mayMatch(asked), asked);
});

test('whatever is nested too deep is said to be, and breaks nothing', (t) => {
  for (const text of ['('.repeat(50_000), '-'.repeat(50_000), 'not '.repeat(20_000), `${'-('.repeat(101)}a`])
    t.throws(() => parseQuery(text), { name: 'QueryError', message: /nested too deep/ });
  t.notThrows(() => parseQuery(`${'('.repeat(99)}a${')'.repeat(99)} ${'-(a) '.repeat(500)}`));
});
