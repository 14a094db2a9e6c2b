import { crc32 } from 'node:zlib';
import test from 'ava';
import fc from 'fast-check';
import type { RecordDocument } from '../../src/records/record-document.ts';
import { decodeFrames, encodeFrame, FRAME_ROOM_BYTES } from '../../src/spool/format.ts';
import { recordOf } from '../support/records.ts';

const records = [1, 2, 3, 4, 5].map((sequence) => recordOf(sequence));
const frames = records.map(encodeFrame);
const segment = Buffer.concat(frames);

const sequences = (bytes: Buffer): number[] => decodeFrames(bytes).records.map(({ sequence }) => sequence);

/** What is read of records is read when it is asked for. */
const fieldsOf = (read: readonly RecordDocument[]): RecordDocument[] =>
  read.map(({ bytes, facts, id, sequence, timestampMs, kind, sourceBytes, destinationBytes }) => ({
    bytes,
    facts,
    id,
    sequence,
    timestampMs,
    kind,
    sourceBytes,
    destinationBytes,
  }));

test('what is written is read', (t) => {
  const read = decodeFrames(segment);
  t.deepEqual(fieldsOf(read.records), fieldsOf(records));
  t.is(read.nextOffset, segment.length);
  t.deepEqual(read.damagedBefore, []);
});

test('every kind of record is read as what it was', (t) => {
  for (const kind of ['exchange', 'gap', 'summary'] as const) {
    const record = { ...recordOf(1), kind };
    t.deepEqual(fieldsOf(decodeFrames(encodeFrame(record)).records), fieldsOf([record]));
  }
});

test('facts stand beside the document; too many of them are left out', (t) => {
  const record = { ...recordOf(1), facts: Buffer.from('["exchange","GET"]') };
  t.deepEqual(fieldsOf(decodeFrames(encodeFrame(record)).records), fieldsOf([record]));
  const long = { ...record, facts: Buffer.alloc(70_000, 'x') };
  t.deepEqual(fieldsOf(decodeFrames(encodeFrame(long)).records), fieldsOf([recordOf(1)]));
});

test('frames that older gateways have written are read, between new ones too', (t) => {
  const old = (sequence: number): Buffer => {
    const { id, bytes } = recordOf(sequence);
    const head = Buffer.alloc(46);
    head.write('TPL1');
    head.writeUInt32LE(bytes.length, 4);
    head[13] = id.length;
    head.writeDoubleLE(sequence, 14);
    head.writeDoubleLE(sequence * 1000, 22);
    head.writeDoubleLE(10, 30);
    head.writeDoubleLE(20, 38);
    const frame = Buffer.concat([head, Buffer.from(id), bytes]);
    frame.writeUInt32LE(crc32(frame.subarray(12)), 8);
    return frame;
  };
  const mixed = Buffer.concat([old(1), frames[1]!, Buffer.from('TPL1 damage'), old(3)]);
  const read = decodeFrames(mixed);
  t.deepEqual(fieldsOf(read.records), fieldsOf(records.slice(0, 3)));
  t.deepEqual(read.damagedBefore, [2]);
});

test('a segment torn at any place gives all whole records and goes on at the torn one', (t) => {
  let whole = 0;
  let end = 0;
  for (let length = 0; length <= segment.length; length++) {
    if (whole < frames.length && length === end + frames[whole]!.length) end += frames[whole++]!.length;
    const read = decodeFrames(segment.subarray(0, length));
    t.is(read.records.length, whole, `${length}`);
    t.is(read.nextOffset, end);
    t.is(read.tailBytes, length - end);
  }
});

test('a flipped byte at any place costs one record, and is told', (t) => {
  let start = 0;
  for (const [index, frame] of frames.entries()) {
    for (let offset = 0; offset < frame.length; offset++) {
      const damaged = Buffer.from(segment);
      damaged[start + offset]! ^= 0x41;
      const read = decodeFrames(damaged);
      t.deepEqual(
        read.records.map(({ sequence }) => sequence),
        [1, 2, 3, 4, 5].filter((sequence) => sequence !== index + 1),
        `${offset}`,
      );
      if (index < 4) t.deepEqual(read.damagedBefore, [index]);
      else t.true(read.tailBytes > 0);
    }
    start += frame.length;
  }
});

test('garbage is never a record and never throws', (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => sequences(Buffer.from(bytes)).length === 0),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (noise) => {
      const read = sequences(Buffer.concat([Buffer.from(noise), segment]));
      return read.length === 5;
    }),
  );
  t.pass();
});

test('a record with room before it is framed where it stands, to the same bytes', (t) => {
  for (const facts of [undefined, Buffer.from('["exchange","GET"]')]) {
    const record = { ...recordOf(1), facts };
    const memory = Buffer.alloc(4096, 0xee);
    const at = 200;
    const factsAt = at - (facts?.length ?? 0);
    memory.set(facts ?? [], factsAt);
    memory.set(record.bytes, at);
    const inPlace = encodeFrame({
      ...record,
      bytes: memory.subarray(at, at + record.bytes.length),
      facts: facts === undefined ? undefined : memory.subarray(factsAt, at),
      roomBefore: FRAME_ROOM_BYTES + at - factsAt,
    });
    t.deepEqual(inPlace, encodeFrame(record));
    t.is(inPlace.buffer, memory.buffer);
    t.true(memory.subarray(0, factsAt - FRAME_ROOM_BYTES).every((byte) => byte === 0xee));
    t.true(memory.subarray(at + record.bytes.length).every((byte) => byte === 0xee));
  }
});
