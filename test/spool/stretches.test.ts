import test from 'ava';
import fc from 'fast-check';
import { stretches } from '../../src/spool/stretches.ts';

test('the pieces are the frames, in order, and as few as memory allows', (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat({ max: 20 }), fc.boolean()), { minLength: 1, maxLength: 60 }),
      (given) => {
        const memory = Buffer.from(Array.from({ length: 2000 }, (_, index) => index % 251));
        let at = 0;
        let gaps = 0;
        const frames = given.map(([length, hasGap]) => {
          if (hasGap) {
            at += 3;
            gaps++;
          }
          return memory.subarray(at, (at += length + 1));
        });
        const pieces = stretches(frames);
        const isWhole = Buffer.concat(pieces).equals(Buffer.concat(frames));
        const expected = gaps + (given[0]![1] ? 0 : 1);
        return isWhole && pieces.length === (expected > 16 ? 1 : expected);
      },
    ),
  );
  t.deepEqual(stretches([]), []);
});
