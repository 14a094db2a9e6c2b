import test from 'ava';
import * as fc from 'fast-check';
import { Data } from '../../src/core/data.ts';
import { SessionEnd } from '../../src/core/event.ts';
import { loadTestProgram, openSession } from '../support/program.ts';

/** What a decoder makes of bytes: heads, joined bodies, ends. */
function decode(call: string, isCompat: boolean, bytes: Buffer, pieces: readonly number[]): string {
  const running = openSession(loadTestProgram(`pipy().listen(1).${call}`, { isCompat }));
  let at = 0;
  for (const piece of [...pieces, bytes.length]) {
    if (at >= bytes.length) break;
    running.session.input(Data.of(bytes.subarray(at, at + piece)));
    at += piece;
  }
  running.session.input(new SessionEnd());
  return running.out
    .map((event) => {
      if (event.kind === 'message-start') return `<${JSON.stringify(event.head)}>`;
      if (event.kind === 'data') return event.bytes().toString('latin1');
      return event.kind === 'message-end' ? '</>' : `<end ${event.error}>`;
    })
    .join('');
}

const fragments = [
  'GET / HTTP/1.1\r\n',
  'POST /a HTTP/1.1\r\n',
  'GET /old HTTP/1.0\n',
  'HTTP/1.1 200 OK\r\n',
  'HTTP/1.1 204\r\n',
  'HTTP/1.1 100 C\r\n\r\n',
  'Host: x\r\n',
  'Content-Length: 3\r\n',
  'Content-Length: 4x\r\n',
  'content-length : 2\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Transfer-Encoding: gzip\r\n',
  'Connection: close\r\n',
  'A: b\r\n',
  ' folded\r\n',
  'nonsense\r\n',
  '\r\n',
  '\n',
  'abc',
  '3\r\nabc\r\n',
  '2;q=5\r\nab\r\n',
  '0\r\n\r\n',
  '0\r\nT: v\r\n\r\n',
  'ffffffffffffffff\r\n',
  '\0',
  '\xff',
];
const stream = fc.array(
  fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...fragments) }, { weight: 1, arbitrary: fc.string() }),
  { maxLength: 14 },
);
const pieces = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 80 });

const CALLS = [
  'decodeHttpRequest()',
  'decodeHttpResponse()',
  'decodeHttpRequest().replaceMessage(m => new Message(m.head.method + m.body)).encodeHttpResponse()',
  "decodeHttpRequest().demux('p').encodeHttpResponse().pipeline('p').replaceMessage(m => new Message(m.head.method + m.body))",
];

for (const call of CALLS)
  for (const isCompat of [false, true])
    test(`${call}${isCompat ? ' with --compat' : ''}: every cutting gives the same, whatever the bytes`, (t) => {
      fc.assert(
        fc.property(stream, pieces, (parts, cuts) => {
          const bytes = Buffer.from(parts.join(''), 'latin1');
          t.is(decode(call, isCompat, bytes, cuts), decode(call, isCompat, bytes, []));
        }),
        { numRuns: 400 },
      );
    });

test('what is decoded and encoded is decoded to the same again', (t) => {
  const token = fc.stringMatching(/^[a-z][a-z0-9-]{0,10}$/);
  const value = fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/);
  const own = new Set([
    'content-length',
    'transfer-encoding',
    'connection',
    'keep-alive',
    'te',
    'trailer',
    'upgrade',
    'proxy-connection',
    'expect',
    'cookie',
    'set-cookie',
  ]);
  const headers = fc.dictionary(
    token.filter((name) => !own.has(name) && !name.startsWith('proxy-')),
    value,
    { maxKeys: 5, noNullPrototype: true },
  );
  fc.assert(
    fc.property(headers, fc.uint8Array({ maxLength: 40 }), pieces, (fields, body, cuts) => {
      const head = { method: 'POST', path: '/a?b=c', protocol: 'HTTP/1.1', headers: fields };
      const loaded = loadTestProgram(
        `pipy({ it: null }).listen(1).replaceData(data => new Message(${JSON.stringify(head)}, data)).encodeHttpRequest()`,
      );
      const encoder = openSession(loaded);
      if (body.length === 0) return;
      encoder.session.input(Data.of(Buffer.from(body)));
      const bytes = Buffer.concat(encoder.out.flatMap((event) => (event.kind === 'data' ? event.views : [])));
      const decoder = openSession(loadTestProgram('pipy().listen(1).decodeHttpRequest()'));
      let at = 0;
      for (const piece of [...cuts, bytes.length]) {
        if (at < bytes.length) decoder.session.input(Data.of(bytes.subarray(at, at + piece)));
        at += piece;
      }
      const start = decoder.out[0] as { head: typeof head };
      t.deepEqual({ ...start.head, headers: { ...start.head.headers } }, head);
      t.deepEqual(
        Buffer.concat(decoder.out.flatMap((event) => (event.kind === 'data' ? event.views : []))),
        Buffer.from(body),
      );
    }),
  );
});
