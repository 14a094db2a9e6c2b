import type { RecordDocument } from '../../records/record-document.ts';
import type { ItemResult, SendResult } from '../sink.ts';
import { backOffMs } from './back-off.ts';
import type { Refusal } from './dead-letters.ts';
import type { LaneEvent } from './lane-state.ts';
import { halves, type Parcel, partOf } from './parcel.ts';

/** Pauses between the tries of single records that a sink puts off. */
export const ITEM_BACK_OFF = { firstMs: 200, longestMs: 15_000 };
/** Sizes to which the bodies of a single record are cut, one after the other, for a sink that does not take it. */
const BODY_CUTS = [32_768, 4096, 0];
/** Records refused one after the other by the status of the whole request: then it is not the records. */
const MAX_REFUSED_IN_A_ROW = 5;
const SMALLEST_BATCH_BYTES = 1024;

/** A record that a sink will never take. */
export interface Letter {
  readonly record: RecordDocument;
  /** Of the record among those of its parcel. */
  readonly index: number;
  readonly refusal: Refusal;
}

/** What follows from the answer to a batch; whoever reads it does it. */
export interface Settlement {
  readonly taken: readonly RecordDocument[];
  /** Of these, records that the sink had already. */
  readonly duplicates: number;
  /** Why others of these were put aside by the sink; one reason a record. */
  readonly diverted: readonly string[];
  readonly refused: readonly Letter[];
  /** So many of the batch are lost at the sink, which does not say which. */
  readonly rejected: number;
  /** To be sent again, each at its time. */
  readonly again: readonly Parcel[];
  /** Records in them that were put off; those of a batch that was only split are not. */
  readonly putOff: number;
  readonly event: LaneEvent;
  /** What the answer says of how much the sink can take at a time. */
  readonly pressure: 'grow' | 'halve' | 'one' | 'none';
  /** Batches above it are too large; null where nothing was learned. */
  readonly maxBatchBytes: number | null;
  /** A record's bodies are cut for the first time. */
  readonly isCut: boolean;
  /** Refused by the status of the whole request, standing alone. */
  readonly isWholeRefusal: boolean;
}

export interface SettleContext {
  readonly nowMs: number;
  /** In [0, 1). */
  readonly random: number;
  /** Tries of a record whose answers may be final. */
  readonly maxTries: number;
  /** `epoch` of the sink when the batch was sent. */
  readonly epoch: string;
  /** Settlements in a row before this one that were whole refusals. */
  readonly refusedInARow: number;
}

const NOTHING: Settlement = {
  taken: [],
  duplicates: 0,
  diverted: [],
  refused: [],
  rejected: 0,
  again: [],
  putOff: 0,
  event: { kind: 'succeeded' },
  pressure: 'none',
  maxBatchBytes: null,
  isCut: false,
  isWholeRefusal: false,
};

/**
 * What is to be done about an answer; the table is docs/delivery.md. Every record of the batch is in `taken`, in `refused` or in a parcel of `again`,
 * once.
 */
export function settle(
  parcel: Parcel,
  records: readonly RecordDocument[],
  result: SendResult,
  context: SettleContext,
): Settlement {
  switch (result.kind) {
    case 'answered':
      return result.items.length === records.length
        ? { ...settleItems(parcel, records, result.items, context), rejected: result.rejected ?? 0 }
        : again(
            parcel,
            records,
            {
              kind: 'retry',
              reason: `the answer has ${result.items.length} results for ${records.length} records`,
              retryAfterMs: null,
              isAmbiguous: true,
              isOverload: false,
            },
            context,
          );
    case 'retry':
      return again(parcel, records, result, context);
    case 'too-large':
      return shrink(parcel, records, result.reason);
    case 'refused':
      return bisect(parcel, records, result, context);
    case 'paused':
      return { ...NOTHING, again: [parcel], event: { kind: 'paused', reason: result.reason } };
  }
}

