import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Shown } from '../../parts/shown.tsx';
import type { DiffRow } from './diff-rows.ts';

const PAGE_ROWS = 1000;
const MAX_LINE = 4000;
const SIGNS = { same: ' ', removed: '−', added: '+' } as const;
const MEANINGS = { same: '', removed: 'only in A: ', added: 'only in B: ' } as const;

/** Lines of both texts, the different ones marked by sign and colour. */
export function DiffTable({ rows, label }: { rows: readonly DiffRow[]; label: string }): JSX.Element {
  const [pages, setPages] = useState(1);
  const shown = rows.slice(0, PAGE_ROWS * pages);
  return (
    <>
      <div class="diff" role="region" aria-label={label} tabIndex={0}>
        {shown.map((row, index) =>
          row.kind === 'folded' ? (
            <div key={index} class="diff-folded">
              {row.count} equal lines
            </div>
          ) : (
            <div key={index} class={`diff-line diff-${row.kind}`}>
              <span class="diff-number" data-line={row.leftNumber ?? ''} />
              <span class="diff-number" data-line={row.rightNumber ?? ''} />
              <span aria-hidden="true">{SIGNS[row.kind]}</span>
              <span class="diff-text">
                <span class="only-for-readers">{MEANINGS[row.kind]}</span>
                <Shown text={row.text} maxLength={MAX_LINE} />
              </span>
            </div>
          ),
        )}
      </div>
      {shown.length < rows.length && (
        <p class="code-more">
          <span>
            {shown.length} of {rows.length} lines are shown.
          </span>
          <button type="button" class="button" onClick={() => setPages(pages + 1)}>
            Show more
          </button>
        </p>
      )}
    </>
  );
}
