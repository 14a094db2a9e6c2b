import test from 'ava';
import fc from 'fast-check';
import { RecordSpace } from '../../src/records/record-space.ts';

test('texts lie side by side with their room, and nobody writes over another', (t) => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.string({ unit: 'grapheme', maxLength: 300 }),
          fc.integer({ min: 0, max: 60_000 }).map((length) => 'é'.repeat(length)),
        ),
        { maxLength: 40 },
      ),
      fc.integer({ min: 0, max: 100 }),
      (texts, room) => {
        const space = new RecordSpace(room);
        const placed = texts.map((text) => {
          const { bytes, before, roomBefore } = space.place(text, text.slice(0, 9));
          // Whoever frames a record fills all of its room.
          Buffer.from(bytes.buffer, bytes.byteOffset - roomBefore, room).fill(0xff);
          return { bytes, before };
        });
        return placed.every(
          ({ bytes, before }, index) =>
            bytes.toString() === texts[index] &&
            before.toString() === texts[index]!.slice(0, 9).toWellFormed(),
        );
      },
    ),
    { numRuns: 50 },
  );
  t.pass();
});

test('small records of a batch are one stretch of memory', (t) => {
  const space = new RecordSpace(10);
  const [first, second] = [space.place('first').bytes, space.place('second').bytes] as const;
  t.is(first.buffer, second.buffer);
  t.is(second.byteOffset - 10, first.byteOffset + first.length);
});
