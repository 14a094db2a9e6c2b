import test from 'ava';
import fc from 'fast-check';
import { RecordSpace } from '../../src/records/record-space.ts';
import { FrameQueue } from '../../src/spool/frame-queue.ts';

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
        const space = new RecordSpace({ roomBefore: room, isReused: false });
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
  const space = new RecordSpace({ roomBefore: 10, isReused: false });
  const [first, second] = [space.place('first').bytes, space.place('second').bytes] as const;
  t.is(first.buffer, second.buffer);
  t.is(second.byteOffset - 10, first.byteOffset + first.length);
});

test('memory that is told as written is filled again, and none before', (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 21_000 }), fc.integer({ min: 0, max: 9 })), {
        minLength: 60,
        maxLength: 200,
      }),
      (given) => {
        const room = 84;
        const space = new RecordSpace({ roomBefore: room, isReused: true });
        let waiting: { readonly frame: Buffer; readonly text: string }[] = [];
        const memory = new Set<ArrayBufferLike>();
        for (const [index, [length, flushes]] of given.entries()) {
          const text = String.fromCharCode(97 + (index % 26)).repeat(length);
          const { bytes, roomBefore } = space.place(text, 'facts');
          memory.add(bytes.buffer);
          const frame = Buffer.from(bytes.buffer, bytes.byteOffset - roomBefore, roomBefore + bytes.length);
          waiting.push({ frame, text });
          if (flushes > 3) continue;
          for (const one of waiting) if (!one.frame.toString().endsWith(one.text)) return false;
          const queue = new FrameQueue();
          for (const { frame: written } of waiting) queue.add(written);
          space.written(queue.takeAll());
          waiting = [];
        }
        const chunks = [...memory].filter(({ byteLength }) => byteLength === 256 * 1024).length;
        // What is placed fills far more than what is ever waiting.
        return waiting.length > 30 || chunks < 14;
      },
    ),
    { numRuns: 60 },
  );
  t.pass();
});
