import test from 'ava';
import fc from 'fast-check';
import { bytesField, integerField, protobufFields } from '../../src/codecs/protobuf-fields.ts';

test('fields of every wire type', (t) => {
  const bytes = Buffer.from([
    0x08, 0x96, 0x01, 0x12, 0x02, 0x68, 0x69, 0x19, 1, 2, 3, 4, 5, 6, 7, 8, 0x25, 1, 2, 3, 4,
  ]);
  t.deepEqual(protobufFields(bytes), [
    { number: 1, value: 150n },
    { number: 2, value: Buffer.from('hi') },
    { number: 3, value: Buffer.from([1, 2, 3, 4, 5, 6, 7, 8]) },
    { number: 4, value: Buffer.from([1, 2, 3, 4]) },
  ]);
});

test('the last of several fields counts, and what is missing has its default', (t) => {
  const fields = protobufFields(Buffer.from([0x08, 1, 0x08, 2, 0x12, 0]));
  t.is(integerField(fields, 1), 2);
  t.is(integerField(fields, 9), 0);
  t.deepEqual(bytesField(fields, 2), Buffer.alloc(0));
  t.is(bytesField(fields, 9), null);
  const minusOne = Buffer.from([0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]);
  t.is(integerField(protobufFields(minusOne), 1), -1);
});

test('what is no message is an error: cut short, without a field number, of a group', (t) => {
  for (const bytes of [
    [0x08],
    [0x08, 0x80],
    [0x12, 5, 1],
    [0x00, 1],
    [0x0b],
    [0x19, 1, 2],
    Buffer.from('<html>'),
  ])
    t.throws(() => protobufFields(Buffer.from(bytes)), { instanceOf: RangeError });
});

test('whatever the bytes, they are fields that cover them or an error', (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      try {
        for (const { number } of protobufFields(Buffer.from(bytes))) if (number < 1) return false;
        return true;
      } catch (error) {
        return error instanceof RangeError;
      }
    }),
  );
  t.pass();
});