function settleItems(
  parcel: Parcel,
  records: readonly RecordDocument[],
  items: readonly ItemResult[],
  { nowMs, random, maxTries }: SettleContext,
): Settlement {
  const later: number[] = [];
  const limited: number[] = [];
  const refused: Letter[] = [];
  const taken: RecordDocument[] = [];
  const diverted: string[] = [];
  let duplicates = 0;
  let putOffReason = '';
  let blockedReason: string | null = null;
  const tries = parcel.failures + 1;
  for (const [index, item] of items.entries()) {
    const record = records[index]!;
    switch (item.kind) {
      case 'blocked':
        blockedReason = item.reason;
        later.push(index);
        break;
      case 'refused':
        refused.push({
          record,
          index,
          refusal: { type: item.type, reason: item.reason, status: item.status, tries },
        });
        break;
      case 'retry':
        if (item.isLimited && parcel.limitedFailures + 1 >= maxTries) {
          const refusal = { type: 'tries-used-up', reason: item.reason, status: null, tries };
          refused.push({ record, index, refusal });
        } else (item.isLimited ? limited : later).push(index);
        putOffReason = item.reason;
        break;
      default:
        if (item.kind === 'duplicate') duplicates++;
        if (item.kind === 'diverted') diverted.push(item.reason);
        taken.push(record);
    }
  }
  // That a record is put off does not say that an earlier try did not store it: that mark stays.
  const changes = { failures: tries, notBeforeMs: nowMs + backOffMs(tries, random, ITEM_BACK_OFF) };
  const waiting: Parcel[] = [];
  if (later.length > 0) waiting.push(partOf(parcel, later, changes));
  if (limited.length > 0)
    waiting.push(partOf(parcel, limited, { ...changes, limitedFailures: parcel.limitedFailures + 1 }));
  const hasProgress = taken.length > 0 || refused.length > 0 || items.length === 0;
  return {
    ...NOTHING,
    taken,
    duplicates,
    diverted,
    refused,
    again: waiting,
    putOff: later.length + limited.length,
    pressure: later.length > 0 ? 'halve' : 'grow',
    event:
      blockedReason !== null
        ? { kind: 'blocked', reason: blockedReason }
        : hasProgress
          ? { kind: 'succeeded' }
          : { kind: 'failed', reason: putOffReason, retryAfterMs: null },
  };
}

/** Nothing of it is known to be taken. */
function again(
  parcel: Parcel,
  records: readonly RecordDocument[],
  result: SendResult & { kind: 'retry' },
  { epoch }: SettleContext,
): Settlement {
  const mayBeStoredSince =
    parcel.mayBeStoredSince ?? (result.isAmbiguous && records.length > 0 ? epoch : null);
  return {
    ...NOTHING,
    again: [{ ...parcel, mayBeStoredSince, failures: parcel.failures + 1 }],
    putOff: records.length,
    event: { kind: 'failed', reason: result.reason, retryAfterMs: result.retryAfterMs },
    pressure: result.isOverload ? 'halve' : 'one',
  };
}

/** Halves, down to one record; then its bodies are cut; then it is refused. */
function shrink(parcel: Parcel, records: readonly RecordDocument[], reason: string): Settlement {
  if (records.length > 1) {
    const bytes = records.reduce((sum, record) => sum + record.bytes.length, 0);
    return {
      ...NOTHING,
      again: halves(parcel, records),
      maxBatchBytes: Math.max(Math.ceil(bytes / 2), SMALLEST_BATCH_BYTES),
    };
  }
  const bodyBytes = BODY_CUTS.find((cut) => cut < (parcel.bodyBytes ?? Infinity));
  if (bodyBytes !== undefined)
    return { ...NOTHING, again: [{ ...parcel, bodyBytes }], isCut: parcel.bodyBytes === null };
  const refusal = { type: 'too-large', reason, status: null, tries: parcel.failures + 1 };
  return { ...NOTHING, refused: records.map((record, index) => ({ record, index, refusal })) };
}

/** Halves until the records that are to blame stand alone; where every record is to blame, it is not the records. */
function bisect(
  parcel: Parcel,
  records: readonly RecordDocument[],
  { type, reason, status }: SendResult & { kind: 'refused' },
  { refusedInARow }: SettleContext,
): Settlement {
  const tries = parcel.failures + 1;
  if (records.length > 1) return { ...NOTHING, again: halves(parcel, records, { failures: tries }) };
  if (refusedInARow >= MAX_REFUSED_IN_A_ROW)
    return {
      ...NOTHING,
      again: [parcel],
      isWholeRefusal: true,
      event: {
        kind: 'paused',
        reason: `every request is refused: ${reason}. Is this the right address, and nothing in between?`,
      },
    };
  return {
    ...NOTHING,
    refused: records.map((record, index) => ({ record, index, refusal: { type, reason, status, tries } })),
    isWholeRefusal: true,
  };
}
