import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import { type FileSinkOptions, newFileSink } from '../../../src/sinks/file/file-sink.ts';
import { diskFiles, type Files } from '../../../src/sinks/file/files.ts';
import { rotatedName, rotatedStamp } from '../../../src/sinks/file/rotated-name.ts';
import { type Sink, SinkNotReady } from '../../../src/sinks/sink.ts';
import { batchOf, outcomeOf, patient } from '../../support/batches.ts';

interface Folder {
  readonly path: string;
  readonly file: string;
  readonly log: string[];
  /** A started sink. */
  start(options?: Partial<FileSinkOptions>): Promise<Sink>;
  make(options?: Partial<FileSinkOptions>): Sink;
  /** Sequence numbers of the lines of a file. */
  sequences(name?: string): Promise<number[]>;
  names(): Promise<string[]>;
}

async function newFolder(t: ExecutionContext): Promise<Folder> {
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'tapline-file-'));
  t.teardown(() => fs.rm(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'log/records.ndjson');
  await fs.mkdir(path.dirname(file));
  const log: string[] = [];
  const make = (options: Partial<FileSinkOptions> = {}): Sink => {
    const sink = newFileSink({
      file,
      stateFile: path.join(folder, 'file.json'),
      maxBytes: 1024 * 1024,
      maxAgeMs: 0,
      keep: 0,
      isSyncing: false,
      log: { write: (level, message) => void log.push(`${level} ${message}`) },
      ...options,
    });
    t.teardown(() => sink.stop());
    return sink;
  };
  return {
    path: folder,
    file,
    log,
    make,
    async start(options) {
      const sink = make(options);
      await sink.start(patient());
      return sink;
    },
    async sequences(name = path.basename(file)) {
      const bytes = await fs.readFile(path.join(path.dirname(file), name));
      const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
      t.true(text === '' || text.endsWith('\n'));
      return text
        .split('\n')
        .slice(0, -1)
        .map((line) => (JSON.parse(line) as { event: { sequence: number } }).event.sequence);
    },
    names: async () => (await fs.readdir(path.dirname(file))).sort(),
  };
}

/** Waits until what was put aside is compressed. */
async function untilCompressed(folder: Folder, count: number): Promise<string[]> {
  for (;;) {
    const aside = (await folder.names()).filter((name) => rotatedStamp(folder.file, name) !== null);
    if (aside.length === count && aside.every((name) => name.endsWith('.gz'))) return aside;
    await setImmediate();
  }
}

test('names of files put aside sort by time and are told from others', (t) => {
  const at = Date.UTC(2026, 10, 25, 16, 5, 1, 123);
  t.is(rotatedName('/log/records.ndjson', at, 0), 'records-20261125T160501.123Z.ndjson');
  t.is(rotatedName('/log/records', at, 2), 'records-20261125T160501.123Z-2');
  t.is(rotatedStamp('/log/records.ndjson', 'records-20261125T160501.123Z.ndjson.gz'), '20261125T160501.123Z');
  for (const other of [
    'records.ndjson',
    'records.ndjson.1',
    'records-old.ndjson',
    'other-20261125T160501.123Z.ndjson',
  ])
    t.is(rotatedStamp('/log/records.ndjson', other), null, other);
});

test('lines are appended, and the places are kept across a restart', async (t) => {
  const folder = await newFolder(t);
  const stream = { run: 'run', thread: 0 };
  const sink = await folder.start();
  t.is(sink.ownPlaces!.acknowledged(stream), null);
  t.deepEqual(outcomeOf(await sink.send(batchOf(1, 2), patient())), ['delivered', 'delivered']);
  await sink.stop();
  const next = await folder.start();
  t.deepEqual(next.ownPlaces!.acknowledged(stream), { segment: 1, offset: 2 });
  t.deepEqual(outcomeOf(await next.send(batchOf(1, 2), patient())), ['duplicate', 'duplicate']);
  await next.send(batchOf(3, 3), patient());
  t.deepEqual(await folder.sequences(), [1, 2, 3]);
  t.deepEqual(folder.log, []);
  const modes = [folder.file, path.join(folder.path, 'file.json')].map(
    async (file) => (await fs.stat(file)).mode & 0o777,
  );
  t.deepEqual(await Promise.all(modes), [0o600, 0o600]);
});

