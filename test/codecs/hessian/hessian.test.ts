import test from 'ava';
import * as fc from 'fast-check';
import { decodeHessian } from '../../../src/codecs/hessian/decode.ts';
import { encodeHessian } from '../../../src/codecs/hessian/encode.ts';
import { Data } from '../../../src/core/data.ts';

const hex = (text: string): unknown[] => decodeHessian(Buffer.from(text.replaceAll(' ', ''), 'hex'));

test('the forms of the specification', (t) => {
  const cases: [string, unknown][] = [
    ['4e', null],
    ['54', true],
    ['46', false],
    ['90', 0],
    ['80', -16],
    ['bf', 47],
    ['c8 00', 0],
    ['c0 00', -2048],
    ['c7 00', -256],
    ['cf ff', 2047],
    // Low bytes of 0x80 and more, which the original read as negative.
    ['c9 80', 384],
    ['d4 00 00', 0],
    ['d0 00 00', -262144],
    ['d7 ff ff', 262143],
    ['49 ff ff ff ff', -1],
    ['e0', 0],
    ['d8', -8],
    ['ef', 15],
    ['f8 00', 0],
    ['f0 00', -2048],
    ['f9 80', 384],
    ['3c 00 00', 0],
    ['38 00 00', -262144],
    ['59 80 00 00 00', -2147483648],
    ['4c 00 00 00 00 00 00 01 2c', 300],
    ['4c 7f ff ff ff ff ff ff ff', 9223372036854775807n],
    ['5b', 0],
    ['5c', 1],
    ['5d 80', -128],
    ['5e 7f ff', 32767],
    ['5f 00 00 2f d8', 12.248],
    ['44 40 28 80 00 00 00 00 00', 12.25],
    ['4a 00 00 00 d0 4b 92 84 b8', 894621091000],
    ['4b 00 e3 83 8f', 894621060000],
    ['00', ''],
    ['05 68 65 6c 6c 6f', 'hello'],
    ['01 c3 83', 'Ã'],
    ['30 05 68 65 6c 6c 6f', 'hello'],
    ['53 00 05 68 65 6c 6c 6f', 'hello'],
    ['52 00 02 68 65 03 6c 6c 6f', 'hello'],
    // One character of two UTF-16 units, in four bytes or as two surrogates of three.
    ['02 f0 9f 98 80', '😀'],
    ['02 ed a0 bd ed b8 80', '😀'],
    ['57 90 91 5a', [0, 1]],
    ['58 92 90 91', [0, 1]],
    ['7a 90 91', [0, 1]],
    ['72 04 5b 69 6e 74 90 91', [0, 1]],
    ['56 04 5b 69 6e 74 92 90 91', [0, 1]],
    ['55 04 5b 69 6e 74 90 91 5a', [0, 1]],
    ['48 01 61 90 01 62 57 91 5a 01 63 92 5a', { a: 0, b: [1], c: 2 }],
    ['4d 03 43 61 72 01 61 48 01 62 90 5a 01 63 91 5a', { a: { b: 0 }, c: 1 }],
    ['43 03 43 61 72 92 01 61 01 62 60 90 91', { a: 0, b: 1 }],
    ['43 03 43 61 72 91 01 61 4f 90 95', { a: 5 }],
  ];
  for (const [bytes, value] of cases) t.deepEqual(hex(bytes), [value], bytes);
  t.deepEqual((hex('23 01 02 03')[0] as Data).toString('hex'), '010203');
  t.deepEqual((hex('41 00 01 61 42 00 02 62 63')[0] as Data).toString(), 'abc');
});

test('references are to what has begun before; several values are several', (t) => {
  const [list] = hex('57 57 90 5a 51 91 5a') as [unknown[][]];
  t.is(list[0], list[1]);
  t.deepEqual(hex('90 91 05 68 65 6c 6c 6f'), [0, 1, 'hello']);
});

test('what the specification has not is an error that names the byte', (t) => {
  const cases: [string, RegExp][] = [
    ['45', /unrecognized bytecode 0x45 at byte 0/],
    ['90 47', /unrecognized bytecode 0x47 at byte 1/],
    ['51 95', /reference 5 is to nothing/],
    ['60', /class 0 is not defined/],
    ['48 57 5a 90 5a', /unexpected list value as a key/],
    ['01 ff', /no UTF-8/],
    ['01 f0 9f 98 80', /inside a character/],
    ['58 49 7f ff ff ff', /ends early/],
    ['57'.repeat(600), /nested deeper/],
  ];
  for (const [bytes, message] of cases) t.throws(() => hex(bytes), { message }, bytes.slice(0, 40));
});

test('values are encoded as the table says', (t) => {
  const cases: [unknown, string][] = [
    [undefined, '4e'],
    [null, '4e'],
    [true, '54'],
    [7, '4900000007'],
    [2 ** 31, '4c0000000080000000'],
    [1.5, '443ff8000000000000'],
    ['hi', '026869'],
    [[1, 'a'], '49000000010161'],
    [[[1]], '5749000000015a'],
    [{ a: null }, '4801614e5a'],
    [new Data('x'), '42000178'],
    [5n, '4c0000000000000005'],
  ];
  for (const [value, bytes] of cases) t.is(encodeHessian(value).toString('hex'), bytes);
  t.is(encodeHessian('x'.repeat(40)).toString('hex', 0, 2), '3028');
  t.is(encodeHessian('x'.repeat(70_000)).toString('hex', 0, 3), '52ffff');
  const cyclic: unknown[] = [];
  cyclic.push(cyclic);
  t.throws(() => encodeHessian(cyclic), { message: /in itself/ });
  t.throws(() => encodeHessian(() => 1), { message: /function/ });
});

const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string({ unit: 'grapheme', maxLength: 50 }),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true }),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;

test('what is encoded is decoded again; cut anywhere it is an error', (t) => {
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 3 }), (values) => {
      const bytes = encodeHessian(values);
      t.deepEqual(decodeHessian(bytes), values);
      // A list of arguments may end between two of them: cut a single value instead.
      const one = encodeHessian([values]);
      for (let end = 1; end < one.length; end++)
        t.throws(() => decodeHessian(one.subarray(0, end)), { message: /ends early/ });
    }),
    { numRuns: 60 },
  );
  const long = '😀x'.repeat(50_000);
  t.is(decodeHessian(encodeHessian(long))[0], long);
});

test('any bytes are a value or an error', (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      try {
        decodeHessian(Buffer.from(bytes));
      } catch (error) {
        t.true(error instanceof TypeError || error instanceof RangeError);
        t.regex((error as Error).message, /byte|nested/);
      }
    }),
    { numRuns: 2000 },
  );
});
