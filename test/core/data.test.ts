import test from 'ava';
import * as fc from 'fast-check';
import { Data } from '../../src/core/data.ts';

test('a number makes that many zero bytes; anything but a whole number is refused', (t) => {
  t.deepEqual(new Data(3).bytes(), Buffer.alloc(3));
  for (const bad of [-1, 1.5, Number.NaN]) t.throws(() => new Data(bad), { message: /whole number/ });
});

test('text is decoded by its encoding and bad text is refused', (t) => {
  t.is(new Data('aGk=', 'base64').toString(), 'hi');
  t.is(new Data('aGk', 'base64url').toString(), 'hi');
  t.is(new Data('aGk=', 'base64url').toString(), 'hi');
  t.is(new Data('6869', 'hex').toString(), 'hi');
  t.is(new Data('6869', 'hdex').toString(), 'hi');
  t.throws(() => new Data('aGk', 'base64'), { message: 'incomplete Base64 string' });
  t.throws(() => new Data('a*k=', 'base64'), { message: 'invalid Base64 encoding' });
  t.throws(() => new Data('686', 'hex'), { message: 'incomplete hex string' });
  t.throws(() => new Data('zz', 'hex'), { message: 'invalid hex string' });
  t.throws(() => new Data('x', 'utf7'), { message: 'unknown encoding' });
});

test('shift and push agree with a Buffer, and copies are independent', (t) => {
  fc.assert(
    fc.property(fc.array(fc.string()), fc.integer({ min: -2, max: 40 }), (texts, count) => {
      const data = new Data();
      for (const text of texts) data.push(text);
      const all = Buffer.from(texts.join(''));
      const copy = data.copy();
      const front = data.shift(count);
      t.deepEqual(front.bytes(), all.subarray(0, Math.max(0, count)));
      t.deepEqual(data.bytes(), all.subarray(Math.max(0, count)));
      t.deepEqual(copy.bytes(), all);
      t.is(front.size + data.size, copy.size);
    }),
  );
});

test('a part of an inspected message keeps its mark in a copy', (t) => {
  t.is(Data.of(Buffer.from('x'), 'head').copy().part, 'head');
});
