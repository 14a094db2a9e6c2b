import type { EcsDocument } from '../../records/ecs-document.ts';
import { readDocument } from '../../records/read-document.ts';
import type { Query } from '../../store/query.ts';
import { scan } from '../../store/scan.ts';
import { ALL_TIMES, type StoreReading, type TimeWindow } from '../../store/store-reading.ts';
import { lowerCase } from '../../store/words.ts';
import type { BodyQuestion, FoundBody, FoundRecord, RecordQuestion } from './question.ts';
import type { Turns } from './turn.ts';

/** How far the time in an id may be from that of its record. */
const NEAR_MS = 3_600_000;

/** A record by its id; the newest where a script has made several of one. */
export function* answerRecord({ id }: RecordQuestion, reading: StoreReading): Turns<FoundRecord | null> {
  const near = nearTime(id);
  const found = near === null ? null : yield* find(id, near, reading);
  return found ?? (yield* find(id, ALL_TIMES, reading));
}

/** The body of a record, where it was recorded as text. */
export function* answerBody({ id, part }: BodyQuestion, reading: StoreReading): Turns<FoundBody | null> {
  const found = yield* answerRecord({ type: 'record', id }, reading);
  if (found === null) return null;
  const document: Partial<EcsDocument> = readDocument(Buffer.from(found.bytes).toString('utf8'));
  const message = document.http?.[part];
  const content: unknown = message?.body?.content;
  const path: unknown = document.url?.path;
  const mimeType: unknown = message?.mime_type;
  return {
    bytes: typeof content === 'string' ? new TextEncoder().encode(content) : null,
    mimeType: typeof mimeType === 'string' ? mimeType : null,
    path: typeof path === 'string' ? path : null,
  };
}

function* find(id: string, window: TimeWindow, reading: StoreReading): Turns<FoundRecord | null> {
  // An id is in the filters of blocks as it is, and asked for in lower case; a star would stand for anything.
  const isPlain = id === lowerCase(id) && !id.includes('*');
  const query: Query = isPlain ? { kind: 'like', column: 'id', pattern: id } : { kind: 'all' };
  let found: FoundRecord | null = null;
  const steps = scan(reading, query, { order: 'newest', window }, (block, index) => {
    if (block.ids[index] !== id) return true;
    found = { bytes: new Uint8Array(block.documentBytes(index)) };
    return false;
  });
  while (steps.next().done !== true) yield 'go-on';
  return found;
}

/** Ids of the gateway begin with their time (RFC 9562 section 5.7). */
function nearTime(id: string): TimeWindow | null {
  const digits = /^([\da-f]{8})-([\da-f]{4})-7/.exec(id);
  if (digits === null) return null;
  const timeMs = Number.parseInt(`${digits[1]}${digits[2]}`, 16);
  return { sinceMs: timeMs - NEAR_MS, untilMs: timeMs + NEAR_MS };
}
