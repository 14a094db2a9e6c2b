import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Dialog } from '../parts/dialog.tsx';
import { plainText } from '../parts/shown-text.ts';
import { say } from '../parts/toasts.tsx';
import { editedPaths, removeFile } from './files.ts';
import { running } from './running-program.ts';

/** Asks before a file is deleted. */
export function DeleteDialog({
  path,
  isBuiltIn,
  onClose,
  onDeleted,
}: {
  path: string;
  /** It stands for the built-in program: only a copy of it can be deleted. */
  isBuiltIn: boolean;
  onClose: () => void;
  onDeleted: () => void;
}): JSX.Element {
  const [fault, setFault] = useState('');
  const name = plainText(path);
  const onDelete = async (): Promise<void> => {
    try {
      const wasThere = await removeFile(path);
      say(wasThere ? `Deleted ${name}` : `${name} was gone already`);
      onDeleted();
    } catch (error) {
      setFault((error as Error).message);
    }
  };
  return (
    <Dialog title={`Delete ${name}?`} onClose={onClose}>
      <p>
        {isBuiltIn
          ? 'Your copy of the built-in program is deleted, if you have saved one; the built-in one stays.'
          : 'It cannot be brought back.'}
        {running.value?.path === path &&
          !isBuiltIn &&
          ' It is the script that runs: it goes on until it is stopped.'}
        {editedPaths().includes(path) && ' Changes that are not saved are lost, too.'}
      </p>
      <p class="program-fault" role="alert">
        {fault}
      </p>
      <div class="dialog-actions">
        <button type="button" class="button" autofocus onClick={onClose}>
          Cancel
        </button>
        <button type="button" class="button program-danger" onClick={() => void onDelete()}>
          Delete
        </button>
      </div>
    </Dialog>
  );
}
