import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Dialog } from '../parts/dialog.tsx';
import { entryAt, folderOf, newFilePath } from './file-tree.ts';
import { createFile, selectedPath, tree } from './files.ts';

/** Asks for the name of a new file, relative to the selected folder. */
export function NewFileDialog({
  onClose,
  onMade,
}: {
  onClose: () => void;
  onMade: (path: string) => void;
}): JSX.Element {
  const [fault, setFault] = useState('');
  const files = tree.value ?? {};
  const selected = selectedPath.value ?? '';
  const entry = entryAt(files, selected);
  const folder = entry === '' || entry === undefined ? folderOf(selected) : selected;
  const onSubmit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const name = new FormData(event.target as HTMLFormElement).get('name') as string;
    const wanted = newFilePath(files, folder, name);
    if ('fault' in wanted) {
      setFault(wanted.fault);
      return;
    }
    try {
      await createFile(wanted.path);
      onMade(wanted.path);
    } catch (error) {
      setFault((error as Error).message);
    }
  };
  return (
    <Dialog title="New file" onClose={onClose}>
      <form class="program-form" onSubmit={(event) => void onSubmit(event)}>
        <label>
          Name, in {folder === '' ? 'the folder of the program' : folder}
          <input
            class="field"
            name="name"
            placeholder="hello.js"
            autocomplete="off"
            spellcheck={false}
            autofocus
            aria-invalid={fault !== ''}
            aria-describedby="new-file-fault"
            onInput={() => setFault('')}
          />
        </label>
        <p id="new-file-fault" class="program-fault" role="alert">
          {fault}
        </p>
        <div class="dialog-actions">
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="button button-main">
            Create
          </button>
        </div>
      </form>
    </Dialog>
  );
}
