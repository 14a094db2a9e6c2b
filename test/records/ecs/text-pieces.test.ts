import test from 'ava';
import fc from 'fast-check';
import { TextPieces } from '../../../src/records/ecs/text-pieces.ts';

test('puts together what was put, whatever came before', (t) => {
  const out = new TextPieces();
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.string({ maxLength: 4 }), { maxLength: 300 }), { maxLength: 5 }),
      (texts) => {
        for (const pieces of texts) {
          for (const piece of pieces) out.put(piece);
          if (out.take() !== pieces.join('')) return false;
        }
        return true;
      },
    ),
  );
  t.is(out.take(), '');
});
