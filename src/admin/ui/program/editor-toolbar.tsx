import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Dialog } from '../parts/dialog.tsx';
import { plainText } from '../parts/shown-text.ts';
import { DeleteDialog } from './delete-dialog.tsx';
import { entryAt } from './file-tree.ts';
import { openFileAt, openings, save, selectedPath, tree } from './files.ts';
import { NewFileDialog } from './new-file-dialog.tsx';
import { isEdited } from './open-file.ts';
import { running, start, stop, undertaking } from './running-program.ts';
import { UndertakingLine } from './undertaking-line.tsx';

type Open = 'none' | 'new' | 'delete' | 'unsaved';

/** What can be done with the files and the program. */
export function EditorToolbar({
  path,
  hasConsole,
  onConsole,
  onOpen,
  onClose,
}: {
  /** Of the open file. */
  path: string | null;
  hasConsole: boolean;
  onConsole: (isShown: boolean) => void;
  onOpen: (path: string) => void;
  /** The open file is gone. */
  onClose: () => void;
}): JSX.Element {
  const [dialog, setDialog] = useState<Open>('none');
  /** What the question about unsaved changes is about. */
  const [wanted, setWanted] = useState('');
  const known = running.value;
  const runningPath = known?.path ?? null;
  const file = path === null ? null : openFileAt(path);
  // Read, so that this view follows it.
  void openings.value;
  const hasEdits = file !== null && isEdited(file);
  const canSave = hasEdits && file.state.kind === 'quiet';
  const isBusy = undertaking.value.kind === 'starting' || undertaking.value.kind === 'stopping';
  const selected = selectedPath.value;
  const deletable =
    selected !== null && tree.value !== null && entryAt(tree.value, selected) === '' ? selected : null;
  const isBuiltIn = deletable !== null && known?.source === 'built-in' && runningPath === deletable;
  const run = (toStart: string): void => {
    onConsole(true);
    void start(toStart);
  };
  const askOrRun = (toStart: string): void => {
    const open = openFileAt(toStart);
    if (open === null || !isEdited(open)) return run(toStart);
    setWanted(toStart);
    setDialog('unsaved');
  };
  return (
    <>
      <div class="program-tools" role="toolbar" aria-label="Files and program">
        <Tool title="Make a new file" name="New file" onClick={() => setDialog('new')} />
        <Tool
          title={deletable === null ? 'Delete the selected file' : `Delete ${plainText(deletable)}`}
          name="Delete"
          isDisabled={deletable === null}
          onClick={() => setDialog('delete')}
        />
        <Tool
          title="Save the open file (Ctrl+S)"
          name={file?.state.kind === 'saving' ? 'Saving…' : 'Save'}
          isMain={canSave}
          isDisabled={!canSave}
          onClick={() => void save(path!)}
        />
        <span class="program-tools-gap" />
        <Tool
          title="Run the open script in the place of what runs"
          name="Start"
          isDisabled={
            isBusy || path === null || file === null || !path.endsWith('.js') || path === runningPath
          }
          onClick={() => askOrRun(path!)}
        />
        <Tool
          title="Stop what runs: its ports are closed, open connections end by themselves"
          name="Stop"
          isDisabled={isBusy || runningPath === null}
          onClick={() => void stop()}
        />
        <Tool
          title="Load what runs anew, as it is saved"
          name="Restart"
          isDisabled={isBusy || runningPath === null}
          onClick={() => askOrRun(runningPath!)}
        />
        <span class="program-tools-gap" />
        <Tool
          title={hasConsole ? 'Hide the console' : 'Show the console'}
          name="Console"
          isPressed={hasConsole}
          onClick={() => onConsole(!hasConsole)}
        />
      </div>
      <UndertakingLine />
      {dialog === 'new' && (
        <NewFileDialog
          onClose={() => setDialog('none')}
          onMade={(made) => {
            setDialog('none');
            onOpen(made);
          }}
        />
      )}
      {dialog === 'delete' && deletable !== null && (
        <DeleteDialog
          path={deletable}
          isBuiltIn={isBuiltIn}
          onClose={() => setDialog('none')}
          onDeleted={() => {
            setDialog('none');
            if (deletable === path) onClose();
          }}
        />
      )}
      {dialog === 'unsaved' && (
        <Dialog title="There are changes that are not saved" onClose={() => setDialog('none')}>
          <p>What is started is the file as it is saved, and {plainText(wanted)} has changes that are not.</p>
          <div class="dialog-actions">
            <button type="button" class="button" onClick={() => setDialog('none')}>
              Cancel
            </button>
            <button
              type="button"
              class="button"
              onClick={() => {
                setDialog('none');
                run(wanted);
              }}
            >
              Start as saved
            </button>
            <button
              type="button"
              class="button button-main"
              autofocus
              onClick={() => {
                setDialog('none');
                void save(wanted).then((isSaved) => {
                  if (isSaved) run(wanted);
                });
              }}
            >
              Save and start
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}

function Tool({
  name,
  title,
  isDisabled = false,
  isMain = false,
  isPressed,
  onClick,
}: {
  name: string;
  title: string;
  isDisabled?: boolean;
  isMain?: boolean;
  isPressed?: boolean;
  onClick: () => void;
}): JSX.Element {
  return (
    <button
      type="button"
      class={`button ${isMain ? 'button-main' : ''}`}
      title={title}
      disabled={isDisabled}
      aria-pressed={isPressed}
      onClick={onClick}
    >
      {name}
    </button>
  );
}
