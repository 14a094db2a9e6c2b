import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { type ProgramFile, ProgramFolder, type WriteResult } from '../../src/admin/program-folder.ts';
import { builtInProgram } from '../../src/gateway/program-source.ts';

interface World {
  /** The folder of the program; beside it lies `outside` with a file `secret`. */
  readonly root: string;
  readonly outside: string;
  readonly folder: ProgramFolder;
}

async function makeWorld(t: ExecutionContext): Promise<World> {
  const top = await fs.mkdtemp(path.join(await fs.realpath(os.tmpdir()), 'tapline-folder-'));
  t.teardown(() => fs.rm(top, { recursive: true, force: true }));
  const [root, outside] = [path.join(top, 'root'), path.join(top, 'outside')];
  await fs.mkdir(path.join(root, 'lib'), { recursive: true });
  await fs.mkdir(outside);
  await fs.writeFile(path.join(root, 'main.js'), 'main');
  await fs.writeFile(path.join(root, 'lib/a.js'), 'a');
  await fs.writeFile(path.join(outside, 'secret'), 'secret');
  return {
    root,
    outside,
    folder: new ProgramFolder({ kind: 'folder', folder: root, dataDir: path.join(root, 'data') }),
  };
}

const ANY = { ifMatch: null, isNew: false };

async function textOf(folder: ProgramFolder, file: string): Promise<string | null> {
  const found = await folder.read(file);
  return found === null || found === 'too-large' ? found : found.bytes.toString();
}

async function etagOf(folder: ProgramFolder, file: string): Promise<string> {
  return ((await folder.read(file)) as ProgramFile).etag;
}

const statusOf = (result: WriteResult): string =>
  result.status === 'refused' ? result.fault : result.status;

test('the tree: files and folders, without what begins with a point, with any name as a key', async (t) => {
  const { root, folder } = await makeWorld(t);
  await fs.mkdir(path.join(root, '.git'));
  await fs.writeFile(path.join(root, '.git/config'), '');
  await fs.writeFile(path.join(root, '__proto__'), '');
  await fs.writeFile(path.join(root, 'bad\u0007name'), '');
  const { tree, leftOut } = await folder.tree();
  t.deepEqual(Object.keys(tree).toSorted(), ['__proto__', 'lib', 'main.js']);
  t.regex(JSON.stringify(tree), /"__proto__":""/);
  t.is(JSON.stringify(tree['lib']), '{"a.js":""}');
  t.is(leftOut, 1);
});

test('the tree is listed once for all who ask at the same time, and anew after a change', async (t) => {
  const { folder } = await makeWorld(t);
  const [first, second] = await Promise.all([folder.tree(), folder.tree()]);
  t.is(second, first);
  const before = folder.tree();
  await folder.write('new.js', Buffer.from('new'), ANY);
  t.true(Object.hasOwn((await folder.tree()).tree, 'new.js'));
  await before;
});

test('the tree shows links that stay inside, once, and none that leave', async (t) => {
  const { root, outside, folder } = await makeWorld(t);
  await fs.symlink('main.js', path.join(root, 'link.js'));
  await fs.symlink('lib', path.join(root, 'same'));
  await fs.symlink('..', path.join(root, 'lib/up'));
  await fs.symlink(outside, path.join(root, 'out'));
  await fs.symlink(path.join(outside, 'secret'), path.join(root, 'out.js'));
  await fs.symlink('nowhere', path.join(root, 'dangling'));
  const { tree } = await folder.tree();
  t.deepEqual(Object.keys(tree).toSorted(), ['lib', 'link.js', 'main.js', 'same']);
  t.deepEqual(Object.keys(tree['same']!), ['a.js']);
});

test('a tree has 10,000 entries at most, and says how many are left out', async (t) => {
  const { root, folder } = await makeWorld(t);
  execFileSync('sh', ['-c', 'seq -f "f%05g" 10050 | xargs touch'], { cwd: root });
  const { tree, leftOut } = await folder.tree();
  // What is in a folder that is left out is not counted.
  t.true(leftOut === 53 || leftOut === 52, `${leftOut}`);
  const count = (one: object): number =>
    Object.values(one).reduce(
      (sum: number, value: unknown) => sum + 1 + (value === '' ? 0 : count(value as object)),
      0,
    );
  t.is(count(tree), 10_000);
});

