import test from 'ava';
import fc from 'fast-check';
import { factsOfBytes, FACT_NAMES } from '../../src/records/record-facts.ts';

const NOTHING = ['exchange', ...FACT_NAMES.slice(1).map(() => null)];
const factsOf = (text: string): unknown => JSON.parse(factsOfBytes(Buffer.from(text)).toString());

test('what has no parts of a record has no facts', (t) => {
  for (const text of [
    '',
    'no json',
    '{"event":',
    'null',
    '7',
    '"text"',
    '[]',
    '{}',
    '{"event":null,"http":null}',
  ])
    t.deepEqual(factsOf(text), NOTHING, text);
});

test('a part of another type than it should be is no fact', (t) => {
  const odd = { method: 5, mime_type: {}, status_code: '200' };
  const document = {
    event: { duration: '5', outcome: 1 },
    http: { request: odd, response: odd },
    url: { domain: [], path: { a: 1 } },
    tapline: {
      kind: 3,
      connection: 'one',
      redacted: '5',
      rule: 5,
      request: { body: { truncated: 'true', dropped: 7, decode_error: {} } },
      response: { body: 'truncated', from_gateway: 'yes' },
      refused: 'truncated',
    },
    error: 'text',
    client: [],
    trace: { id: 7 },
  };
  t.deepEqual(factsOf(JSON.stringify(document)), NOTHING);
});

test('facts are an array of texts, numbers and nulls, whatever a document is', (t) => {
  const part = fc.letrec<{ one: unknown }>((tie) => ({
    one: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(null, 1, '', 'text', true),
      fc.dictionary(
        fc.constantFrom(
          'event',
          'http',
          'request',
          'response',
          'method',
          'url',
          'path',
          'tapline',
          'kind',
          'client',
          'body',
          'truncated',
          'dropped',
          'redacted',
          'rule',
        ),
        tie('one'),
      ),
    ),
  })).one;
  fc.assert(
    fc.property(part, (document) => {
      const facts = factsOf(JSON.stringify(document)) as unknown[];
      t.is(facts.length, FACT_NAMES.length);
      t.is(typeof facts[0], 'string');
      t.true(facts.every((fact) => fact === null || ['string', 'number'].includes(typeof fact)));
    }),
  );
});
