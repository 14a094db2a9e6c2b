import { setImmediate } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import test from 'ava';
import * as fc from 'fast-check';
import { newFileSink } from '../../../src/sinks/file/file-sink.ts';
import { rotatedStamp } from '../../../src/sinks/file/rotated-name.ts';
import { type Batch, type Sink, SinkNotReady } from '../../../src/sinks/sink.ts';
import { type Fate, MortalDisk } from '../../support/mortal-disk.ts';
import { quiet, recordOf } from '../../support/records.ts';

const FILE = '/log/records.ndjson';
const RECORDS = 12;
const THREADS = [0, 1];

/** A batch of `count` records of a thread after the acknowledged place; null where it has no more. Its offset is a count of records. */
function batchOf(sink: Sink, thread: number, count: number): Batch | null {
  const stream = { run: 'run', thread };
  const from = sink.ownPlaces!.acknowledged(stream)?.offset ?? 0;
  const records = Array.from({ length: Math.min(count, RECORDS - from) }, (_, index) =>
    recordOf(from + index + 1, { thread }),
  );
  if (records.length === 0) return null;
  return {
    stream,
    records,
    bytes: records.reduce((sum, { bytes }) => sum + bytes.length, 0),
    place: { segment: 1, offset: from + records.length },
    tries: 1,
    mayBeStoredSince: null,
  };
}

/** What outlives a process beside the disk. */
interface World {
  nowMs: number;
  /** Records that were answered for, by thread: the spool has forgotten them. */
  readonly released: number[];
  readonly isSyncing: boolean;
}

const newWorld = (isSyncing: boolean): World => ({
  nowMs: Date.UTC(2026, 10, 25),
  released: [0, 0],
  isSyncing,
});

/** Delivers all records as a process of that fate; resolves when it is done or dead. */
async function live(disk: MortalDisk, fate: Fate, sizes: readonly number[], world: World): Promise<void> {
  const { files, death } = disk.boot(fate);
  const sink = newFileSink({
    file: FILE,
    stateFile: '/data/file.json',
    maxBytes: 1500,
    maxAgeMs: 0,
    keep: 0,
    isSyncing: world.isSyncing,
    log: quiet,
    files,
    nowMs: () => ++world.nowMs,
  });
  const work = async (): Promise<void> => {
    await startAtLast(sink);
    for (const thread of THREADS) {
      const at = sink.ownPlaces!.acknowledged({ run: 'run', thread })?.offset ?? 0;
      if (at < world.released[thread]!)
        throw new Error(`thread ${thread}: a released record is not in the file`);
    }
    let turn = 0;
    for (;;) {
      const batches = THREADS.map((thread) => batchOf(sink, thread, sizes[turn % sizes.length]!));
      const batch = batches[turn++ % THREADS.length] ?? batches.find((other) => other !== null);
      if (batch == null) break;
      const result = await sink.send(batch, new AbortController().signal);
      if (result.kind === 'answered') world.released[batch.stream.thread] = batch.place.offset;
    }
    await sink.stop();
  };
  await Promise.race([work(), death]);
}

async function startAtLast(sink: Sink): Promise<void> {
  for (;;) {
    try {
      return await sink.start(new AbortController().signal);
    } catch (error) {
      if (!(error instanceof SinkNotReady) || error.isPermanent) throw error;
    }
  }
}

function linesOn(disk: MortalDisk): { thread: number; event: { sequence: number } }[] {
  return disk
    .list('/log')
    .sort((one, other) => ((rotatedStamp(FILE, one) ?? '~') < (rotatedStamp(FILE, other) ?? '~') ? -1 : 1))
    .flatMap((name) => {
      const bytes = disk.read(`/log/${name}`);
      const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
      return text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as { thread: number; event: { sequence: number } });
    });
}

test('each line once and in order, wherever processes die and whatever calls fail', async (t) => {
  const step = fc.integer({ min: 1, max: 150 });
  const fates = fc.array(
    fc.record({ diesAt: step, failsAt: fc.uniqueArray(step, { maxLength: 12 }).map((all) => new Set(all)) }),
    { maxLength: 4 },
  );
  const sizes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(fates, sizes, fc.boolean(), async (lives, counts, isSyncing) => {
      const disk = new MortalDisk();
      const world = newWorld(isSyncing);
      for (const fate of [...lives, { diesAt: null }]) await live(disk, fate, counts, world);
      // One more start compresses what is left: the last life may have ended before.
      const { files } = disk.boot({ diesAt: null });
      const sink = newFileSink({
        file: FILE,
        stateFile: '/data/file.json',
        maxBytes: 1500,
        maxAgeMs: 0,
        keep: 0,
        isSyncing: false,
        log: quiet,
        files,
      });
      await sink.start(new AbortController().signal);
      const isPlain = (name: string): boolean => rotatedStamp(FILE, name) !== null && !name.endsWith('.gz');
      while (disk.list('/log').some(isPlain)) await setImmediate();
      await sink.stop();
      t.false(disk.list('/log').some((name) => name.endsWith('.part')));
      const lines = linesOn(disk);
      for (const thread of THREADS)
        t.deepEqual(
          lines.filter((line) => line.thread === thread).map(({ event }) => event.sequence),
          Array.from({ length: RECORDS }, (_, index) => index + 1),
        );
    }),
    { numRuns: 300, includeErrorInReport: true },
  );
});

test('a process that dies at any single call of a plain run loses and doubles nothing', async (t) => {
  const whole = new MortalDisk();
  const { files, calls } = whole.boot({ diesAt: null });
  const sink = newFileSink({
    file: FILE,
    stateFile: '/data/file.json',
    maxBytes: 1500,
    maxAgeMs: 0,
    keep: 0,
    isSyncing: true,
    log: quiet,
    files,
  });
  await sink.start(new AbortController().signal);
  for (let batch = batchOf(sink, 0, 3); batch !== null; batch = batchOf(sink, 0, 3))
    await sink.send(batch, new AbortController().signal);
  await sink.stop();
  t.true(calls() > 50);
  for (let diesAt = 1; diesAt <= calls(); diesAt++) {
    const disk = new MortalDisk();
    const world = newWorld(true);
    await live(disk, { diesAt }, [3], world);
    await live(disk, { diesAt: null }, [2], world);
    const sequences = linesOn(disk)
      .filter(({ thread }) => thread === 0)
      .map(({ event }) => event.sequence);
    // A file may be there both plain and compressed between the two steps of its replacement.
    const isPlainAndCompressed = disk.list('/log').some((name) => disk.list('/log').includes(`${name}.gz`));
    if (!isPlainAndCompressed)
      t.deepEqual(
        sequences,
        Array.from({ length: RECORDS }, (_, index) => index + 1),
        `died at call ${diesAt}`,
      );
  }
});