test('a file that is there already is continued, its last line ended first', async (t) => {
  const folder = await newFolder(t);
  await fs.writeFile(folder.file, '{"event":{"sequence":0}}');
  const sink = await folder.start();
  await sink.send(batchOf(1, 1), patient());
  t.deepEqual(await folder.sequences(), [0, 1]);
});

test('rotation by size, compressed, the newest kept', async (t) => {
  const folder = await newFolder(t);
  let nowMs = Date.UTC(2026, 10, 25);
  const sink = await folder.start({ maxBytes: 1024, keep: 2, nowMs: () => (nowMs += 1000) });
  for (let from = 1; from <= 16; from += 2) {
    await sink.send(batchOf(from, from + 1), patient());
    t.true((await fs.stat(folder.file)).size <= 1024);
  }
  const kept = await untilCompressed(folder, 2);
  t.deepEqual(await Promise.all(kept.map((name) => folder.sequences(name))), [
    [11, 12],
    [13, 14],
  ]);
  t.deepEqual(await folder.sequences(), [15, 16]);
  const modes = kept.map(
    async (name) => (await fs.stat(path.join(path.dirname(folder.file), name))).mode & 0o777,
  );
  t.deepEqual(await Promise.all(modes), [0o600, 0o600]);
});

test('rotation by age, also across a restart', async (t) => {
  const folder = await newFolder(t);
  let nowMs = 0;
  const sink = await folder.start({ maxAgeMs: 60_000, nowMs: () => nowMs });
  await sink.send(batchOf(1, 1), patient());
  await sink.stop();
  nowMs = 59_999;
  const next = await folder.start({ maxAgeMs: 60_000, nowMs: () => nowMs });
  await next.send(batchOf(2, 2), patient());
  t.deepEqual(await folder.sequences(), [1, 2]);
  nowMs = 60_000;
  await next.send(batchOf(3, 3), patient());
  t.deepEqual(await folder.sequences(), [3]);
  t.deepEqual(await folder.sequences((await untilCompressed(folder, 1))[0]), [1, 2]);
});

test('what a crash left half compressed is compressed anew', async (t) => {
  const folder = await newFolder(t);
  const at = (name: string): string => path.join(path.dirname(folder.file), name);
  await fs.writeFile(at('records-20261125T000000.000Z.ndjson'), '{"event":{"sequence":1}}\n');
  await fs.writeFile(at('records-20261125T000000.000Z.ndjson.gz.part'), 'half');
  await fs.writeFile(at('unrelated.gz.part'), 'not ours');
  await folder.start();
  t.deepEqual(await untilCompressed(folder, 1), ['records-20261125T000000.000Z.ndjson.gz']);
  t.deepEqual(await folder.sequences('records-20261125T000000.000Z.ndjson.gz'), [1]);
  t.deepEqual(await folder.names(), [
    'records-20261125T000000.000Z.ndjson.gz',
    'records.ndjson',
    'unrelated.gz.part',
  ]);
});

