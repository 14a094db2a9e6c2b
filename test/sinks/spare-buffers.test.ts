import test from 'ava';
import { SpareBuffers } from '../../src/sinks/spare-buffers.ts';

test('a buffer that was given back is taken again where it is large enough', (t) => {
  const buffers = new SpareBuffers();
  const first = buffers.take(100_000);
  t.true(first.length >= 100_000);
  const second = buffers.take(1);
  t.not(second, first, 'one that is out is not taken twice');
  buffers.give(first);
  t.not(buffers.take(first.length + 1), first, 'too small');
  const third = buffers.take(10);
  buffers.give(third);
  t.is(buffers.take(third.length), third);
});

test('few are kept, and none that is very large', (t) => {
  const buffers = new SpareBuffers();
  const large = buffers.take(3_000_000);
  buffers.give(large);
  t.not(buffers.take(3_000_000), large);
  const many = Array.from({ length: 20 }, () => buffers.take(1));
  for (const each of many) buffers.give(each);
  const again = new Set(Array.from({ length: 20 }, () => buffers.take(1)));
  t.is(many.filter((each) => again.has(each)).length, 2);
});
