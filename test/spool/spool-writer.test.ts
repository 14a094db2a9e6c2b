import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { GapFacts, RecordDocument } from '../../src/records/record-document.ts';
import { decodeFrames, encodeFrame } from '../../src/spool/format.ts';
import { formatSegmentName } from '../../src/spool/segment-name.ts';
import { type SegmentFile, SpoolWriter, type SpoolWriterOptions } from '../../src/spool/spool-writer.ts';
import { gapOf, quiet, recordOf } from '../support/records.ts';

async function startWriter(
  t: ExecutionContext,
  options: Partial<SpoolWriterOptions> = {},
): Promise<{ writer: SpoolWriter; read: () => Promise<RecordDocument[]>; folder: string }> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'tapline-spool-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  let gapSequence = 1000;
  const writer = new SpoolWriter({
    folder,
    run: 'run',
    thread: 0,
    segmentBytes: 1024 * 1024,
    maxSpoolBytes: 1024 * 1024,
    maxQueuedBytes: 1024 * 1024,
    isSyncing: false,
    log: quiet,
    makeGap: (facts: GapFacts) => gapOf(facts, ++gapSequence),
    onUntold: () => {},
    onFlushed: () => {},
    ...options,
  });
  const read = async (): Promise<RecordDocument[]> => {
    const files = (await readdir(folder)).sort();
    const bytes = await Promise.all(files.map((file) => readFile(path.join(folder, file))));
    return bytes.flatMap((one) => decodeFrames(one).records);
  };
  return { writer, read, folder };
}

/** A disk that can be full: writes half of what it is given, then fails. */
function moodyDisk(): { isFull: boolean; open: (file: string) => Promise<SegmentFile> } {
  const disk = {
    isFull: false,
    async open(file: string): Promise<SegmentFile> {
      if (disk.isFull) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
      const handle = await fs.open(file, 'wx');
      return {
        async write(bytes, offset, length, position) {
          if (!disk.isFull) return handle.write(bytes, offset, length, position);
          await handle.write(bytes, offset, length >> 1, position);
          throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
        },
        truncate: (length) => handle.truncate(length),
        datasync: () => handle.datasync(),
        close: () => handle.close(),
      };
    },
  };
  return disk;
}

const sequencesOf = (records: readonly RecordDocument[]): number[] => records.map(({ sequence }) => sequence);

