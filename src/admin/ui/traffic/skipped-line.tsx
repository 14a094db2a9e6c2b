import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { say } from '../parts/toasts.tsx';
import { lineId } from './record-line.tsx';
import type { SkippedRows } from './row-list.ts';
import { skippedText } from './row-text.ts';

/** A line in place of records that are stored and not in the list. */
export function SkippedLine({
  skipped,
  onFill,
}: {
  skipped: SkippedRows;
  onFill: (skipped: SkippedRows) => Promise<void>;
}): JSX.Element {
  const [isLoading, setLoading] = useState(false);
  const fill = async (): Promise<void> => {
    setLoading(true);
    try {
      await onFill(skipped);
    } catch (error) {
      say((error as Error).message, { isError: true });
    } finally {
      setLoading(false);
    }
  };
  return (
    <div role="row" id={lineId(skipped.row)} class="records-line records-skipped">
      <span class="records-notice-text" role="gridcell">
        <span aria-hidden="true">⋯ </span>
        {skippedText(skipped)}{' '}
        <button
          type="button"
          class="records-skipped-load"
          tabIndex={-1}
          disabled={isLoading}
          onClick={(event) => {
            event.stopPropagation();
            void fill();
          }}
        >
          {isLoading ? 'loading…' : 'show them'}
        </button>
      </span>
    </div>
  );
}
