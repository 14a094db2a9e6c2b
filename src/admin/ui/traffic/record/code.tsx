import type { JSX } from 'preact';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { formatBytes } from '../../parts/format.ts';
import { shownText } from '../../parts/shown-text.ts';
import { type CodeLanguage, type CodePiece, codePage } from './code-lines.ts';
import { type CodeWindow, FROM_START, lineAt, windowAt } from './code-window.ts';
import { foundPieces } from './found-pieces.ts';

/** A stretch of the text that somebody looks for. */
export interface CodeFound {
  readonly offset: number;
  readonly length: number;
}

/** Text of a record with line numbers, as much of it at once as a browser draws without stopping. */
export function Code({
  text,
  language = 'plain',
  isWrapped = true,
  found = null,
  label,
}: {
  text: string;
  language?: CodeLanguage;
  isWrapped?: boolean;
  /** Is drawn, marked, and scrolled to. */
  found?: CodeFound | null;
  /** For screen readers. */
  label: string;
}): JSX.Element {
  const [window, setWindow] = useState<CodeWindow>(FROM_START);
  const [pages, setPages] = useState(1);
  const element = useRef<HTMLDivElement>(null);
  const { from, firstLine } = window;
  const page = useMemo(() => codePage(text.slice(from), language, pages), [text, from, language, pages]);
  const end = from + page.shownLength;
  if (found !== null && (found.offset < from || found.offset + found.length > end)) {
    const next = windowAt(text, found.offset);
    if (next.from !== from || pages !== 1) {
      setWindow(next);
      setPages(1);
    }
  }
  useLayoutEffect(() => {
    if (found !== null) element.current!.querySelector('.code-found')?.scrollIntoView({ block: 'center' });
  }, [found, from, pages]);
  const foundLine = found === null || found.offset < from ? -1 : lineAt(text, found.offset) - firstLine;
  const width = `${String(firstLine + page.lines.length).length + 1}ch`;
  const show = (next: CodeWindow, count: number): void => {
    setWindow(next);
    setPages(count);
  };
  return (
    <>
      {from > 0 && (
        <p class="code-more">
          <span>It begins {formatBytes(from)} before.</span>
          <button type="button" class="button" onClick={() => show(FROM_START, 1)}>
            Show the beginning
          </button>
        </p>
      )}
      <div
        class="code"
        ref={element}
        role="region"
        aria-label={label}
        tabIndex={0}
        data-wrapped={isWrapped}
        style={{ '--code-numbers': width }}
      >
        {page.lines.map((pieces, index) => (
          <div key={index} class="code-line" data-line={firstLine + index}>
            <span class="code-text">
              {index === foundLine
                ? drawnFound(pieces, columnOf(text, from, found!.offset), found!.length)
                : pieces.map((piece, at) => drawn(piece, at))}
            </span>
          </div>
        ))}
      </div>
      {!page.isWhole && (
        <p class="code-more">
          <span>
            {formatBytes(page.shownLength)} of {formatBytes(text.length)} are shown.
          </span>
          <button type="button" class="button" onClick={() => setPages(pages + 1)}>
            Show more
          </button>
          <button type="button" class="button button-plain" onClick={() => setPages(pages * 8)}>
            Show much more
          </button>
        </p>
      )}
    </>
  );
}

/** Characters of its line before an offset, of those that are drawn. */
function columnOf(text: string, from: number, offset: number): number {
  return offset - Math.max(from, text.lastIndexOf('\n', offset - 1) + 1);
}

function drawnFound(pieces: readonly CodePiece[], column: number, length: number): JSX.Element[] {
  return foundPieces(pieces, column, column + length).map((piece, at) =>
    piece.isFound ? (
      <mark key={at} class="code-found">
        {drawn(piece, 0)}
      </mark>
    ) : (
      <span key={at}>{drawn(piece, 0)}</span>
    ),
  );
}

function drawn({ kind, text }: CodePiece, key: number): JSX.Element | string {
  const { pieces } = shownText(text);
  if (kind === 'plain' && pieces.length === 1 && !pieces[0]!.isHidden) return text;
  return (
    <span key={key} class={kind === 'plain' ? undefined : `code-${kind}`}>
      {pieces.map((piece, at) =>
        piece.isHidden ? (
          <span key={at} class="hidden-character" title="A character that cannot be shown">
            {piece.text}
          </span>
        ) : (
          piece.text
        ),
      )}
    </span>
  );
}
