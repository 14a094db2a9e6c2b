import test from 'ava';
import fc from 'fast-check';
import {
  entryAt,
  type FileTree,
  foldersAbove,
  newFilePath,
  treeMove,
  treeRows,
} from '../../../../src/admin/ui/program/file-tree.ts';

const TREE: FileTree = { 'b.js': '', 'a10.js': '', 'a9.js': '', lib: { deep: { 'x.js': '' }, 'a.js': '' } };

test('rows are sorted, folders first, and only what is expanded is shown', (t) => {
  t.deepEqual(
    treeRows(TREE, new Set()).map(({ path }) => path),
    ['/lib', '/a9.js', '/a10.js', '/b.js'],
  );
  const rows = treeRows(TREE, new Set(['/lib']));
  t.deepEqual(
    rows.map(({ path, level, position, neighbours }) => [path, level, position, neighbours]),
    [
      ['/lib', 1, 1, 4],
      ['/lib/deep', 2, 1, 2],
      ['/lib/a.js', 2, 2, 2],
      ['/a9.js', 1, 2, 4],
      ['/a10.js', 1, 3, 4],
      ['/b.js', 1, 4, 4],
    ],
  );
});

test('keys move as in every tree', (t) => {
  const closed = treeRows(TREE, new Set());
  const open = treeRows(TREE, new Set(['/lib']));
  t.deepEqual(treeMove(closed, '/lib', 'ArrowRight'), { kind: 'expand', path: '/lib' });
  t.deepEqual(treeMove(open, '/lib', 'ArrowRight'), { kind: 'select', path: '/lib/deep' });
  t.deepEqual(treeMove(open, '/lib', 'ArrowLeft'), { kind: 'collapse', path: '/lib' });
  t.deepEqual(treeMove(open, '/lib/a.js', 'ArrowLeft'), { kind: 'select', path: '/lib' });
  t.is(treeMove(open, '/b.js', 'ArrowLeft'), null);
  t.is(treeMove(open, '/b.js', 'ArrowDown'), null);
  t.deepEqual(treeMove(open, '/lib', 'End'), { kind: 'select', path: '/b.js' });
  t.deepEqual(treeMove(open, null, 'ArrowDown'), { kind: 'select', path: '/lib' });
});

test('arrow down comes to every row', (t) => {
  const names = fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), fc.constantFrom('', 'folder'));
  fc.assert(
    fc.property(names, names, (outer, inner) => {
      const leaves = Object.fromEntries(Object.keys(inner).map((name) => [name, '' as const]));
      const tree = Object.fromEntries(
        Object.entries(outer).map(([name, kind]) => [name, kind === '' ? ('' as const) : leaves]),
      );
      const rows = treeRows(tree, new Set(Object.keys(tree).map((name) => `/${name}`)));
      const visited: string[] = [];
      for (let at: string | null = null; ;) {
        const move = treeMove(rows, at, 'ArrowDown');
        if (move === null) break;
        visited.push((at = move.path));
      }
      t.deepEqual(
        visited,
        rows.map(({ path }) => path),
      );
    }),
  );
});

test('a new file is named relative to the folder, and never over another', (t) => {
  t.deepEqual(newFilePath(TREE, '/lib', ' new.js '), { path: '/lib/new.js' });
  t.deepEqual(newFilePath(TREE, '/lib', '/new.js'), { path: '/new.js' });
  t.deepEqual(newFilePath(TREE, '', 'more/of/it.js'), { path: '/more/of/it.js' });
  for (const [name, fault] of [
    ['', /Give the file a name/],
    ['a.js', /exists already/],
    ['deep', /is a folder/],
    ['a.js/x.js', /is a file, not a folder/],
    ['../x.js', /begins with a dot/],
    ['x/', /ends with a slash/],
    ['a\u202e.js', /cannot be seen/],
    ['x'.repeat(256), /at most 255/],
  ] as const) {
    const result = newFilePath(TREE, '/lib', name);
    t.regex('fault' in result ? result.fault : JSON.stringify(result), fault, name);
  }
});

test('names of every object are no names of files', (t) => {
  t.is(entryAt(TREE, '/constructor'), undefined);
  t.is(entryAt(TREE, '/lib/a.js'), '');
  t.deepEqual(newFilePath(TREE, '', 'toString'), { path: '/toString' });
  t.deepEqual(foldersAbove('/a/b/c.js'), ['/a', '/a/b']);
});