test('kill -9 at any time, with rotation: every line once', async (t) => {
  const folder = await newFolder(t);
  const script = path.join(import.meta.dirname, '../../support/file-sink-process.ts');
  let last = 0;
  for (let life = 1; life <= 6; life++) {
    const child = spawn(process.execPath, [script, folder.file, path.join(folder.path, 'file.json')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    t.teardown(() => child.kill('SIGKILL'));
    const ended = once(child, 'exit');
    let isKilled = false;
    // Each acknowledgement is a line; some 10 ms of work more or less end it at another place each time.
    child.stdout.on('data', (chunk: Buffer) => {
      last = Math.max(last, ...chunk.toString().trim().split('\n').map(Number));
      if (isKilled || last < life * 2000) return;
      isKilled = true;
      setTimeout(() => child.kill('SIGKILL'), Math.random() * 10);
    });
    await ended;
  }
  await folder.start();
  const plain = (await folder.names()).filter((name) => rotatedStamp(folder.file, name) !== null);
  const aside = await untilCompressed(folder, new Set(plain.map((name) => name.replace('.gz', ''))).size);
  const all = (await Promise.all([...aside, 'records.ndjson'].map((name) => folder.sequences(name)))).flat();
  t.true(all.length >= last);
  t.true(aside.length > 10);
  t.deepEqual(
    all,
    Array.from({ length: all.length }, (_, index) => index + 1),
  );
});

test('rotation under load: nothing is lost, and the parts stay in order', async (t) => {
  const folder = await newFolder(t);
  const sink = await folder.start({ maxBytes: 64 * 1024 });
  const records = 20_000;
  for (let from = 1; from <= records; from += 100) await sink.send(batchOf(from, from + 99), patient());
  const plain = (await folder.names()).filter((name) => name !== 'records.ndjson' && !name.endsWith('.part'));
  const aside = await untilCompressed(folder, new Set(plain.map((name) => name.replace('.gz', ''))).size);
  t.true(aside.length > 50);
  const all = (await Promise.all([...aside, 'records.ndjson'].map((name) => folder.sequences(name)))).flat();
  t.deepEqual(
    all,
    Array.from({ length: records }, (_, index) => index + 1),
  );
});

test('a file that somebody renames is followed by a new one', async (t) => {
  const folder = await newFolder(t);
  const sink = await folder.start();
  await sink.send(batchOf(1, 1), patient());
  await fs.rename(folder.file, `${folder.file}.1`);
  await sink.send(batchOf(2, 2), patient());
  t.deepEqual(await folder.sequences('records.ndjson.1'), [1]);
  t.deepEqual(await folder.sequences(), [2]);
  t.regex(folder.log.join('\n'), /was moved away: going on in a new one/);
});

test('a file that somebody cuts or appends to is continued at its end', async (t) => {
  const folder = await newFolder(t);
  const sink = await folder.start();
  await sink.send(batchOf(1, 2), patient());
  await fs.truncate(folder.file, 0);
  await sink.send(batchOf(3, 3), patient());
  await fs.appendFile(folder.file, '{"event":{"sequence":99}}');
  await sink.send(batchOf(4, 4), patient());
  t.deepEqual(await folder.sequences(), [3, 99, 4]);
  t.is(folder.log.filter((line) => line.includes('somebody else writes to it or cuts it')).length, 2);
});

test('what others appended while the gateway was down is left alone; a file that is gone is said to be', async (t) => {
  const folder = await newFolder(t);
  const sink = await folder.start();
  await sink.send(batchOf(1, 1), patient());
  await sink.stop();
  await fs.appendFile(folder.file, '{"event":{"sequence":99}}\n');
  const next = await folder.start();
  await next.send(batchOf(2, 2), patient());
  t.deepEqual(await folder.sequences(), [1, 99, 2]);
  await next.stop();
  await fs.rm(folder.file);
  // Keeps the inode from being given to the next file.
  await fs.writeFile(path.join(folder.path, 'other'), '');
  const last = await folder.start();
  await last.send(batchOf(3, 3), patient());
  t.deepEqual(await folder.sequences(), [3]);
  t.regex(folder.log.join('\n'), /is gone since the last run|shorter than it was left/);
});

test('a damaged state file is a clear error, not a second copy of the records', async (t) => {
  const folder = await newFolder(t);
  await fs.writeFile(path.join(folder.path, 'file.json'), '{"version":1,"pla');
  const error = await t.throwsAsync(folder.start(), { instanceOf: SinkNotReady });
  t.true((error as SinkNotReady).isPermanent);
  t.regex(error.message, /is damaged or of another version/);
});

/** What the system may say to a write, and what the operator reads. */
const FAULTS: readonly [code: string, advice: RegExp][] = [
  ['ENOSPC', /the disk is full/],
  ['EDQUOT', /the quota is used up/],
  ['EROFS', /read-only/],
  ['EACCES', /permission denied/],
  ['EIO', /the disk does not work/],
  ['EBADF', /EBADF/],
];

/** The disk, but writes to files of that name end half way while `code` is set. */
function moodyFiles(pattern: RegExp): Files & { code: string | null; isTruncating: boolean } {
  const mood = { code: null as string | null, isTruncating: true };
  return Object.assign(mood, {
    ...diskFiles,
    async open(file: string, how: 'append' | 'read' | 'replace') {
      const open = await diskFiles.open(file, how);
      if (!pattern.test(path.basename(file))) return open;
      return {
        ...open,
        async write(bytes: Buffer) {
          if (mood.code === null) return open.write(bytes);
          await open.write(bytes.subarray(0, bytes.length >> 1));
          throw Object.assign(new Error(`${mood.code}: write`), { code: mood.code });
        },
        async truncate(length: number) {
          if (!mood.isTruncating) throw Object.assign(new Error('EIO: truncate'), { code: 'EIO' });
          await open.truncate(length);
        },
      };
    },
  });
}

for (const [code, advice] of FAULTS)
  for (const [what, pattern] of [
    ['file', /^records\.ndjson$/],
    ['state file', /^\.file\.json\.next$/],
  ] as const)
    test(`${code} on the ${what}: try again, with a reason, and no half line`, async (t) => {
      const folder = await newFolder(t);
      const files = moodyFiles(pattern);
      const sink = await folder.start({ files });
      await sink.send(batchOf(1, 1), patient());
      files.code = code;
      for (let tries = 0; tries < 3; tries++) {
        const result = await sink.send(batchOf(2, 3), patient());
        t.is(result.kind, 'retry');
        if (result.kind !== 'retry') return;
        t.false(result.isAmbiguous);
        t.regex(result.reason, advice);
        t.notRegex(result.reason, /body number/);
        t.deepEqual(await folder.sequences(), [1]);
      }
      files.code = null;
      t.deepEqual(outcomeOf(await sink.send(batchOf(2, 3), patient())), ['delivered', 'delivered']);
      t.deepEqual(await folder.sequences(), [1, 2, 3]);
    });

test('a half line that cannot be cut off at once is cut off before anything else is written', async (t) => {
  const folder = await newFolder(t);
  const files = moodyFiles(/^records\.ndjson$/);
  const sink = await folder.start({ files });
  await sink.send(batchOf(1, 1), patient());
  Object.assign(files, { code: 'ENOSPC', isTruncating: false });
  t.is((await sink.send(batchOf(2, 3), patient())).kind, 'retry');
  files.code = null;
  t.is((await sink.send(batchOf(2, 3), patient())).kind, 'retry');
  files.isTruncating = true;
  await sink.send(batchOf(2, 3), patient());
  t.deepEqual(await folder.sequences(), [1, 2, 3]);
});

test('a folder that vanishes and comes back', async (t) => {
  const folder = await newFolder(t);
  const sink = await folder.start();
  await sink.send(batchOf(1, 1), patient());
  await fs.rm(path.dirname(folder.file), { recursive: true });
  const result = await sink.send(batchOf(2, 2), patient());
  t.like(result, { kind: 'retry' });
  t.regex((result as { reason: string }).reason, /its folder does not exist \(ENOENT\)/);
  await fs.mkdir(path.dirname(folder.file));
  await sink.send(batchOf(2, 2), patient());
  t.deepEqual(await folder.sequences(), [2]);
});

test('what cannot be opened at start is said, and asked again', async (t) => {
  const folder = await newFolder(t);
  await fs.rmdir(path.dirname(folder.file));
  const sink = folder.make();
  const error = await t.throwsAsync(sink.start(patient()), { instanceOf: SinkNotReady });
  t.true((error as SinkNotReady).isPermanent);
  t.regex(error.message, /its folder does not exist/);
  await fs.mkdir(folder.file, { recursive: true });
  t.regex((await t.throwsAsync(sink.start(patient()))).message, /it is a folder/);
  await fs.rmdir(folder.file);
  await sink.start(patient());
  await sink.send(batchOf(1, 1), patient());
  t.deepEqual(await folder.sequences(), [1]);
});

test('a disk that hangs: the try is given up, and what it wrote in the end is not written again', async (t) => {
  const folder = await newFolder(t);
  const { promise: thaw, resolve } = Promise.withResolvers<void>();
  const { promise: hanging, resolve: noteHanging } = Promise.withResolvers<void>();
  let isFrozen = false;
  const files: Files = {
    ...diskFiles,
    async stat(file) {
      if (isFrozen) {
        noteHanging();
        await thaw;
      }
      return diskFiles.stat(file);
    },
  };
  const sink = await folder.start({ files });
  isFrozen = true;
  const timeout = new AbortController();
  const first = sink.send(batchOf(1, 2), timeout.signal);
  await hanging;
  timeout.abort();
  t.like(await first, { kind: 'retry', isAmbiguous: true });
  const second = sink.send(batchOf(1, 3), patient());
  resolve();
  t.deepEqual(outcomeOf(await second), ['duplicate', 'duplicate', 'delivered']);
  t.deepEqual(await folder.sequences(), [1, 2, 3]);
});
