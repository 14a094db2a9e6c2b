import test from 'ava';
import fc from 'fast-check';
import { bytesField, integerField, protobufFields } from '../../src/codecs/protobuf-fields.ts';
import { ProtobufWriter, sizeOfVarint } from '../../src/codecs/protobuf-writer.ts';

function written(write: (writer: ProtobufWriter) => void, size = 0): Buffer {
  const writer = new ProtobufWriter(Buffer.alloc(size));
  write(writer);
  return writer.buffer.subarray(0, writer.position);
}

test('fields of every wire type are read as they were written', (t) => {
  const bytes = written((writer) => {
    writer.varintField(1, 150);
    writer.textField(2, 'hi');
    writer.fixed64Field(3, 0x0807060504030201n);
    writer.fixed32Field(4, 0x04030201);
    writer.hexField(5, '00ff');
    writer.doubleField(16, 1.5);
  });
  const double = Buffer.alloc(8);
  double.writeDoubleLE(1.5);
  t.deepEqual(protobufFields(bytes), [
    { number: 1, value: 150n },
    { number: 2, value: Buffer.from('hi') },
    { number: 3, value: Buffer.from([1, 2, 3, 4, 5, 6, 7, 8]) },
    { number: 4, value: Buffer.from([1, 2, 3, 4]) },
    { number: 5, value: Buffer.from([0, 255]) },
    { number: 16, value: double },
  ]);
});

test('whatever number is written is what is read', (t) => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.maxSafeInteger(),
        fc.constantFrom(0, 127, 128, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53, -1, -(2 ** 53)),
      ),
      (value) => {
        const bytes = written((writer) => writer.varintField(1, value));
        t.is(integerField(protobufFields(bytes), 1), value);
      },
    ),
  );
});

test('a text of any length and characters, in messages within messages, in a buffer that is too small', (t) => {
  const text = fc.oneof(
    fc.string({ maxLength: 300 }),
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.constantFrom('\ud800', 'é'.repeat(64), 'x'.repeat(16_384), '😀'.repeat(5000)),
  );
  fc.assert(
    fc.property(text, fc.nat(400), (given, size) => {
      const bytes = written((writer) => {
        const outer = writer.open(1);
        const inner = writer.open(2);
        writer.textField(3, given);
        writer.close(inner);
        writer.varintField(4, 7);
        writer.close(outer);
        writer.varintField(5, 8);
      }, size);
      const fields = protobufFields(bytes);
      const outer = protobufFields(bytesField(fields, 1)!);
      const inner = protobufFields(bytesField(outer, 2)!);
      t.is(bytesField(inner, 3)!.toString('utf8'), given.toWellFormed());
      t.is(integerField(outer, 4), 7);
      t.is(integerField(fields, 5), 8);
    }),
  );
});

test('what was written behind a position is taken back', (t) => {
  const bytes = written((writer) => {
    writer.varintField(1, 1);
    const { position } = writer;
    writer.textField(2, 'x'.repeat(1000));
    writer.rewind(position);
    writer.varintField(3, 3);
  });
  t.deepEqual(protobufFields(bytes), [
    { number: 1, value: 1n },
    { number: 3, value: 3n },
  ]);
});

test('bytes of a length as a varint', (t) => {
  for (const [value, size] of [
    [0, 1],
    [127, 1],
    [128, 2],
    [16_383, 2],
    [16_384, 3],
    [2 ** 28 - 1, 4],
    [2 ** 28, 5],
  ] as const)
    t.is(sizeOfVarint(value), size);
});
