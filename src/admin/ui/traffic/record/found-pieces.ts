import type { CodePiece } from './code-lines.ts';

/** A piece of a line, with whether it belongs to what was looked for. */
export interface FoundPiece extends CodePiece {
  readonly isFound: boolean;
}

/** Cuts the pieces of a line so that the characters from `start` to `end` are pieces of their own. */
export function foundPieces(pieces: readonly CodePiece[], start: number, end: number): readonly FoundPiece[] {
  let at = 0;
  return pieces.flatMap(({ kind, text }) => {
    const [from, to] = [Math.max(start - at, 0), Math.min(end - at, text.length)];
    at += text.length;
    if (from >= to) return [{ kind, text, isFound: false }];
    return [
      { kind, text: text.slice(0, from), isFound: false },
      { kind, text: text.slice(from, to), isFound: true },
      { kind, text: text.slice(to), isFound: false },
    ].filter((piece) => piece.text !== '');
  });
}
