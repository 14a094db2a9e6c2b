import type { RecordDocument } from '../../records/record-document.ts';
import { DELIVERED, DUPLICATE, type ItemResult, type SendResult } from '../sink.ts';
import type { ServerAnswer } from './client.ts';
import { missingPrivilege } from './missing-privilege.ts';
import { itemError, recordReason, serverError } from './server-error.ts';

/** What a bulk answer says. */
export interface BulkReading {
  readonly result: SendResult;
  /** The indices that records were created in: one, or two where the stream rolled over in between. */
  readonly createdIn: ReadonlyMap<string, readonly string[]>;
}

export interface BulkContext {
  readonly records: readonly RecordDocument[];
  readonly stream: string;
  /** What to do about a 401. */
  readonly credentialAdvice: string;
  readonly nowMs: number;
}

const NOTHING: ReadonlyMap<string, readonly string[]> = new Map();

/**
 * Reads a bulk answer: the whole by its status (conventions.md 3.4), then each item. Nothing but an item with its own id and status 2xx or
 * 409 counts as stored; an answer that cannot be read, or has other items than were sent, is an ambiguous failure.
 */
export function readBulkAnswer(answer: ServerAnswer, context: BulkContext): BulkReading {
  const whole = (result: SendResult): BulkReading => ({ result, createdIn: NOTHING });
  const { status, url } = answer;
  if (status === 200) return readItems(answer, context);
  if (status === 413)
    return whole({ kind: 'too-large', reason: `${url} takes no request of this size (413)` });
  const error = serverError(answer.body);
  const blocked = blockReason(error);
  if (blocked !== null)
    return whole({
      kind: 'answered',
      items: context.records.map(() => ({ kind: 'blocked', reason: blocked })),
    });
  if (status === 401)
    return whole({ kind: 'paused', reason: `${url} refuses us (401): ${context.credentialAdvice}` });
  if (status === 403)
    return whole({
      kind: 'paused',
      reason: `${url} refuses us (403): ${missingPrivilege(error, `index privilege create_doc on ${context.stream}`)}`,
    });
  if (status === 400) return whole(badRequest(answer, context));
  if (status === 404 || status === 405 || status === 406 || (status >= 300 && status < 400))
    return whole({
      kind: 'paused',
      reason: `${url} does not take bulk requests (${status}); check the path of --elasticsearch, and whether a proxy in between lets POST …/_bulk through`,
    });
  // 408 and 425 are a proxy's; anything that is not known may heal.
  return whole({
    kind: 'retry',
    reason: `${url} cannot take records now (${status}${error.type === '' ? '' : `, ${error.type}`})`,
    retryAfterMs: retryAfterMs(answer, context.nowMs),
    // 429 is said before anything is done; behind the others something may have been.
    isAmbiguous: status !== 429,
    isOverload: status === 429 || status === 503,
  });
}

