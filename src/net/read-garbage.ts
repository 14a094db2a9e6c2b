import * as v8 from 'node:v8';
import * as vm from 'node:vm';

/**
 * Every read of a socket makes a buffer of up to 64 KiB outside the heap. V8 lets some 64 MiB of them gather before it looks;
 * a small collection each time this much was read keeps large bodies within the memory budget. One takes well under a millisecond
 * on the heap of a data thread, and small exchanges hardly ever come to it.
 */
const COLLECT_EVERY_BYTES = 8 * 1024 * 1024;

const collect = minorCollector();
let bytesSinceCollection = 0;

/** A socket of this thread has read so many bytes. */
export function noteRead(bytes: number): void {
  bytesSinceCollection += bytes;
  if (bytesSinceCollection < COLLECT_EVERY_BYTES) return;
  bytesSinceCollection = 0;
  collect();
}

function minorCollector(): () => void {
  v8.setFlagsFromString('--expose-gc');
  const gc = vm.runInNewContext('gc') as (options: { type: 'minor' }) => void;
  return () => gc({ type: 'minor' });
}
