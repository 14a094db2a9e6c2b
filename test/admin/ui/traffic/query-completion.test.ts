import fc from 'fast-check';
import test from 'ava';
import { completionAt, quoted } from '../../../../src/admin/ui/traffic/query-completion.ts';
import { parseQuery, QUERY_FIELDS } from '../../../../src/store/query.ts';

const KNOWN = {
  method: [
    { value: 'GET', meaning: '7' },
    { value: 'POST', meaning: '3' },
  ],
  host: [{ value: 'a b', meaning: '1' }],
};

/** The texts offered where `|` stands, and what the query would become with the first. */
function offered(marked: string): { texts: readonly string[]; first: string | null } {
  const caret = marked.indexOf('|');
  const query = marked.replace('|', '');
  const { from, to, suggestions } = completionAt(query, caret, KNOWN);
  const texts = suggestions.map(({ text }) => text);
  return {
    texts,
    first: texts.length === 0 ? null : `${query.slice(0, from)}${texts[0]}${query.slice(to)}`,
  };
}

test('fields are offered at the beginning, behind blanks, a minus and a parenthesis', (t) => {
  for (const before of ['', 'x ', '-', '(', 'method:GET ', 'not ', 'a or (-'])
    for (const name of Object.keys(QUERY_FIELDS)) t.true(offered(`${before}|`).texts.includes(name), before);
});

test('what begins so comes before what only contains it', (t) => {
  t.deepEqual(offered('bod|').texts, ['body', 'request.body', 'response.body']);
  t.is(offered('x me| y').first, 'x method y');
  t.is(offered('me|th').first, 'method');
});

test('a whole field is followed by the operators of its type', (t) => {
  t.deepEqual(offered('method|').texts, ['method:', 'method!=']);
  t.deepEqual(offered('status|').texts.slice(0, 2), ['status>=', 'status<=']);
  t.deepEqual(offered('request.body|').texts, ['request.body:']);
});

test('an operator is followed by the values that are known', (t) => {
  t.deepEqual(offered('method:|').texts, ['GET', 'POST']);
  t.is(offered('x -method!=p| y').first, 'x -method!=POST y');
  t.is(offered('method:G|ET').first, 'method:GET');
  t.is(offered('host:|').first, 'host:"a b"');
  t.is(offered('host:"a |').first, 'host:"a b"');
  t.deepEqual(offered('method>=|').texts, []);
  t.deepEqual(offered('nothing:|').texts, []);
  t.true(offered('duration>=|').texts.includes('250ms'));
});

test('nothing is offered within quotes and values of words', (t) => {
  t.deepEqual(offered('"me|').texts, []);
  t.deepEqual(offered('body:me|').texts, []);
  t.deepEqual(offered('header.acc|').texts, []);
});

test('a value that is quoted is read as that value', (t) => {
  fc.assert(
    fc.property(fc.string(), (value) => {
      t.deepEqual(parseQuery(`host:${quoted(value)}`), { kind: 'like', column: 'host', pattern: value });
    }),
  );
});

test('nothing that somebody types breaks it, and what it offers is within the text', (t) => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...'aemthod.:"\\()- <>=!'.split('')) }),
      fc.nat(30),
      (query, place) => {
        const caret = Math.min(place, query.length);
        const { from, to } = completionAt(query, caret, KNOWN);
        t.true(from >= 0 && from <= caret && to >= caret && to <= query.length);
      },
    ),
  );
});