const ESCAPES = [
  '../outside/secret',
  'lib/../../outside/secret',
  'lib/../main.js',
  './main.js',
  '/../outside/secret',
  '//main.js',
  'lib//a.js',
  'lib/a.js/',
  'main.js/',
  'main.js/x',
  'lib',
  '',
  '/',
  '.',
  '..',
  'main.js\0',
  'main.js\0.txt',
  '.hidden',
  'lib/.hidden',
  'x\ny.js',
  'x\u2028.js',
  'cafe\u0301.js',
  'x'.repeat(256),
  'é'.repeat(128),
  Array.from({ length: 33 }, () => 'd').join('/'),
  `${'d/'.repeat(4000)}x`,
];

test('what is no name inside is not found and not written', async (t) => {
  const { root, outside, folder } = await makeWorld(t);
  await fs.writeFile(path.join(root, '.hidden'), 'hidden');
  const before = execFileSync('find', ['.'], { cwd: path.dirname(root) }).toString();
  for (const file of ESCAPES) {
    t.is(await folder.read(file), null, file);
    t.is(await folder.remove(file, ANY), 'missing', file);
    t.is(await folder.sourceOf(file), null, file);
    const result = await folder.write(file, Buffer.from('evil'), ANY);
    t.is(result.status, 'refused', file);
  }
  t.is(execFileSync('find', ['.'], { cwd: path.dirname(root) }).toString(), before);
  t.is(await fs.readFile(path.join(outside, 'secret'), 'utf8'), 'secret');
});

test('links: inside they are followed, outside and hidden they are nothing', async (t) => {
  const { root, outside, folder } = await makeWorld(t);
  await fs.writeFile(path.join(root, '.env'), 'hidden');
  await fs.symlink('main.js', path.join(root, 'link.js'));
  await fs.symlink(outside, path.join(root, 'out'));
  await fs.symlink(path.join(outside, 'secret'), path.join(root, 'out.js'));
  await fs.symlink('.env', path.join(root, 'env.js'));
  t.is(await textOf(folder, 'link.js'), 'main');
  for (const file of ['out/secret', 'out.js', 'env.js']) {
    t.is(await folder.read(file), null, file);
    t.is(statusOf(await folder.write(file, Buffer.from('evil'), ANY)), 'outside', file);
    t.is(await folder.remove(file, ANY), 'missing', file);
  }
  t.is(statusOf(await folder.write('out/new.js', Buffer.from('evil'), ANY)), 'outside');
  t.is(statusOf(await folder.write('out/deep/new.js', Buffer.from('evil'), ANY)), 'outside');
  t.deepEqual(await fs.readdir(outside), ['secret']);
  t.is(await fs.readFile(path.join(outside, 'secret'), 'utf8'), 'secret');
  t.is(await fs.readFile(path.join(root, '.env'), 'utf8'), 'hidden');
  // Written through a link inside, the link stays.
  t.is(statusOf(await folder.write('link.js', Buffer.from('new'), ANY)), 'written');
  t.is(await textOf(folder, 'main.js'), 'new');
  t.true((await fs.lstat(path.join(root, 'link.js'))).isSymbolicLink());
  t.is(await folder.remove('link.js', ANY), 'removed');
  t.is(await textOf(folder, 'main.js'), 'new');
});

test('the data directory in the folder of the program is no part of it', async (t) => {
  const { root, folder } = await makeWorld(t);
  // It is made after the page was opened.
  await fs.mkdir(path.join(root, 'data/spool'), { recursive: true });
  await fs.writeFile(path.join(root, 'data/hmac.key'), 'key');
  await fs.symlink('data', path.join(root, 'link'));
  await fs.symlink('data/hmac.key', path.join(root, 'key.js'));
  t.deepEqual(Object.keys((await folder.tree()).tree).toSorted(), ['lib', 'main.js']);
  for (const file of ['data/hmac.key', 'link/hmac.key', 'key.js']) {
    t.is(await folder.read(file), null, file);
    t.is(statusOf(await folder.write(file, Buffer.from('evil'), ANY)), 'outside', file);
    t.is(await folder.remove(file, ANY), 'missing', file);
  }
  t.is(statusOf(await folder.write('data/new.js', Buffer.from('evil'), ANY)), 'outside');
  t.is(statusOf(await folder.write('data/new/new.js', Buffer.from('evil'), ANY)), 'outside');
  t.is(await fs.readFile(path.join(root, 'data/hmac.key'), 'utf8'), 'key');
  // A script that lies in the data directory is one all the same.
  const inside = new ProgramFolder({ kind: 'folder', folder: path.join(root, 'lib'), dataDir: root });
  t.is(await textOf(inside, 'a.js'), 'a');
});

