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

/** By the number that a frame has for them. */
const KINDS: readonly RecordDocument['kind'][] = ['exchange', 'gap', 'summary'];

/** A record as a frame of a segment. */
export function encodeFrame(record: RecordDocument): Buffer {
  const id = Buffer.from(record.id, 'latin1');
  const frame = Buffer.allocUnsafe(HEADER_BYTES + id.length + record.bytes.length);
  MARK.copy(frame, 0);
  frame.writeUInt32LE(record.bytes.length, 4);
  frame.writeUInt8(KINDS.indexOf(record.kind), 12);
  frame.writeUInt8(id.length, 13);
  frame.writeDoubleLE(record.sequence, 14);
  frame.writeDoubleLE(record.timestampMs, 22);
  frame.writeDoubleLE(record.sourceBytes, 30);
  frame.writeDoubleLE(record.destinationBytes, 38);
  id.copy(frame, HEADER_BYTES);
  record.bytes.copy(frame, HEADER_BYTES + id.length);
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
  return { record: new FrameRecord(bytes, at), size };
}

/**
 * A record where it stands in a segment. What is asked of it is read then, and dies young: held for as long as a batch is under way, the parts of
 * thousands of records grow old, and the heap with them.
 */
class FrameRecord implements RecordDocument {
  readonly #segment: Buffer;
  readonly #at: number;

  constructor(segment: Buffer, at: number) {
    this.#segment = segment;
    this.#at = at;
  }

  get kind(): RecordDocument['kind'] {
    return KINDS[this.#segment.readUInt8(this.#at + 12)] ?? 'exchange';
  }

  get sequence(): number {
    return this.#segment.readDoubleLE(this.#at + 14);
  }

  get timestampMs(): number {
    return this.#segment.readDoubleLE(this.#at + 22);
  }

  get sourceBytes(): number {
    return this.#segment.readDoubleLE(this.#at + 30);
  }

  get destinationBytes(): number {
    return this.#segment.readDoubleLE(this.#at + 38);
  }

  get id(): string {
    return this.#segment.toString('latin1', this.#at + HEADER_BYTES, this.#payloadAt());
  }

  get bytes(): Buffer {
    const start = this.#payloadAt();
    return this.#segment.subarray(start, start + this.#segment.readUInt32LE(this.#at + 4));
  }

  #payloadAt(): number {
    return this.#at + HEADER_BYTES + this.#segment.readUInt8(this.#at + 13);
  }
}
