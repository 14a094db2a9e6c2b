import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { RequestError } from '../api/request.ts';
import { Empty, Failure, Loading } from '../parts/states.tsx';
import { plainText } from '../parts/shown-text.ts';
import { CodePane } from './code-pane.tsx';
import { ConflictDialog } from './conflict-dialog.tsx';
import { change, loadTree, openings, reopen, save } from './files.ts';
import { isEdited, type OpenFile } from './open-file.ts';
import { ProblemList } from './problem-list.tsx';
import { running } from './running-program.ts';
import { showSource } from './show-source.ts';
import type { ScriptCheck } from './use-script-check.ts';

/** A file in the editor, whatever state it is in. */
export function FilePane({ path, check }: { path: string; check: ScriptCheck }): JSX.Element {
  const opening = openings.value.get(path);
  switch (opening?.kind) {
    case undefined:
    case 'loading':
      return <Loading what={plainText(path)} />;
    case 'missing':
      return (
        <Empty title={`There is no file ${plainText(path)}`}>
          <p>It was deleted or renamed, or the address is old. Choose a file of the tree.</p>
          <button
            type="button"
            class="button"
            onClick={() => {
              void loadTree();
              void reopen(path);
            }}
          >
            Look again
          </button>
        </Empty>
      );
    case 'failed':
      return (
        <Failure
          title={`${plainText(path)} cannot be opened`}
          error={withAdvice(opening.error)}
          onRetry={() => void reopen(path)}
        />
      );
    case 'open':
      return <OpenFilePane path={path} file={opening.file} check={check} />;
  }
}

function OpenFilePane({
  path,
  file,
  check,
}: {
  path: string;
  file: OpenFile;
  check: ScriptCheck;
}): JSX.Element {
  const [isComparing, setComparing] = useState(false);
  const { state } = file;
  const isRefused = state.kind === 'overtaken' && state.isRefused;
  const isBuiltIn = running.value?.source === 'built-in' && running.value.path === path;
  return (
    <div class="program-column">
      {isBuiltIn && (
        <p class="program-note">
          The built-in program runs. Saving here makes a copy of yours in the data directory (folder program);
          start or restart it to run your copy.
        </p>
      )}
      {state.kind === 'overtaken' && (
        <Overtaken path={path} file={file} onCompare={() => setComparing(true)} />
      )}
      <div class="program-rest">
        <CodePane path={path} text={file.text} problems={check.problems} />
      </div>
      <ProblemList
        problems={check.problems}
        onOpen={(problem) => showSource({ ...problem, file: path }, path)}
      />
      {state.kind === 'overtaken' && state.theirs !== 'deleted' && (isRefused || isComparing) && (
        <ConflictDialog
          path={path}
          mine={file.text}
          theirs={state.theirs.text}
          onLater={() => {
            setComparing(false);
            change(path, { kind: 'later' });
          }}
          onDecide={(event) => {
            setComparing(false);
            change(path, event);
            if (event.kind !== 'takeTheirs') void save(path);
          }}
        />
      )}
    </div>
  );
}

/** Says that somebody else has changed the file, and offers what can be done. */
function Overtaken({
  path,
  file,
  onCompare,
}: {
  path: string;
  file: OpenFile;
  onCompare: () => void;
}): JSX.Element | null {
  if (file.state.kind !== 'overtaken') return null;
  if (file.state.theirs === 'deleted')
    return (
      <p class="program-note program-note-warning" role="alert">
        <span>{plainText(path)} was deleted elsewhere. What you see is only here.</span>
        <button
          type="button"
          class="button"
          onClick={() => {
            change(path, { kind: 'keepMine' });
            void save(path);
          }}
        >
          Save it anew
        </button>
      </p>
    );
  return (
    <p class="program-note program-note-warning" role="alert">
      <span>
        {plainText(path)} was changed elsewhere
        {isEdited(file) ? ', and here: saving waits until you have decided.' : '.'}
      </span>
      {isEdited(file) ? (
        <button type="button" class="button" onClick={onCompare}>
          Compare both
        </button>
      ) : (
        <button type="button" class="button" onClick={() => change(path, { kind: 'takeTheirs' })}>
          Reload it
        </button>
      )}
    </p>
  );
}

function withAdvice(error: unknown): unknown {
  if (!(error instanceof RequestError)) return error;
  if (error.status === 413) return `${error.message} Open it with an editor on the machine of the gateway.`;
  if (error.status === 415) return `${error.message} Scripts can still read it.`;
  return error;
}
