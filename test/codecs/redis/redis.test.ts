import test from 'ava';
import * as fc from 'fast-check';
import { RedisDecoder } from '../../../src/codecs/redis/decoder.ts';
import { encodeRedis } from '../../../src/codecs/redis/encode.ts';
import type { RedisHead } from '../../../src/codecs/redis/value.ts';
import { Data } from '../../../src/core/data.ts';

interface Decoded {
  readonly heads: RedisHead[];
  readonly bytes: string[];
  error: string | null;
}

/** Everything that a decoder finds in `bytes`, given in pieces. */
function decode(bytes: Buffer | string, pieces: readonly number[] = []): Decoded {
  const all = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes;
  const found: Decoded = { heads: [], bytes: [], error: null };
  const decoder = new RedisDecoder({
    onMessage: (head, data) => {
      found.heads.push(head);
      found.bytes.push(data.bytes().toString('latin1'));
    },
    onError: (error, message) => (found.error = `${error}: ${message}`),
  });
  let at = 0;
  for (const piece of [...pieces, all.length]) {
    if (at >= all.length) break;
    decoder.push(all.subarray(at, at + piece));
    at += piece;
  }
  return found;
}

const values = (bytes: string): unknown[] => decode(bytes).heads.map(({ value }) => value);

test('every type of RESP2 and RESP3', (t) => {
  const cases: [string, string, unknown][] = [
    ['+OK\r\n', 'simple-string', 'OK'],
    ['-ERR no\r\n', 'error', { error: 'ERR no' }],
    [':-7\r\n', 'integer', -7],
    [':9223372036854775807\r\n', 'integer', 9223372036854775807n],
    ['$5\r\nhello\r\n', 'bulk-string', 'hello'],
    ['$2\r\n\r\n\r\n', 'bulk-string', '\r\n'],
    ['$-1\r\n', 'bulk-string', null],
    ['*-1\r\n', 'array', null],
    ['*0\r\n', 'array', []],
    ['*2\r\n:1\r\n*1\r\n+a\r\n', 'array', [1, ['a']]],
    ['_\r\n', 'null', null],
    ['#t\r\n', 'boolean', true],
    [',1.5\r\n', 'double', 1.5],
    [',-inf\r\n', 'double', -Infinity],
    [
      '(3492890328409238509324850943850943825024385\r\n',
      'big-number',
      3492890328409238509324850943850943825024385n,
    ],
    ['!6\r\nERR xy\r\n', 'bulk-error', { error: 'ERR xy' }],
    ['=7\r\ntxt:abc\r\n', 'verbatim-string', 'abc'],
    ['%1\r\n+a\r\n:1\r\n', 'map', { a: 1 }],
    ['%1\r\n:1\r\n:2\r\n', 'map', [[1, 2]]],
    ['~1\r\n+a\r\n', 'set', ['a']],
    ['>2\r\n+message\r\n+x\r\n', 'push', ['message', 'x']],
    ['$?\r\n;4\r\nHell\r\n;1\r\no\r\n;0\r\n', 'bulk-string', 'Hello'],
    ['*?\r\n:1\r\n:2\r\n.\r\n', 'array', [1, 2]],
    ['%?\r\n+a\r\n:1\r\n.\r\n', 'map', { a: 1 }],
  ];
  for (const [bytes, type, value] of cases) {
    const { heads, error, bytes: raw } = decode(bytes);
    t.is(error, null, bytes);
    t.is(heads[0]?.type, type as RedisHead['type'], bytes);
    t.deepEqual(heads[0]?.value, value, bytes);
    t.deepEqual(raw, [bytes], 'the body is the bytes as they came');
  }
});

test('requests have a command; attributes stand beside the value; bytes that are no text are Data', (t) => {
  const { heads } = decode(
    '*3\r\n$3\r\nset\r\n$1\r\nk\r\n$1\r\nv\r\nping  x\r\n\r\n|1\r\n+ttl\r\n:5\r\n*1\r\n:1\r\n$1\r\n\xff\r\n',
  );
  t.is(heads[0]!.command, 'SET');
  t.deepEqual(heads[0]!.args, ['k', 'v']);
  t.is(heads[1]!.type, 'inline');
  t.is(heads[1]!.command, 'PING');
  t.deepEqual(heads[2]!.attributes, { ttl: 5 });
  t.deepEqual(heads[2]!.value, [1]);
  t.true(heads[3]!.value instanceof Data);
});

test('what is no RESP is refused with its reason, and nothing is read after it', (t) => {
  const cases: [string, RegExp][] = [
    ['$3\r\nabcd\r\n', /longer than it says/],
    [':x\r\n', /integer is no number/],
    ['*x\r\n', /length is no number/],
    ['*1\r\nfoo\r\n', /begins with no type/],
    ['+OK\n', /CR LF/],
    ['#x\r\n', /boolean/],
    ['.\r\n', /no streamed value/],
    [';1\r\na\r\n', /no streamed string/],
    ['%?\r\n+a\r\n.\r\n', /key without a value/],
    ['\x01\r\n', /neither a type/],
    [`$${20 * 1024 * 1024}\r\n`, /BufferOverflow/],
    ['*2000000\r\n', /BufferOverflow: .* elements/],
    ['*1\r\n'.repeat(40), /BufferOverflow: .* levels/],
    ['a'.repeat(70_000), /BufferOverflow: .* line/],
  ];
  for (const [bytes, error] of cases) {
    const found = decode(`${bytes}${error.source.includes('line') ? '' : '+OK\r\n'}`);
    t.regex(found.error ?? '', error, bytes.slice(0, 40));
    t.deepEqual(found.heads, []);
  }
});

const redisValue = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string({ unit: 'grapheme' }),
    fc.maxSafeInteger(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 5 }),
  ),
})).value;

test('what is encoded is decoded again, however it is cut', (t) => {
  fc.assert(
    fc.property(
      fc.array(redisValue, { maxLength: 4 }),
      fc.constantFrom<2 | 3>(2, 3),
      fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 40 }),
      (all, protocol, pieces) => {
        const bytes = Buffer.concat(all.map((value) => encodeRedis(value, protocol)));
        const { heads, error } = decode(bytes, pieces);
        t.is(error, null);
        t.deepEqual(
          heads.map(({ value }) => value),
          all,
        );
      },
    ),
  );
  t.deepEqual(values(encodeRedis({ a: [true, 1.5] }, 3).toString()), [{ a: [true, 1.5] }]);
  t.is(encodeRedis({ a: [true, 1.5] }, 2).toString(), '*2\r\n$1\r\na\r\n*2\r\n:1\r\n$3\r\n1.5\r\n');
  t.is(encodeRedis('PONG', 2, 'simple-string').toString(), '+PONG\r\n');
  t.throws(() => encodeRedis('a\r\nb', 2, 'simple-string'), { message: /CR or LF/ });
  t.throws(() => encodeRedis({ error: 'a\nb' }, 2), { message: /CR or LF/ });
});

test('no bytes make it throw, and every cutting gives the same', (t) => {
  const piece = fc.constantFrom(
    '*2\r\n',
    '$3\r\n',
    'abc',
    '\r\n',
    ':1\r\n',
    '+',
    '%1\r\n',
    '|1\r\n',
    '$?\r\n',
    ';1\r\n',
    '.\r\n',
    'x',
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 20 }),
      fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 60 }),
      (parts, pieces) => {
        const whole = decode(parts.join(''));
        const cut = decode(parts.join(''), pieces);
        t.deepEqual(cut, whole);
      },
    ),
  );
});
