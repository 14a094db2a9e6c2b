import { crc32 } from 'node:zlib';
import type { RecordDocument } from '../records/record-document.ts';

/**
 * A segment is frames after frames; each begins with a mark, so that a reader that finds one damaged can go on at the next.
 *
 *     0  mark "TPL1"      4  payload length u32   8  crc32 u32 of all that follows
 *    12  kind u8         13  id length u8        14  sequence f64   22  timestamp f64, ms
 *    30  source bytes f64                        38  destination bytes f64
 *    46  id, payload
 */
const MARK = Buffer.from('TPL1');
const HEADER_BYTES = 46;
const CHECKED_FROM = 12;
/** No record is larger: two capped bodies and their heads. A length above it is damage. */
const MAX_PAYLOAD_BYTES = 256 * 1024 * 1024;

/** An id is a UUID. */
const ID_BYTES = 36;
/** Room before a record's bytes that is enough to frame it where it stands. */
export const FRAME_ROOM_BYTES = HEADER_BYTES + ID_BYTES;

/** By the number that a frame has for them. */
const KINDS: readonly RecordDocument['kind'][] = ['exchange', 'gap', 'summary'];

/** A record as a frame of a segment: around the record's own bytes where there is room before them, else around a copy. */
export function encodeFrame(record: RecordDocument): Buffer {
  const { bytes, id } = record;
  const prefixBytes = HEADER_BYTES + id.length;
  const hasRoom = (record.roomBefore ?? 0) >= prefixBytes;
  const frame = hasRoom
    ? Buffer.from(bytes.buffer, bytes.byteOffset - prefixBytes, prefixBytes + bytes.length)
    : Buffer.allocUnsafe(prefixBytes + bytes.length);
  if (!hasRoom) bytes.copy(frame, prefixBytes);
  MARK.copy(frame, 0);
  frame.writeUInt32LE(bytes.length, 4);
  frame.writeUInt8(KINDS.indexOf(record.kind), 12);
  frame.writeUInt8(id.length, 13);
  frame.writeDoubleLE(record.sequence, 14);
  frame.writeDoubleLE(record.timestampMs, 22);
  frame.writeDoubleLE(record.sourceBytes, 30);
  frame.writeDoubleLE(record.destinationBytes, 38);
  frame.write(id, HEADER_BYTES, 'latin1');
  frame.writeUInt32LE(crc32(frame.subarray(CHECKED_FROM)), 8);
  return frame;
}

/** What a stretch of a segment holds. */
export interface FramesRead {
  readonly records: RecordDocument[];
  /** Offset after each record, relative to the stretch. */
  readonly ends: number[];
  /** Offset after the last sound frame, relative to the stretch. */
  readonly nextOffset: number;
  /** Places where damaged bytes were skipped, as index into `records` of the first record after them. */
  readonly damagedBefore: readonly number[];
  /** Bytes at the end that are no whole frame (yet). */
  readonly tailBytes: number;
}

/** Reads all frames of `bytes`. Damage is skipped to the next sound frame; never throws. */
export function decodeFrames(bytes: Buffer): FramesRead {
  const records: RecordDocument[] = [];
  const ends: number[] = [];
  const damagedBefore: number[] = [];
  let nextOffset = 0;
  let at = 0;
  let isDamaged = false;
  while (at < bytes.length) {
    const frame = frameAt(bytes, at);
    if (frame === null) {
      isDamaged = true;
      const next = bytes.indexOf(MARK, at + 1);
      if (next < 0) break;
      at = next;
      continue;
    }
    if (isDamaged) damagedBefore.push(records.length);
    isDamaged = false;
    records.push(frame.record);
    at += frame.size;
    nextOffset = at;
    ends.push(at);
  }
  return { records, ends, nextOffset, damagedBefore, tailBytes: bytes.length - nextOffset };
}

function frameAt(bytes: Buffer, at: number): { record: RecordDocument; size: number } | null {
  if (bytes.length - at < HEADER_BYTES || bytes.compare(MARK, 0, 4, at, at + 4) !== 0) return null;
  const payloadLength = bytes.readUInt32LE(at + 4);
  const idLength = bytes.readUInt8(at + 13);
  const size = HEADER_BYTES + idLength + payloadLength;
  if (payloadLength > MAX_PAYLOAD_BYTES || bytes.length - at < size) return null;
  if (crc32(bytes.subarray(at + CHECKED_FROM, at + size)) !== bytes.readUInt32LE(at + 8)) return null;
  const record: RecordDocument = {
    kind: KINDS[bytes.readUInt8(at + 12)] ?? 'exchange',
    sequence: bytes.readDoubleLE(at + 14),
    timestampMs: bytes.readDoubleLE(at + 22),
    sourceBytes: bytes.readDoubleLE(at + 30),
    destinationBytes: bytes.readDoubleLE(at + 38),
    id: bytes.toString('latin1', at + HEADER_BYTES, at + HEADER_BYTES + idLength),
    bytes: bytes.subarray(at + HEADER_BYTES + idLength, at + size),
  };
  return { record, size };
}
