import test from 'ava';
import fc from 'fast-check';
import { isFoundWhole, SearchedPart } from '../../src/records/searched-part.ts';
import { recordOf } from '../support/records.ts';

const documentOf = (before: string, content: string, after: string): Buffer =>
  Buffer.from(
    JSON.stringify({
      event: { before },
      http: { request: { body: { content } } },
      url: { original: '/p' },
      client: { address: after },
      tapline: { client: { from: after } },
    }),
  );

test('all between the heads and the client is found, in documents of any lengths one after the other', (t) => {
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom('"http":{', ',"client":{', '{"http":{"a":1},"client":{"b":2}}'),
  );
  const part = new SearchedPart();
  fc.assert(
    fc.property(text, text, text, (before, content, after) => {
      const bytes = documentOf(before, content, after);
      part.find(bytes);
      const found = bytes.toString('utf8', part.from, part.to);
      t.true(found.startsWith('"http":{'));
      t.true(found.includes(JSON.stringify(content)));
      t.true(found.includes('"original":"/p"'));
      t.false(found.includes('"before"'));
    }),
  );
});

test('a document of another kind is taken whole', (t) => {
  const part = new SearchedPart();
  for (const bytes of [
    Buffer.from('{"error":{"message":"lost"}}'),
    Buffer.from('{"client":{"a":1},"error":{}}'),
    Buffer.from('{}'),
  ]) {
    part.find(bytes);
    t.deepEqual([part.from, part.to], [0, bytes.length]);
  }
  const { bytes } = recordOf(1);
  part.find(bytes);
  t.is(part.to, bytes.length, 'no client behind');
});

test('a document with searched keys elsewhere is told', (t) => {
  const document = JSON.parse(documentOf('a', 'b', 'c').toString()) as Record<string, unknown>;
  const { http, url, ...rest } = document;
  const isFound = (one: object): boolean => isFoundWhole(Buffer.from(JSON.stringify(one)));
  t.true(isFound(document));
  t.true(isFound({ ...document, network: { protocol: 'http' } }));
  t.true(isFound({ ...rest, url }), 'taken whole');
  t.false(isFound({ ...document, error: { message: 'late' } }));
  t.false(isFound({ url, event: {}, http, ...rest }));
  t.false(isFound({ event: {}, http, ...rest, url }));
});
