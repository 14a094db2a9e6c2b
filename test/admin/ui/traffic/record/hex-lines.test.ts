import test from 'ava';
import { hexLines } from '../../../../../src/admin/ui/traffic/record/hex-lines.ts';

test('rows of sixteen bytes', (t) => {
  const bytes = Uint8Array.from([...Buffer.from('Hello, Tapline!'), 0, 255]);
  t.deepEqual(hexLines(bytes, 100), [
    { offset: 0, hex: '48 65 6c 6c 6f 2c 20 54  61 70 6c 69 6e 65 21 00', ascii: 'Hello, Tapline!.' },
    { offset: 16, hex: 'ff', ascii: '.' },
  ]);
  t.is(hexLines(new Uint8Array(1000), 64).length, 4);
  t.deepEqual(hexLines(new Uint8Array(), 64), []);
});
