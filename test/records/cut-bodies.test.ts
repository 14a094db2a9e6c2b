import test from 'ava';
import fc from 'fast-check';
import { cutBodies } from '../../src/records/cut-bodies.ts';
import { recordOf } from '../support/records.ts';

interface Cut {
  http: { request: { body: { content: string } }; response: { body: { content: string } } };
  tapline: { request?: { body: object }; response?: { body: object }; kind: string };
}

const withBodies = (request: string, response: string) =>
  recordOf(1, {
    http: { request: { body: { content: request } }, response: { body: { content: response } } },
    tapline: { kind: 'exchange', response: { body: { truncated: false, hash: 'h' } } },
  });
const read = (bytes: Buffer): Cut => JSON.parse(bytes.toString('utf8')) as Cut;

test('bodies are cut on a character boundary, to no more than asked for', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.nat({ max: 80 }), (text, maxBytes) => {
      const whole = text.toWellFormed();
      const { content } = read(cutBodies(withBodies(whole, ''), maxBytes).bytes).http.request.body;
      const left = Buffer.byteLength(content);
      // A character has four bytes at most: no more than three are given away.
      return (
        whole.startsWith(content) &&
        left <= maxBytes &&
        left >= Math.min(maxBytes - 3, Buffer.byteLength(whole))
      );
    }),
  );
  t.pass();
});

test('what was cut is marked, and nothing else changes', (t) => {
  const record = withBodies('short', 'x'.repeat(100));
  const cut = cutBodies(record, 10);
  t.is(cut.id, record.id);
  t.is(cut.sequence, record.sequence);
  const document = read(cut.bytes);
  t.is(document.http.request.body.content, 'short');
  t.is(document.http.response.body.content, 'x'.repeat(10));
  t.deepEqual(document.tapline, {
    kind: 'exchange',
    response: { body: { truncated: true, hash: 'h', cut_for_sink: true } },
  } as never);
});

test('a record without bodies, and one whose bodies fit, come back as they are', (t) => {
  const small = withBodies('a', 'b');
  t.is(cutBodies(small, 10), small);
  const bare = recordOf(2, { http: {} });
  t.is(cutBodies(bare, 0), bare);
});
