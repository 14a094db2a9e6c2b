import type { JSX } from 'preact';
import { shownText } from './shown-text.ts';

/** Text of a record: hostile until shown by this. Long text is cut, and says so. */
export function Shown({ text, maxLength = 2000 }: { text: string; maxLength?: number }): JSX.Element {
  const { pieces, isCut } = shownText(text, maxLength);
  return (
    // Isolated, so that letters written from right to left move nothing around them.
    <bdi>
      {pieces.map((piece, index) =>
        piece.isHidden ? (
          <span key={index} class="hidden-character" title="A character that cannot be shown">
            {piece.text}
          </span>
        ) : (
          piece.text
        ),
      )}
      {isCut && <span class="muted">…</span>}
    </bdi>
  );
}
