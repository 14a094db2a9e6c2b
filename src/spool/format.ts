import { crc32 } from 'node:zlib';
import type { RecordDocument } from '../records/record-document.ts';

/**
 * A segment is frames after frames; each begins with a mark, so that a reader that finds one damaged can go on at the next.
 *
 *     0  mark "TPL2"      4  payload length u32   8  crc32 u32 of all that follows
 *    12  kind u8         13  id length u8        14  sequence f64   22  timestamp f64, ms
 *    30  source bytes f64                        38  destination bytes f64
 *    46  facts length u16
 *    48  id, facts, payload
 *
 * Frames of older gateways have the mark "TPL1" and no facts: their id begins at 46.
 */
const MARK_START = Buffer.from('TPL');
/** As the number that its four bytes are. */
const MARK = Buffer.from('TPL2').readUInt32LE();
const OLD_MARK = Buffer.from('TPL1').readUInt32LE();
const HEADER_BYTES = 48;
const OLD_HEADER_BYTES = 46;
const CHECKED_FROM = 12;
const NO_FACTS = Buffer.alloc(0);
/** An id is a UUID. */
const ID_BYTES = 36;
/** Room before a record's facts and bytes that is enough to frame it where it stands. */
export const FRAME_ROOM_BYTES = HEADER_BYTES + ID_BYTES;
const MAX_FACTS_BYTES = 0xffff;
/** No record is larger: two capped bodies and their heads. A length above it is damage. */
const MAX_PAYLOAD_BYTES = 256 * 1024 * 1024;

/** By the number that a frame has for them. */
const KINDS: readonly RecordDocument['kind'][] = ['exchange', 'gap', 'summary'];

/** A record as a frame of a segment: around the record's own bytes where there is room before them, else around a copy. */
export function encodeFrame(record: RecordDocument): Buffer {
  const { id, bytes } = record;
  const facts = record.facts === undefined || record.facts.length > MAX_FACTS_BYTES ? NO_FACTS : record.facts;
  const factsAt = HEADER_BYTES + id.length;
  const bytesAt = factsAt + facts.length;
  const isInPlace = hasRoom(record, facts, bytesAt);
  const frame = isInPlace
    ? Buffer.from(bytes.buffer, bytes.byteOffset - bytesAt, bytesAt + bytes.length)
    : Buffer.allocUnsafe(bytesAt + bytes.length);
  if (!isInPlace) {
    frame.set(facts, factsAt);
    frame.set(bytes, bytesAt);
  }
  frame.writeUInt32LE(MARK, 0);
  frame.writeUInt32LE(bytes.length, 4);
  frame[12] = KINDS.indexOf(record.kind);
  frame[13] = id.length;
  frame.writeDoubleLE(record.sequence, 14);
  frame.writeDoubleLE(record.timestampMs, 22);
  frame.writeDoubleLE(record.sourceBytes, 30);
  frame.writeDoubleLE(record.destinationBytes, 38);
  frame.writeUInt16LE(facts.length, 46);
  frame.write(id, HEADER_BYTES, 'latin1');
  frame.writeUInt32LE(crc32(frame.subarray(CHECKED_FROM)), 8);
  return frame;
}

/** Whether the facts stand right before the document, and enough memory of the record's own before them. */
function hasRoom({ bytes, roomBefore = 0 }: RecordDocument, facts: Buffer, neededBytes: number): boolean {
  if (roomBefore < neededBytes) return false;
  if (facts.length === 0) return true;
  return facts.buffer === bytes.buffer && facts.byteOffset + facts.length === bytes.byteOffset;
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
      const next = bytes.indexOf(MARK_START, at + 1);
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
  if (bytes.length - at < HEADER_BYTES) return null;
  const mark = bytes.readUInt32LE(at);
  if (mark !== MARK && mark !== OLD_MARK) return null;
  const payloadLength = bytes.readUInt32LE(at + 4);
  const isOld = mark === OLD_MARK;
  const factsAt = at + (isOld ? OLD_HEADER_BYTES : HEADER_BYTES) + bytes[at + 13]!;
  const payloadAt = factsAt + (isOld ? 0 : bytes.readUInt16LE(at + 46));
  const end = payloadAt + payloadLength;
  if (payloadLength > MAX_PAYLOAD_BYTES || bytes.length < end) return null;
  if (crc32(bytes.subarray(at + CHECKED_FROM, end)) !== bytes.readUInt32LE(at + 8)) return null;
  return { record: new FrameRecord(bytes, at, factsAt, payloadAt), size: end - at };
}

/**
 * A record where it stands in a segment. What is asked of it is read then, and dies young: held for as long as a batch is under way, the parts of
 * thousands of records grow old, and the heap with them.
 */
class FrameRecord implements RecordDocument {
  readonly #segment: Buffer;
  readonly #at: number;
  readonly #factsAt: number;
  readonly #payloadAt: number;

  constructor(segment: Buffer, at: number, factsAt: number, payloadAt: number) {
    this.#segment = segment;
    this.#at = at;
    this.#factsAt = factsAt;
    this.#payloadAt = payloadAt;
  }

  get kind(): RecordDocument['kind'] {
    return KINDS[this.#segment[this.#at + 12]!] ?? 'exchange';
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
    return this.#segment.toString('latin1', this.#factsAt - this.#segment[this.#at + 13]!, this.#factsAt);
  }

  get facts(): Buffer | undefined {
    return this.#payloadAt === this.#factsAt
      ? undefined
      : this.#segment.subarray(this.#factsAt, this.#payloadAt);
  }

  get bytes(): Buffer {
    return this.#segment.subarray(
      this.#payloadAt,
      this.#payloadAt + this.#segment.readUInt32LE(this.#at + 4),
    );
  }
}
