import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { formatCount } from '../parts/format.ts';
import { Empty, Failure, Loading } from '../parts/states.tsx';
import { plainText } from '../parts/shown-text.ts';
import { treeMove, type TreeRow, treeRows } from './file-tree.ts';
import {
  editedPaths,
  expandedFolders,
  leftOut,
  loadTree,
  selectedPath,
  setExpanded,
  tree,
  treeError,
} from './files.ts';
import { running } from './running-program.ts';

/** The files of the program's folder as a tree: arrows move, Enter opens. */
export function FileTreeView({
  path,
  onOpen,
}: {
  /** Of the open file. */
  path: string | null;
  onOpen: (path: string) => void;
}): JSX.Element {
  const list = useRef<HTMLDivElement>(null);
  const files = tree.value;
  if (files === null)
    return treeError.value === null ? (
      <Loading what="the files" />
    ) : (
      <Failure title="The files cannot be listed" error={treeError.value} onRetry={() => void loadTree()} />
    );
  const rows = treeRows(files, expandedFolders.value);
  if (rows.length === 0)
    return (
      <Empty title="The folder is empty">
        <p>Make the first file with “New file”: a script such as hello.js.</p>
      </Empty>
    );
  const selected = selectedPath.value;
  const reachable = rows.some((row) => row.path === selected) ? selected : rows[0]!.path;
  const edited = new Set(editedPaths());
  const choose = (row: TreeRow): void => {
    selectedPath.value = row.path;
    if (row.isFolder) setExpanded(row.path, !row.isExpanded);
    else onOpen(row.path);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const row = rows.find((one) => one.path === reachable)!;
    if (event.key === 'Enter' || event.key === ' ') choose(row);
    else {
      const move = treeMove(rows, reachable, event.key);
      if (move === null) return;
      if (move.kind === 'select') {
        selectedPath.value = move.path;
        list.current!.querySelector<HTMLElement>(`[data-path="${CSS.escape(move.path)}"]`)?.focus();
      } else setExpanded(move.path, move.kind === 'expand');
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div class="file-list">
      <div class="file-tree" role="tree" aria-label="Files" ref={list} onKeyDown={onKeyDown}>
        {rows.map((row) => (
          <FileRow
            key={row.path}
            row={row}
            isSelected={row.path === selected}
            isOpen={row.path === path}
            isReachable={row.path === reachable}
            isRunning={running.value?.path === row.path}
            isEdited={edited.has(row.path)}
            onChoose={() => choose(row)}
          />
        ))}
      </div>
      {leftOut.value > 0 && (
        <p class="file-left-out muted">
          {formatCount(leftOut.value)} more are not shown: too many, too deep, or with odd names.
        </p>
      )}
    </div>
  );
}

function FileRow({
  row: { path, name, isFolder, isExpanded, level, position, neighbours },
  isSelected,
  isOpen,
  isReachable,
  isRunning,
  isEdited,
  onChoose,
}: {
  row: TreeRow;
  isSelected: boolean;
  isOpen: boolean;
  isReachable: boolean;
  isRunning: boolean;
  isEdited: boolean;
  onChoose: () => void;
}): JSX.Element {
  return (
    <div
      role="treeitem"
      class={`file-row ${isRunning ? 'file-row-running' : ''} ${isOpen ? 'file-row-open' : ''}`}
      data-path={path}
      aria-level={level}
      aria-posinset={position}
      aria-setsize={neighbours}
      aria-selected={isSelected}
      aria-expanded={isFolder ? isExpanded : undefined}
      aria-current={isOpen ? 'true' : undefined}
      tabIndex={isReachable ? 0 : -1}
      title={plainText(path)}
      style={{ paddingLeft: `${8 + (level - 1) * 14}px` }}
      onClick={onChoose}
    >
      <span class="file-icon" aria-hidden="true">
        {isFolder ? (isExpanded ? '▾' : '▸') : ''}
      </span>
      <span class="file-name">{plainText(name)}</span>
      {isEdited && <span class="file-mark">edited</span>}
      {isRunning && <span class="file-mark file-mark-running">running</span>}
    </div>
  );
}
