import test from 'ava';
import { compareBodies, compareRecords } from '../../../../../src/admin/ui/traffic/record/compare-records.ts';
import { readRecord } from '../../../../../src/admin/ui/traffic/record/read-record.ts';
import type { ShownBody } from '../../../../../src/admin/ui/traffic/record/shown-record.ts';
import { EXCHANGE, exchangeWith } from '../../../../support/shown-documents.ts';

const body = (
  content: string | undefined,
  more: object = {},
  marks: object = {},
  type = 'application/json',
): ShownBody =>
  readRecord(
    exchangeWith({
      http: { response: { mime_type: type, body: { bytes: 10, content, ...more } } },
      tapline: { response: { body: marks } },
    }),
  ).response.body;

test('a record beside itself has no difference', (t) => {
  const { facts, requestHeaders, requestBody, responseBody } = compareRecords(
    readRecord(EXCHANGE),
    readRecord(EXCHANGE),
  );
  t.true(facts.length > 8);
  t.deepEqual(
    [...facts, ...requestHeaders].filter(({ isDifferent }) => isDifferent),
    [],
  );
  t.deepEqual(requestBody, { kind: 'same', lineCount: 3 });
  t.deepEqual(responseBody, { kind: 'same', lineCount: 3 });
});

test('what differs', (t) => {
  const right = exchangeWith({
    http: {
      request: {
        headers: { host: 'other.test', 'content-type': undefined, 'x-many': ['1', '3'], extra: 'e' },
      },
      response: { status_code: 500 },
    },
    event: { duration: 5e6 },
  });
  const { facts, requestHeaders } = compareRecords(readRecord(EXCHANGE), readRecord(right));
  t.deepEqual(
    facts
      .filter(({ isDifferent }) => isDifferent)
      .map(({ name, left, right: other }) => `${name}: ${left} → ${other}`),
    ['Status: 201 Created → 500 Internal Server Error', 'Duration: 100 ms → 5 ms'],
  );
  t.deepEqual(requestHeaders, [
    { name: 'host', left: 'shop.test', right: 'other.test', isDifferent: true },
    { name: 'content-type', left: 'application/json', right: null, isDifferent: true },
    { name: 'authorization', left: 'REDACTED', right: 'REDACTED', isDifferent: false },
    { name: 'x-many', left: '1\n2', right: '1\n3', isDifferent: true },
    { name: 'extra', left: null, right: 'e', isDifferent: true },
  ]);
});

test('bodies are compared as they are shown', (t) => {
  const compared = compareBodies(body('{"a":1,"b":2}'), body('{"a":1, "b":3}'));
  t.is(compared.kind, 'different');
  if (compared.kind !== 'different') return;
  t.deepEqual(
    compared.rows.map((row) => (row.kind === 'folded' ? '…' : `${row.kind} ${row.text}`)),
    ['same {', 'same   "a": 1,', 'removed   "b": 2', 'added   "b": 3', 'same }'],
  );
});

test('what cannot be compared says why', (t) => {
  t.deepEqual(compareBodies(body(undefined, { bytes: 0 }), body(undefined, { bytes: 0 })), { kind: 'none' });
  const [left, right] = [body(undefined, {}, { hash: 'a' }), body(undefined, {}, { hash: 'b' })];
  t.like(compareBodies(left, left), {
    kind: 'unknown',
    reason: 'Neither is kept, but what was hashed of them is the same.',
  });
  t.like(compareBodies(left, right), { kind: 'unknown', reason: 'Neither is kept; their hashes differ.' });
  t.like(compareBodies(left, body('x')), { kind: 'unknown' });
  const text = (content: string): ShownBody => body(content, {}, {}, 'text/plain');
  const lines = (word: string): string => Array.from({ length: 3000 }, (_, index) => word + index).join('\n');
  t.regex(
    (compareBodies(text(lines('a')), text(lines('b'))) as { reason: string }).reason,
    /too large or too different/,
  );
});
