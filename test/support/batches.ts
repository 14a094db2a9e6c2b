import type { Batch } from '../../src/sinks/sink.ts';
import { recordOf } from './records.ts';

/** Records `from` to `to` of a stream; its place counts records. */
export function batchOf(from: number, to: number, thread = 0): Batch {
  const records = Array.from({ length: to - from + 1 }, (_, index) => recordOf(from + index));
  return {
    stream: { run: 'run', thread },
    records,
    bytes: records.reduce((sum, { bytes }) => sum + bytes.length, 0),
    place: { segment: 1, offset: to },
    tries: 1,
    mayBeStoredSince: null,
  };
}

/** What became of the records of a batch, in short; or of the batch. */
export function outcomeOf(result: { kind: string; items?: readonly { kind: string }[] }): string[] {
  return result.items?.map(({ kind }) => kind) ?? [result.kind];
}

/** A signal for a try that nobody gives up. */
export const patient = (): AbortSignal => new AbortController().signal;
