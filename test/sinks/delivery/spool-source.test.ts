import { appendFileSync, truncateSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import test from 'ava';
import type { GapFacts } from '../../../src/records/record-document.ts';
import { SpoolFolder } from '../../../src/sinks/delivery/spool-source.ts';
import { encodeFrame } from '../../../src/spool/format.ts';
import { formatSegmentName } from '../../../src/spool/segment-name.ts';
import { makeDataDir } from '../../support/process.ts';
import { gapOf, recordOf } from '../../support/records.ts';

const STREAM = { run: 'r', thread: 0 };
const WIDE = { maxBytes: 1e6, maxRecords: 1000, until: null };

async function folder(t: Parameters<typeof makeDataDir>[0], isOpen = false) {
  const directory = await makeDataDir(t);
  const damages: GapFacts[] = [];
  const source = new SpoolFolder({
    folder: directory,
    isOpen: () => isOpen,
    makeGap: (_stream, facts) => gapOf(facts, 0),
    onDamage: (_stream, facts) => damages.push(facts),
  });
  const file = (segment: number): string => path.join(directory, formatSegmentName({ ...STREAM, segment }));
  return { source, file, damages };
}

const frames = (...sequences: number[]): Buffer =>
  Buffer.concat(sequences.map((one) => encodeFrame(recordOf(one))));
const START = { segment: 0, offset: 0 };

test('batches are bounded by bytes and by count, and never empty', async (t) => {
  const { source, file } = await folder(t);
  writeFileSync(file(1), frames(1, 2, 3, 4, 5));
  const [stream] = await source.streams();
  const one = recordOf(1).bytes.length;
  const byCount = await source.read(stream!, START, { ...WIDE, maxRecords: 2 }, null);
  t.deepEqual(
    byCount!.records.map(({ sequence }) => sequence),
    [1, 2],
  );
  const byBytes = await source.read(stream!, byCount!.to, { ...WIDE, maxBytes: one * 2 }, 2);
  t.deepEqual(
    byBytes!.records.map(({ sequence }) => sequence),
    [3, 4],
  );
  const larger = await source.read(stream!, START, { ...WIDE, maxBytes: 1 }, null);
  t.deepEqual(
    larger!.records.map(({ sequence }) => sequence),
    [1],
    'one that is larger than the bound comes alone',
  );
  t.deepEqual((await source.reread(STREAM, byBytes!)).records, byBytes!.records);
});

test('reading goes on in the next segment, and stops before what is done', async (t) => {
  const { source, file } = await folder(t);
  writeFileSync(file(1), frames(1, 2));
  writeFileSync(file(3), frames(3, 4, 5));
  const [stream] = await source.streams();
  const first = await source.read(stream!, START, WIDE, null);
  const until = { segment: 3, offset: frames(3).length };
  const second = await source.read(stream!, first!.to, { ...WIDE, until }, 2);
  t.deepEqual(
    second!.records.map(({ sequence }) => sequence),
    [3],
  );
  t.deepEqual(second!.to, until);
  const rest = await source.read(stream!, until, WIDE, 3);
  t.is(await source.read(stream!, rest!.to, WIDE, 5), null);
});

test('half a record at the end waits while its stream is written, and is passed over once it is not', async (t) => {
  const open = await folder(t, true);
  const whole = frames(1);
  const half = frames(2);
  writeFileSync(open.file(1), Buffer.concat([whole, half.subarray(0, 30)]));
  const [stream] = await open.source.streams();
  const first = await open.source.read(stream!, START, WIDE, null);
  t.is(first!.to.offset, whole.length);
  t.is(await open.source.read(stream!, first!.to, WIDE, 1), null);
  appendFileSync(open.file(1), half.subarray(30));
  const [grown] = await open.source.streams();
  t.deepEqual(
    (await open.source.read(grown!, first!.to, WIDE, 1))!.records.map(({ sequence }) => sequence),
    [2],
  );

  const ended = await folder(t, false);
  writeFileSync(ended.file(1), Buffer.concat([whole, half.subarray(0, 30)]));
  const [torn] = await ended.source.streams();
  const read = await ended.source.read(torn!, START, WIDE, null);
  t.is(read!.to.offset, whole.length + 30);
  t.is(read!.records.length, 1);
});

test('damage is one gap record, the same at every reading, with the numbers that both sides tell', async (t) => {
  const { source, file, damages } = await folder(t);
  const bytes = frames(1, 2, 3, 4);
  bytes[frames(1).length + 100]! ^= 1;
  writeFileSync(file(1), bytes);
  const [stream] = await source.streams();
  const read = await source.read(stream!, START, WIDE, null);
  t.deepEqual(
    read!.records.map(({ kind, sequence }) => `${kind} ${sequence}`),
    ['exchange 1', 'gap 0', 'exchange 3', 'exchange 4'],
  );
  t.like(damages[0], { from: 2, to: 2, count: 1, reason: 'corrupt-segment' });
  t.deepEqual((await source.reread(STREAM, read!)).records, read!.records);

  const head = frames(7, 8);
  head[60]! ^= 1;
  writeFileSync(file(2), head);
  const [again] = await source.streams();
  const second = await source.read(again!, { segment: 2, offset: 0 }, WIDE, 4);
  t.is(second!.records[0]!.kind, 'gap');
  t.like(damages.at(-1), { from: 5, to: 7, count: 3 });
});

test('who asks while a look is under way gets one that begins afterwards', async (t) => {
  const { source, file } = await folder(t);
  writeFileSync(file(1), frames(1));
  const before = source.streams();
  // The look may have passed the file by the time that more is written to it.
  await new Promise((resolve) => setImmediate(resolve));
  appendFileSync(file(1), frames(2));
  const [late, later] = await Promise.all([source.streams(), source.streams()]);
  t.is(late[0]!.segments[0]!.size, frames(1, 2).length);
  t.is(late, later, 'those who wait share one');
  t.not(late, await before);
});

test('a segment that was cut since it was looked at has nothing more for now', async (t) => {
  const { source, file } = await folder(t, true);
  writeFileSync(file(1), Buffer.concat([frames(1), frames(2).subarray(0, 20)]));
  const [stream] = await source.streams();
  // The disk was full half way: what was written of the frame is cut off again.
  truncateSync(file(1), frames(1).length);
  t.is(await source.read(stream!, { segment: 1, offset: frames(1).length }, WIDE, 1), null);
});

test('damage up to what is done already is passed over', async (t) => {
  const { source, file } = await folder(t);
  const bytes = frames(1, 2);
  bytes[10]! ^= 0xff;
  writeFileSync(file(1), bytes);
  const [stream] = await source.streams();
  const until = { segment: 1, offset: frames(1).length };
  const stretch = await source.read(stream!, { segment: 1, offset: 0 }, { ...WIDE, until }, null);
  t.deepEqual([stretch?.records.length, stretch?.to], [0, until]);
});
