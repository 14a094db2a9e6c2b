import test from 'ava';
import fc from 'fast-check';
import type { RecordDocument } from '../../src/records/record-document.ts';
import { decodeFrames, encodeFrame } from '../../src/spool/format.ts';
import { recordOf } from '../support/records.ts';

const records = [1, 2, 3, 4, 5].map((sequence) => recordOf(sequence));
const frames = records.map(encodeFrame);
const segment = Buffer.concat(frames);

const sequences = (bytes: Buffer): number[] => decodeFrames(bytes).records.map(({ sequence }) => sequence);

/** What is read of records is read when it is asked for. */
const fieldsOf = (read: readonly RecordDocument[]): RecordDocument[] =>
  read.map(({ bytes, id, sequence, timestampMs, kind, sourceBytes, destinationBytes }) => ({
    bytes,
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
