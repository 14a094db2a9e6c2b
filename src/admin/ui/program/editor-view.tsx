import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { connection } from '../api/connection.ts';
import { go } from '../location.ts';
import { Split } from '../parts/split.tsx';
import { Empty } from '../parts/states.tsx';
import { ConsoleView } from './console-view.tsx';
import { EditedChart } from './edited-chart.tsx';
import { EditorToolbar } from './editor-toolbar.tsx';
import { FilePane } from './file-pane.tsx';
import { FileTreeView } from './file-tree-view.tsx';
import { loadTree, lookAt, openFile, reveal, save, selectedPath } from './files.ts';
import { addressOf, type ProgramPlace } from './program-route.ts';
import { running } from './running-program.ts';
import { jumpTo, showSource } from './show-source.ts';
import { useMedia } from '../parts/use-media.ts';
import { useScriptCheck } from './use-script-check.ts';

const LOOK_MS = 4000;

/** What is shown where there is not room for all. */
type Pane = 'files' | 'code' | 'chart';

/** The files of the program's folder: to see, change and run them. */
export function EditorView({ place }: { place: ProgramPlace & { part: 'editor' } }): JSX.Element {
  const { path } = place;
  const [hasConsole, setConsole] = useState(() => sessionStorage.getItem('program console') === 'shown');
  const [pane, setPane] = useState<Pane>(path === null ? 'files' : 'code');
  const isNarrow = useMedia('(max-width: 640px)');
  const isWide = useMedia('(min-width: 1100px)');
  const epoch = connection.epoch.value;
  const showConsole = (isShown: boolean): void => {
    setConsole(isShown);
    sessionStorage.setItem('program console', isShown ? 'shown' : 'hidden');
  };
  useEffect(() => void loadTree(), [epoch]);
  useOpenPath(place, epoch, () => setPane('code'));
  useSaveKey(path);
  const check = useScriptCheck(path);
  const open = (to: string): void => {
    go(addressOf({ part: 'editor', path: to, line: null, column: null }));
    setPane('code');
  };
  const tree = <FileTreeView path={path} onOpen={open} />;
  const code =
    path === null ? (
      <Empty title="No file is open">
        <p>Choose a file, or make a new one.</p>
      </Empty>
    ) : (
      <FilePane path={path} check={check} />
    );
  const chart = (
    <EditedChart path={path} check={check} onOpen={(box) => path !== null && showSource(box, path)} />
  );
  const middle = isWide ? (
    <Split direction="columns" name="the chart" sized="second" size={380} minSize={200}>
      {[code, chart]}
    </Split>
  ) : pane === 'chart' ? (
    chart
  ) : (
    code
  );
  const panes = isNarrow ? (
    pane === 'files' ? (
      tree
    ) : (
      middle
    )
  ) : (
    <Split direction="columns" name="the file tree" sized="first" size={200}>
      {[tree, middle]}
    </Split>
  );
  return (
    <div class="program-column">
      <EditorToolbar
        path={path}
        hasConsole={hasConsole}
        onConsole={showConsole}
        onOpen={open}
        onClose={() => go(addressOf({ part: 'editor', path: null, line: null, column: null }))}
      />
      {!isWide && (
        <PaneSwitch
          pane={!isNarrow && pane === 'files' ? 'code' : pane}
          hasFiles={isNarrow}
          onPane={setPane}
        />
      )}
      <div class="program-rest">
        {hasConsole ? (
          <Split direction="rows" name="the console" sized="second" size={200} minSize={80}>
            {[panes, <ConsoleView onClose={() => showConsole(false)} />]}
          </Split>
        ) : (
          panes
        )}
      </div>
    </div>
  );
}

/** Opens what the address names; without a name, what runs, or stays. */
function useOpenPath(place: ProgramPlace & { part: 'editor' }, epoch: number, onOpen: () => void): void {
  const { path, line, column } = place;
  const runningPath = running.value?.path ?? null;
  useEffect(() => {
    if (path !== null) {
      reveal(path);
      void openFile(path);
      onOpen();
    } else if (runningPath !== null && selectedPath.value === null) {
      const address = addressOf({ part: 'editor', path: runningPath, line: null, column: null });
      go(address, { isReplacing: true });
    }
  }, [path, runningPath]);
  useEffect(() => jumpTo(place), [path, line, column]);
  useEffect(() => {
    if (path === null) return;
    const look = (): void => {
      if (!document.hidden) void lookAt(path);
    };
    look();
    const timer = setInterval(look, LOOK_MS);
    addEventListener('focus', look);
    return () => {
      clearInterval(timer);
      removeEventListener('focus', look);
    };
  }, [path, epoch]);
}

/** Ctrl+S and Cmd+S, wherever the focus is. */
function useSaveKey(path: string | null): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 's' || event.altKey) return;
      event.preventDefault();
      // The editor has done it.
      if (event.target instanceof Element && event.target.closest('.cm-editor, dialog') !== null) return;
      if (path !== null) void save(path);
    };
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, [path]);
}

function PaneSwitch({
  pane,
  hasFiles,
  onPane,
}: {
  pane: Pane;
  hasFiles: boolean;
  onPane: (pane: Pane) => void;
}): JSX.Element {
  const panes: readonly [Pane, string][] = [
    ...(hasFiles ? ([['files', 'Files']] as [Pane, string][]) : []),
    ['code', 'Code'],
    ['chart', 'Chart'],
  ];
  return (
    <div class="program-switch" role="group" aria-label="What is shown">
      {panes.map(([id, title]) => (
        <button
          key={id}
          type="button"
          class="button button-plain"
          aria-pressed={pane === id}
          onClick={() => onPane(id)}
        >
          {title}
        </button>
      ))}
    </div>
  );
}