test('records are in the segments in order, and segments roll', async (t) => {
  const { writer, read, folder } = await startWriter(t, { segmentBytes: 1000 });
  for (let sequence = 1; sequence <= 10; sequence++) {
    writer.append(recordOf(sequence));
    await writer.flush();
  }
  await writer.close();
  t.deepEqual(sequencesOf(await read()), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  t.true((await readdir(folder)).length > 1);
});

test('a disk that is full for a while costs nothing that memory can hold', async (t) => {
  const disk = moodyDisk();
  const lines: string[] = [];
  const { writer, read } = await startWriter(t, {
    openFile: disk.open,
    log: { write: (_, line) => void lines.push(line) },
  });
  writer.append(recordOf(1));
  await writer.flush();
  disk.isFull = true;
  for (const sequence of [2, 3]) {
    writer.append(recordOf(sequence));
    await writer.flush();
  }
  t.deepEqual(sequencesOf(await read()), [1], 'the half that was written is cut off');
  disk.isFull = false;
  writer.append(recordOf(4));
  await writer.close();
  t.deepEqual(sequencesOf(await read()), [1, 2, 3, 4]);
  t.is(lines.filter((line) => line.includes('ENOSPC')).length, 1, 'told once, not with every flush');
  t.true(lines.some((line) => line.includes('takes records again')));
});

test('what memory cannot hold is told by a gap record with its numbers and bytes', async (t) => {
  const disk = moodyDisk();
  disk.isFull = true;
  const size = 3 * 600;
  const { writer, read } = await startWriter(t, { openFile: disk.open, maxQueuedBytes: size });
  for (let sequence = 1; sequence <= 20; sequence++) {
    writer.append(recordOf(sequence));
    await writer.flush();
    t.true(writer.queuedBytes <= size);
  }
  disk.isFull = false;
  await writer.close();
  const records = await read();
  const kept = records.filter(({ kind }) => kind === 'exchange');
  const gaps = records.filter(({ kind }) => kind === 'gap');
  t.is(gaps.length, 1);
  const { gap } = (JSON.parse(gaps[0]!.bytes.toString()) as { tapline: { gap: GapFacts } }).tapline;
  t.is(gap.from, 1);
  t.is(gap.to, kept[0]!.sequence - 1);
  t.is(gap.count + kept.length, 20);
  t.is(gap.reason, 'disk-error');
  t.is(gap.sourceBytes, gap.count * 10);
  t.is(kept.at(-1)!.sequence, 20, 'the newest are kept');
});

test('a spool that no sink empties drops records and says so once there is room', async (t) => {
  const { writer, read, folder } = await startWriter(t, { maxSpoolBytes: 2000, segmentBytes: 500 });
  for (let sequence = 1; sequence <= 10; sequence++) {
    writer.append(recordOf(sequence));
    await writer.flush();
  }
  const before = sequencesOf(await read());
  t.true(before.length < 10);
  for (const file of await readdir(folder)) await rm(path.join(folder, file));
  await writer.flush();
  writer.append(recordOf(11));
  await writer.close();
  const [gap, last] = await read();
  t.is(gap!.kind, 'gap');
  t.is(
    (JSON.parse(gap!.bytes.toString()) as { tapline: { gap: GapFacts } }).tapline.gap.count,
    10 - before.length,
  );
  t.is(last!.sequence, 11);
});

test('what no gap record can tell of before the end is told to the ledger', async (t) => {
  const untold: string[] = [];
  const onUntold = ({ from, to, reason }: GapFacts): void => void untold.push(`${from}-${to} ${reason}`);
  const full = await startWriter(t, { maxSpoolBytes: 2000, onUntold });
  for (let sequence = 1; sequence <= 10; sequence++) {
    full.writer.append(recordOf(sequence));
    await full.writer.flush();
  }
  await full.writer.close();
  const { length } = await full.read();
  t.deepEqual(untold, [`${length + 1}-10 spool-full`]);
  const broken = moodyDisk();
  broken.isFull = true;
  const { writer } = await startWriter(t, { openFile: broken.open, onUntold });
  writer.append(recordOf(1));
  writer.append(recordOf(2));
  await writer.close();
  t.is(untold.at(-1), '1-2 disk-error');
});

test('what others have in the spool counts from the first segment on', async (t) => {
  const { writer, read, folder } = await startWriter(t, { maxSpoolBytes: 5000 });
  await fs.writeFile(
    path.join(folder, formatSegmentName({ run: 'former', thread: 0, segment: 1 })),
    Buffer.alloc(4500),
  );
  for (let sequence = 1; sequence <= 5; sequence++) {
    writer.append(recordOf(sequence));
    await writer.flush();
  }
  t.deepEqual(sequencesOf((await read()).filter(({ kind }) => kind === 'exchange')), [1]);
  await writer.close();
});

test('what a full disk has left behind in many pieces is dropped piece by piece', async (t) => {
  const disk = moodyDisk();
  const frameBytes = encodeFrame(recordOf(1)).length;
  const { writer, read } = await startWriter(t, { openFile: disk.open, maxQueuedBytes: 41 * frameBytes });
  disk.isFull = true;
  for (let sequence = 1; sequence <= 40; sequence++) writer.append(recordOf(sequence));
  await writer.flush();
  t.is(writer.lostRecords, 0);
  for (let sequence = 41; sequence <= 43; sequence++) writer.append(recordOf(sequence));
  t.true(writer.lostRecords >= 1 && writer.lostRecords <= 3, `${writer.lostRecords} lost`);
  disk.isFull = false;
  await writer.flush();
  await writer.close();
  t.true((await read()).length >= 40);
});
