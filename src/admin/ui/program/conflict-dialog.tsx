import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Dialog } from '../parts/dialog.tsx';
import { plainText } from '../parts/shown-text.ts';
import type { Merge } from './code-merge.ts';
import { loadCode } from './code-pane.tsx';
import type { OpenFileEvent } from './open-file.ts';

/** Both texts of a file that two have changed, side by side; nothing is lost until somebody says so. */
export function ConflictDialog({
  path,
  mine,
  theirs,
  onLater,
  onDecide,
}: {
  path: string;
  mine: string;
  theirs: string;
  onLater: () => void;
  onDecide: (event: OpenFileEvent) => void;
}): JSX.Element {
  const parent = useRef<HTMLDivElement>(null);
  const merge = useRef<Merge | null>(null);
  const [fault, setFault] = useState('');
  useEffect(() => {
    let isClosed = false;
    loadCode().then(
      ({ openMerge }) => {
        if (!isClosed) merge.current = openMerge(parent.current!, path, theirs, mine);
      },
      (error: unknown) => setFault(`The texts cannot be shown: ${String(error)}`),
    );
    return () => {
      isClosed = true;
      merge.current?.close();
      merge.current = null;
    };
    // What is edited on the right side stays while the dialog is open.
  }, [path, theirs]);
  return (
    <Dialog title={`${plainText(path)} was changed elsewhere, too`} onClose={onLater}>
      <div class="conflict">
        <p class="muted">
          Left is what the gateway has now, right is yours. The arrows take a change over; the right side can
          be edited.
        </p>
        <p class="program-fault" role="alert">
          {fault}
        </p>
        <div class="conflict-scroll">
          <div class="conflict-heads" aria-hidden="true">
            <span>Theirs</span>
            <span>Mine</span>
          </div>
          <div class="conflict-texts" ref={parent} />
        </div>
        <div class="dialog-actions">
          <button type="button" class="button" onClick={onLater}>
            Decide later
          </button>
          <button
            type="button"
            class="button"
            title="My text is dropped"
            onClick={() => onDecide({ kind: 'takeTheirs' })}
          >
            Take theirs
          </button>
          <button
            type="button"
            class="button"
            title="My text as it was is saved over theirs"
            onClick={() => onDecide({ kind: 'keepMine' })}
          >
            Keep mine
          </button>
          <button
            type="button"
            class="button button-main"
            title="The right side, as edited here, is saved over theirs"
            onClick={() => onDecide({ kind: 'merged', text: merge.current?.text() ?? mine })}
          >
            Save the right side
          </button>
        </div>
      </div>
    </Dialog>
  );
}
