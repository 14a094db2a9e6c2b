import test from 'ava';
import { Block } from '../../src/store/block.ts';
import { BlockWriter } from '../../src/store/block-writer.ts';
import { matcherOf } from '../../src/store/match-query.ts';
import { parseQuery } from '../../src/store/query.ts';
import { recordOf } from '../support/records.ts';

/** Whether a record with such a request, as a script may make it, matches. */
function matches(query: string, request: unknown, more: Record<string, unknown> = {}): boolean {
  const record = recordOf(1, { http: { request, response: {} }, ...more });
  const { columns, documents, filter } = new BlockWriter().pack([record]);
  const contents = { run: 'r', thread: 0, lastRow: 1, columns: () => columns, documents: () => documents };
  const { matches: doesMatch, mayMatch } = matcherOf(parseQuery(query));
  return mayMatch(filter) && doesMatch(new Block(contents), 0);
}

test('what every object has is no header and no field', (t) => {
  const request = { headers: { 'x-tag': 'constructor toString __proto__ x' } };
  for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty'])
    t.false(matches(`header.${name}:x`, request), name);
  for (const name of ['constructor', 'toString', '__proto__'])
    t.throws(() => parseQuery(`${name}:5`), { name: 'QueryError', message: /unknown field/ });
  t.true(matches('header.constructor:x', { headers: { constructor: 'x' } }));
});

test('a header that is a number is found by it, one that is anything else by nothing', (t) => {
  t.true(matches('header.x-n:5', { headers: { 'x-n': 5 } }));
  t.true(matches('header.x-n:5', { headers: { 'x-n': ['4', 5] } }));
  for (const headers of [
    { 'x-n': { five: 5 } },
    { 'x-n': null },
    { 'x-n': [null, { a: 5 }] },
    ['x-n', 5],
    'x-n 5',
    null,
  ])
    t.false(matches('header.x-n:5', { headers }), JSON.stringify(headers));
});

test('a body that is no text has no words, and the other body is searched all the same', (t) => {
  for (const content of [{ parsed: 'word' }, ['word'], true, null]) {
    const request = { body: { content } };
    t.false(matches('body:word', request), JSON.stringify(content));
    t.true(matches('word', { ...request, headers: { a: 'word' } }), JSON.stringify(content));
    t.true(
      matches('body:word', request, { http: { request, response: { body: { content: 'the word' } } } }),
      JSON.stringify(content),
    );
  }
  t.true(matches('body:404', { body: { content: 404 } }));
});

test('words are searched beside parts that no text can be made of', (t) => {
  const odd = { toString: 1, valueOf: 'word' };
  t.false(matches('word', { headers: { a: odd } }, { url: { original: odd }, error: { message: odd } }));
  t.true(matches('word', { headers: { a: odd, b: 'word' } }, { url: { original: odd } }));
});

test('a sigma is the same letter in every place of a word', (t) => {
  const request = { headers: { 'x-tag': 'ΟΔΟΣ' }, body: { content: 'στην οδός' } };
  for (const query of [
    'body:ΟΔΌΣ',
    'body:οδοσ',
    'body:ΣΤΗΝ',
    'body:ΟΔΟΣ*',
    'header.x-tag:οδος',
    'header.x-tag:οδοσ',
  ])
    t.true(matches(query, request), query);
  t.true(matches('body:ΟΔΟΣ*', { body: { content: 'οδοσήμανση' } }));
  t.true(matches('header.x-tag:ΟΔΟΣ*', { headers: { 'x-tag': 'οδοσήμανση' } }));
});
