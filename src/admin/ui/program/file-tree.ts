/** The files of the program's folder as the gateway tells them: `""` is a file, an object a folder (spec cli 7.1). */
export interface FileTree {
  readonly [name: string]: '' | FileTree;
}

/** A line of the tree as it is shown. */
export interface TreeRow {
  /** With a leading slash. */
  readonly path: string;
  readonly name: string;
  readonly isFolder: boolean;
  readonly isExpanded: boolean;
  /** From 1. */
  readonly level: number;
  /** Place among its neighbours, from 1, and how many they are. */
  readonly position: number;
  readonly neighbours: number;
}

/** What a key does in a tree. */
export type TreeMove =
  | { readonly kind: 'select'; readonly path: string }
  | { readonly kind: 'expand' | 'collapse'; readonly path: string };

/** The rows that are visible: names sorted, folders first, what is in folders that are not expanded left out. */
export function treeRows(tree: FileTree, expanded: ReadonlySet<string>): TreeRow[] {
  const rows: TreeRow[] = [];
  const walk = (folder: FileTree, parent: string, level: number): void => {
    const names = Object.keys(folder).sort(
      (left, right) =>
        Number(folder[left] === '') - Number(folder[right] === '') ||
        left.localeCompare(right, 'en', { numeric: true }),
    );
    for (const [index, name] of names.entries()) {
      const path = `${parent}/${name}`;
      const entry = folder[name]!;
      const isFolder = entry !== '';
      const isExpanded = isFolder && expanded.has(path);
      rows.push({ path, name, isFolder, isExpanded, level, position: index + 1, neighbours: names.length });
      if (isFolder && isExpanded) walk(entry, path, level + 1);
    }
  };
  walk(tree, '', 1);
  return rows;
}

/** The keys of a tree (WAI-ARIA practices); null where a key does nothing. */
export function treeMove(rows: readonly TreeRow[], selected: string | null, key: string): TreeMove | null {
  const at = rows.findIndex(({ path }) => path === selected);
  const row = rows[at];
  const select = (index: number): TreeMove | null => {
    const found = rows[Math.max(0, Math.min(rows.length - 1, index))];
    return found === undefined || found === row ? null : { kind: 'select', path: found.path };
  };
  switch (key) {
    case 'ArrowDown':
      return select(at + 1);
    case 'ArrowUp':
      return select(at < 0 ? rows.length - 1 : at - 1);
    case 'Home':
      return select(0);
    case 'End':
      return select(rows.length - 1);
    case 'ArrowRight':
      if (row?.isFolder !== true) return null;
      return row.isExpanded ? select(at + 1) : { kind: 'expand', path: row.path };
    case 'ArrowLeft': {
      if (row === undefined) return null;
      if (row.isExpanded) return { kind: 'collapse', path: row.path };
      const parent = folderOf(row.path);
      return parent === '' ? null : { kind: 'select', path: parent };
    }
    default:
      return null;
  }
}

/** What stands at a path; undefined for nothing. */
export function entryAt(tree: FileTree, path: string): '' | FileTree | undefined {
  let entry: '' | FileTree | undefined = tree;
  for (const name of path.split('/').filter((segment) => segment !== '')) {
    if (entry === undefined || entry === '' || !Object.hasOwn(entry, name)) return undefined;
    entry = entry[name];
  }
  return entry;
}

/** The folder that a path is in, `''` for the root. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** All folders above a path, so that it can be shown. */
export function foldersAbove(path: string): string[] {
  const folder = folderOf(path);
  return folder === '' ? [] : [...foldersAbove(folder), folder];
}

/** Names longer than that no file system takes. */
const MAX_NAME_LENGTH = 255;

/** The path of a new file, or why the name will not do. @param folder that the name is relative to, `''` for the root */
export function newFilePath(
  tree: FileTree,
  folder: string,
  name: string,
): { readonly path: string } | { readonly fault: string } {
  const trimmed = name.trim();
  if (trimmed === '') return { fault: 'Give the file a name, such as hello.js.' };
  if (trimmed.endsWith('/')) return { fault: 'The name ends with a slash: name a file in that folder.' };
  const segments = [...(trimmed.startsWith('/') ? [] : folder.split('/')), ...trimmed.split('/')].filter(
    (segment) => segment !== '',
  );
  const bad = segments.find((segment) => segment.startsWith('.'));
  if (bad !== undefined)
    return { fault: `“${bad}” begins with a dot: such files are hidden and not served.` };
  if (segments.some((segment) => segment.length > MAX_NAME_LENGTH))
    return { fault: `A name has at most ${MAX_NAME_LENGTH} characters.` };
  if (/[\p{Cc}\p{Cf}\\]/u.test(trimmed))
    return { fault: 'Leave out backslashes and characters that cannot be seen.' };
  const path = `/${segments.join('/')}`;
  for (const above of foldersAbove(path))
    if (entryAt(tree, above) === '') return { fault: `${above} is a file, not a folder.` };
  const there = entryAt(tree, path);
  if (there === '') return { fault: `${path} exists already.` };
  if (there !== undefined) return { fault: `${path} is a folder.` };
  return { path };
}