test('a link that leads nowhere is replaced, whatever it names outside', async (t) => {
  const { root, outside, folder } = await makeWorld(t);
  await fs.symlink(path.join(outside, 'made'), path.join(root, 'dangling.js'));
  t.is(statusOf(await folder.write('dangling.js', Buffer.from('own'), ANY)), 'written');
  t.deepEqual(await fs.readdir(outside), ['secret']);
  t.is(await textOf(folder, 'dangling.js'), 'own');
});

test('somebody swaps a folder for a link again and again: nothing outside is ever read or written', async (t) => {
  const { root, outside, folder } = await makeWorld(t);
  await fs.writeFile(path.join(outside, 'a.js'), 'OUTSIDE');
  const swapper = execSwapper(path.join(root, 'lib'), outside);
  t.teardown(() => swapper.stop());
  const seen = new Set<string | null>();
  for (let round = 0; round < 300; round++) {
    seen.add(await textOf(folder, 'lib/a.js'));
    await folder.write('lib/b.js', Buffer.from(`${round}`), ANY).catch(() => {});
    await folder.write('lib/deep/c.js', Buffer.from(`${round}`), ANY).catch(() => {});
    await folder.remove('lib/b.js', ANY).catch(() => {});
  }
  t.true((await swapper.stop()) > 5, 'it was swapped meanwhile');
  t.false(seen.has('OUTSIDE'));
  t.deepEqual((await fs.readdir(outside)).toSorted(), ['a.js', 'secret']);
  t.is(await fs.readFile(path.join(outside, 'a.js'), 'utf8'), 'OUTSIDE');
});

/** Puts a link in the place of a folder and the folder back, as fast as it can. */
function execSwapper(folder: string, target: string): { stop: () => Promise<number> } {
  let isOn = true;
  let swaps = 0;
  const swap = async (): Promise<void> => {
    while (isOn) {
      await fs.rename(folder, `${folder}-real`);
      // A writer may have made the folder anew in between.
      for (let isLinked = false; !isLinked;) {
        await fs.rm(folder, { recursive: true, force: true });
        isLinked = await fs.symlink(target, folder).then(
          () => true,
          () => false,
        );
      }
      await new Promise(setImmediate);
      for (let isBack = false; !isBack;) {
        await fs.rm(folder, { recursive: true, force: true });
        isBack = await fs.rename(`${folder}-real`, folder).then(
          () => true,
          () => false,
        );
      }
      await new Promise(setImmediate);
      swaps++;
    }
  };
  const done = swap();
  return {
    stop: async () => {
      isOn = false;
      await done;
      return swaps;
    },
  };
}

test('what is no regular file is nothing, and blocks nobody', async (t) => {
  const { root, folder } = await makeWorld(t);
  execFileSync('mkfifo', [path.join(root, 'pipe')]);
  t.is(await folder.read('pipe'), null);
  t.is(statusOf(await folder.write('pipe', Buffer.from('x'), ANY)), 'is-folder');
  t.is(statusOf(await folder.write('lib', Buffer.from('x'), ANY)), 'is-folder');
  t.is(statusOf(await folder.write('main.js/x', Buffer.from('x'), ANY)), 'not-a-folder');
  t.is(await folder.remove('lib', ANY), 'missing');
  t.false(Object.hasOwn((await folder.tree()).tree, 'pipe'));
});

test('more than 2 MiB is neither read nor written', async (t) => {
  const { root, folder } = await makeWorld(t);
  const most = Buffer.alloc(2 * 1024 * 1024, 'x');
  t.is(statusOf(await folder.write('most.js', most, ANY)), 'written');
  t.is(((await folder.read('most.js')) as ProgramFile).bytes.length, most.length);
  t.is(statusOf(await folder.write('more.js', Buffer.alloc(most.length + 1), ANY)), 'too-large');
  await fs.writeFile(path.join(root, 'large.js'), Buffer.alloc(most.length + 1));
  t.is(await folder.read('large.js'), 'too-large');
});

test('a file is written whole, with its mode, its folders made; nothing is left beside it', async (t) => {
  const { root, folder } = await makeWorld(t);
  await fs.chmod(path.join(root, 'main.js'), 0o750);
  t.is(statusOf(await folder.write('main.js', Buffer.from('second'), ANY)), 'written');
  t.is((await fs.stat(path.join(root, 'main.js'))).mode & 0o777, 0o750);
  t.is(statusOf(await folder.write('/new/deep/b.js', Buffer.from('b'), ANY)), 'written');
  t.is(await textOf(folder, 'new/deep/b.js'), 'b');
  const all = await fs.readdir(root, { recursive: true });
  t.deepEqual(all.toSorted(), ['lib', 'lib/a.js', 'main.js', 'new', 'new/deep', 'new/deep/b.js']);
});

