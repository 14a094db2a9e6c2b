import test from 'ava';
import fc from 'fast-check';
import { jsonBody } from '../../load-tests/json-body.ts';

test('a body is JSON of exactly the bytes that are asked for', (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 24, max: 70_000 }), (bytes) => {
      const body = jsonBody(bytes);
      JSON.parse(body);
      return Buffer.byteLength(body) === bytes;
    }),
  );
  t.pass();
});
