import fc from 'fast-check';
import test from 'ava';
import {
  hasTerm,
  termsOf,
  toggleExclusion,
  toggleTerm,
} from '../../../../src/admin/ui/traffic/query-terms.ts';
import { parseQuery } from '../../../../src/store/query.ts';

test('terms are what must hold, as it was written', (t) => {
  t.deepEqual(termsOf('  status>=500   path:/api/* '), ['status>=500', 'path:/api/*']);
  t.deepEqual(termsOf('body:"a b" -(host:a or host:b) not method:GET - x'), [
    'body:"a b"',
    '-(host:a or host:b)',
    'not method:GET',
    '- x',
  ]);
  t.deepEqual(termsOf('status: 200 x'), ['status: 200', 'x']);
  t.deepEqual(termsOf('a or b c'), ['a or b c']);
  t.deepEqual(termsOf(''), []);
});

test('a term is added, and taken away again', (t) => {
  t.is(toggleTerm('', 'method:GET'), 'method:GET');
  t.is(toggleTerm('needle', 'status>=500 status<600'), 'needle status>=500 status<600');
  t.is(toggleTerm('needle status>=500 status<600 x', 'status>=500 status<600'), 'needle x');
  t.is(toggleTerm('a or b', 'method:GET'), '(a or b) method:GET');
});

test('what is wanted is no longer excluded, and the other way round', (t) => {
  t.is(toggleExclusion('x method:GET', 'method:GET'), 'x -(method:GET)');
  t.is(toggleExclusion('x -(method:GET)', 'method:GET'), 'x');
  t.is(toggleTerm('x -(method:GET)', 'method:GET'), 'x method:GET');
});

test('a term within another is not that term', (t) => {
  t.false(hasTerm('host:"method:GET"', 'method:GET'));
  t.false(hasTerm('-(method:GET)', 'method:GET'));
  t.false(hasTerm('method:GET or x', 'method:GET'));
  t.true(hasTerm('x method:GET', 'method:GET'));
});

const term = fc.constantFrom(
  'needle',
  'method:GET',
  'host:"a b"',
  'status>=500 status<600',
  '-path:/api/*',
  'not kind:gap',
  '(a or b)',
  'a or b',
  'body:"x \\" y"',
  '-(method:POST)',
);

test('toggling twice is nothing, and what comes out can be read', (t) => {
  fc.assert(
    fc.property(
      fc.array(term, { maxLength: 4 }),
      fc.constantFrom('mark:truncated', 'status>=400 status<500', 'host:"c d"'),
      (terms, facet) => {
        const query = terms.join(' ');
        const once = toggleTerm(query, facet);
        t.true(hasTerm(once, facet));
        t.notThrows(() => parseQuery(once));
        t.notThrows(() => parseQuery(toggleExclusion(query, facet)));
        t.deepEqual(parseQuery(toggleTerm(once, facet)), parseQuery(query));
        t.deepEqual(parseQuery(toggleExclusion(toggleExclusion(query, facet), facet)), parseQuery(query));
      },
    ),
  );
});

test('nothing that somebody types breaks it', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'ab:"\\()- or<>=! '.split('')) }), (query) => {
      t.notThrows(() => toggleTerm(toggleExclusion(query, 'method:GET'), 'host:x'));
    }),
  );
});
