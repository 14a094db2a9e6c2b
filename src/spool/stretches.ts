/** More pieces than this are cheaper to copy together than to write one by one. */
const MAX_PIECES = 16;

/** Frames as few pieces of memory: those that lie side by side are one, without a copy. */
export function stretches(frames: readonly Buffer[]): Buffer[] {
  const pieces: Buffer[] = [];
  let first = 0;
  let bytes = 0;
  for (let index = 0; index < frames.length; index++) {
    const frame = frames[index]!;
    const next = frames[index + 1];
    bytes += frame.length;
    if (next?.buffer === frame.buffer && next.byteOffset === frame.byteOffset + frame.length) continue;
    const start = frames[first]!;
    pieces.push(first === index ? start : Buffer.from(start.buffer, start.byteOffset, bytes));
    first = index + 1;
    bytes = 0;
  }
  return pieces.length > MAX_PIECES ? [Buffer.concat(pieces)] : pieces;
}