test('a change of somebody else is not written over', async (t) => {
  const { root, folder } = await makeWorld(t);
  const loaded = await etagOf(folder, 'main.js');
  await fs.writeFile(path.join(root, 'main.js'), 'theirs');
  const result = await folder.write('main.js', Buffer.from('mine'), { ifMatch: loaded, isNew: false });
  t.is(result.status, 'conflict');
  if (result.status === 'conflict') {
    t.is(result.current!.bytes.toString(), 'theirs');
    const again = { ifMatch: `"other", ${result.current!.etag}`, isNew: false };
    t.is(statusOf(await folder.write('main.js', Buffer.from('merged'), again)), 'written');
  }
  const removed = await folder.remove('main.js', { ifMatch: loaded });
  t.is(typeof removed === 'string' ? removed : removed.current!.bytes.toString(), 'merged');
  t.is(await textOf(folder, 'main.js'), 'merged');
  await fs.rm(path.join(root, 'main.js'));
  t.deepEqual(await folder.write('main.js', Buffer.from('mine'), { ifMatch: loaded, isNew: false }), {
    status: 'conflict',
    current: null,
  });
  t.is(statusOf(await folder.write('main.js', Buffer.from('x'), { ifMatch: '*', isNew: false })), 'conflict');
  t.is(await folder.remove('main.js', ANY), 'missing');
});

test('of many writers that loaded the same text one wins, and of many that make a file one', async (t) => {
  const { root, outside, folder } = await makeWorld(t);
  const loaded = await etagOf(folder, 'main.js');
  const texts = Array.from({ length: 20 }, (_, number) => `version ${number}`);
  const saved = await Promise.all(
    texts.map((text) => folder.write('main.js', Buffer.from(text), { ifMatch: loaded, isNew: false })),
  );
  t.is(saved.filter(({ status }) => status === 'written').length, 1);
  t.is(await textOf(folder, 'main.js'), 'version 0');
  // Another process is no less a writer.
  const other = new ProgramFolder({ kind: 'folder', folder: root, dataDir: outside });
  const made = await Promise.all(
    texts.map((text, number) =>
      (number % 2 === 0 ? folder : other).write('new.js', Buffer.from(text), { ifMatch: null, isNew: true }),
    ),
  );
  t.is(made.filter(({ status }) => status === 'written').length, 1);
  t.is(made.filter(({ status }) => status === 'conflict').length, 19);
  t.deepEqual((await fs.readdir(root)).toSorted(), ['lib', 'main.js', 'new.js']);
});

test('the built-in program is shown, written beside, and given back', async (t) => {
  const { root } = await makeWorld(t);
  const source = builtInProgram({ capture: 'on' });
  const packaged = await fs.readFile(path.join(source.root, source.entry), 'utf8');
  const ownFolder = path.join(root, 'data/program');
  await fs.mkdir(path.dirname(ownFolder));
  const folder = new ProgramFolder({ kind: 'built-in', source, ownFolder });
  t.is(JSON.stringify((await folder.tree()).tree), '{"audit.js":""}');
  t.is(await textOf(folder, 'audit.js'), packaged);
  t.deepEqual(await folder.sourceOf('audit.js'), source);
  t.is(await folder.remove('audit.js', ANY), 'missing');
  t.is(await folder.read('forward.js'), null);
  t.is(
    statusOf(await folder.write('audit.js', Buffer.from('x'), { ifMatch: null, isNew: true })),
    'conflict',
  );
  const loaded = await etagOf(folder, 'audit.js');
  t.is(
    statusOf(await folder.write('audit.js', Buffer.from('own'), { ifMatch: loaded, isNew: false })),
    'written',
  );
  t.is(statusOf(await folder.write('lib/more.js', Buffer.from('more'), ANY)), 'written');
  t.is(await textOf(folder, 'audit.js'), 'own');
  t.deepEqual(await folder.sourceOf('/audit.js'), { root: ownFolder, entry: '/audit.js', isBuiltIn: false });
  t.is((await fs.stat(ownFolder)).mode & 0o777, 0o700);
  t.is((await fs.stat(path.join(ownFolder, 'lib'))).mode & 0o777, 0o700);
  t.is((await fs.stat(path.join(ownFolder, 'audit.js'))).mode & 0o777, 0o600);
  t.is(JSON.stringify((await folder.tree()).tree['lib']), '{"more.js":""}');
  t.is(await folder.remove('audit.js', ANY), 'removed');
  t.is(await textOf(folder, 'audit.js'), packaged);
  t.is(await fs.readFile(path.join(source.root, source.entry), 'utf8'), packaged);
});
