import test from 'ava';
import fc from 'fast-check';
import { FrameQueue } from '../../src/spool/frame-queue.ts';

/** Frames in one piece of memory, with a gap before some of them. */
const frames = fc
  .array(fc.tuple(fc.nat({ max: 20 }), fc.boolean()), { minLength: 1, maxLength: 60 })
  .map((given) => {
    const memory = Buffer.from(Array.from({ length: 2000 }, (_, index) => index % 251));
    let at = 0;
    return given.map(([length, hasGap], index) => {
      if (hasGap && index > 0) at += 3;
      return { frame: memory.subarray(at, (at += length + 1)), beginsPiece: hasGap || index === 0 };
    });
  });

test('what is taken is what was added, in as few pieces as memory allows', (t) => {
  fc.assert(
    fc.property(frames, (given) => {
      const queue = new FrameQueue();
      for (const { frame } of given) queue.add(frame);
      const all = Buffer.concat(given.map(({ frame }) => frame));
      const isCounted = queue.bytes === all.length;
      const pieces = queue.takeAll();
      const expected = given.filter(({ beginsPiece }) => beginsPiece).length;
      return (
        isCounted &&
        Buffer.concat(pieces).equals(all) &&
        pieces.length === expected &&
        queue.isEmpty &&
        queue.bytes === 0
      );
    }),
  );
  t.deepEqual(new FrameQueue().takeAll(), []);
});

test('what is put back comes before what has come since, and the oldest is dropped first', (t) => {
  fc.assert(
    fc.property(frames, frames, (first, second) => {
      const queue = new FrameQueue();
      for (const { frame } of first) queue.add(frame);
      const pieces = queue.takeAll();
      for (const { frame } of second) queue.add(frame);
      queue.putBack(pieces);
      const expected = Buffer.concat([...first, ...second].map(({ frame }) => frame));
      let isCounted = queue.bytes === expected.length;
      const dropped: Buffer[] = [];
      for (let piece = queue.dropOldest(); piece !== null; piece = queue.dropOldest()) {
        dropped.push(piece);
        isCounted &&= queue.bytes === expected.length - Buffer.concat(dropped).length;
      }
      return isCounted && Buffer.concat(dropped).equals(expected) && queue.isEmpty;
    }),
  );
  t.is(new FrameQueue().dropOldest(), null);
});