/** A whole request that is refused: by a wrong record in it, or by what we are. Only the first may cost records. */
function badRequest({ url, body }: ServerAnswer, { stream }: BulkContext): SendResult {
  const error = serverError(body);
  const reason = recordReason(error);
  if (error.type === 'media_type_header_exception' || /unrecognized parameter|media type/i.test(error.words))
    return {
      kind: 'paused',
      reason: `${url} is of another version than at the first contact (400 ${error.type}); restart the gateway, so that it looks again`,
    };
  if (/pipeline with id \[/.test(error.words) || error.type === 'index_closed_exception')
    return { kind: 'paused', reason: `${url} takes nothing into ${stream} (400): ${reason}` };
  return { kind: 'refused', type: error.type || 'bad-request', reason, status: 400 };
}

interface BulkItem {
  readonly _id?: unknown;
  readonly _index?: unknown;
  readonly status?: unknown;
  readonly error?: unknown;
  readonly failure_store?: unknown;
}

function readItems(answer: ServerAnswer, { records, stream }: BulkContext): BulkReading {
  const lost = (what: string): BulkReading => ({
    result: {
      kind: 'retry',
      reason: `${answer.url} gave ${what}: what is stored is not known, so all of it is sent again`,
      retryAfterMs: null,
      isAmbiguous: true,
      isOverload: false,
    },
    createdIn: NOTHING,
  });
  let items: unknown;
  try {
    items = (JSON.parse(answer.body) as { items?: unknown } | null)?.items;
  } catch {
    return lost('a bulk answer that is no JSON');
  }
  if (!Array.isArray(items)) return lost('a bulk answer without items');
  if (items.length !== records.length)
    return lost(`a bulk answer with ${items.length} items for ${records.length} records`);
  const results: ItemResult[] = [];
  const createdIn = new Map<string, string[]>();
  let refusedUs = 0;
  let advice = '';
  for (const [index, record] of records.entries()) {
    const item = (items[index] as { create?: BulkItem } | null)?.create;
    if (typeof item !== 'object' || item === null || typeof item.status !== 'number')
      return lost('a bulk answer with an item that cannot be read');
    const isDiverted = item.failure_store === 'used';
    // A document in the failure store has an id of its own there.
    if (!isDiverted && item._id !== record.id) return lost('a bulk answer with items of other records');
    const result = readItem(item, item.status, isDiverted, stream);
    if (result.kind === 'delivered' && typeof item._index === 'string') {
      const ids = createdIn.get(item._index);
      if (ids === undefined) createdIn.set(item._index, [record.id]);
      else ids.push(record.id);
    }
    if (item.status === 401 || (item.status === 403 && result.kind === 'blocked')) {
      const error = itemError(item.error);
      if (error.type === 'security_exception') {
        refusedUs++;
        advice = result.kind === 'blocked' ? result.reason : advice;
      }
    }
    results.push(result);
  }
  if (refusedUs === records.length && refusedUs > 0)
    return { result: { kind: 'paused', reason: `${answer.url} refuses us: ${advice}` }, createdIn };
  return { result: { kind: 'answered', items: results }, createdIn };
}

/** What became of one record. */
export function readItem(item: BulkItem, status: number, isDiverted: boolean, stream: string): ItemResult {
  if (status >= 200 && status < 300)
    return isDiverted
      ? { kind: 'diverted', reason: `it is in the failure store: GET ${stream}::failures/_search says why` }
      : DELIVERED;
  if (status === 409) return DUPLICATE;
  const error = itemError(item.error);
  const reason = recordReason(error);
  const shownType = error.type === '' ? '' : `, ${error.type}`;
  const blocked = blockReason(error);
  if (blocked !== null) return { kind: 'blocked', reason: blocked };
  if (status === 429 || status === 503)
    return { kind: 'retry', reason: `not now (${status}${shownType})`, isLimited: false };
  if (status === 401 || (status === 403 && error.type === 'security_exception'))
    return {
      kind: 'blocked',
      reason: missingPrivilege(error, `index privilege create_doc on ${stream}`),
    };
  if (status === 404)
    return {
      kind: 'blocked',
      reason: `${reason}: the data stream ${stream} is not there and may not be made; run: tapline setup elasticsearch`,
    };
  if (status >= 500)
    return { kind: 'retry', reason: `server error (${status}${shownType}): ${reason}`, isLimited: true };
  // 3xx and below 200 are no statuses of an item; nothing is known then.
  if (status < 400) return { kind: 'retry', reason: `status ${status}`, isLimited: true };
  return { kind: 'refused', type: error.type || `status-${status}`, reason, status };
}

/** Somebody must act: a read-only index, a full disk, a closed index; null for anything else. */
function blockReason({ type, words }: ReturnType<typeof itemError>): string | null {
  if (type !== 'cluster_block_exception' && type !== 'index_closed_exception') return null;
  if (type === 'index_closed_exception')
    return 'the index is closed; open it, or roll the data stream over (POST …/_rollover)';
  const said = recordReason({ type, words });
  if (/read-only-allow-delete|flood|disk/i.test(words))
    return `${said}; the disk of a node is too full: free space, or let old indices expire, and it goes on by itself`;
  if (/SERVICE_UNAVAILABLE|no master|not recovered/i.test(words))
    return `${said}; the cluster has no master yet`;
  return `${said}; take the block away (PUT …/_settings {"index.blocks.write": null}), and it goes on by itself`;
}

/** `Retry-After`, in seconds or as a date (RFC 9110 section 10.2.3). */
export function retryAfterMs({ headers }: ServerAnswer, nowMs: number): number | null {
  const value = headers['retry-after'];
  const text = (Array.isArray(value) ? value[0] : value)?.trim();
  if (text === undefined || text === '') return null;
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs);
}
