import type { GapFacts } from '../record-document.ts';
import { dataStreamOf, ECS_VERSION, type EcsIdentity, observerOf, type RecordIdentity } from './identity.ts';
import { isoTime } from './iso-time.ts';

/** The document that says which records were lost, and why. */
export function gapDocument(gap: GapFacts, who: EcsIdentity, record: RecordIdentity): object {
  const { from, to, count, reason } = gap;
  const time = isoTime(record.timestampMs);
  return {
    '@timestamp': time,
    ecs: { version: ECS_VERSION },
    event: {
      id: record.id,
      kind: 'event',
      category: ['web'],
      type: ['error'],
      outcome: 'failure',
      start: time,
      end: time,
      sequence: record.sequence,
      dataset: who.dataset,
    },
    data_stream: dataStreamOf(who),
    error: { type: `records-lost-${reason}`, message: `${count} records are lost: ${reason}` },
    ...observerOf(who),
    tapline: {
      run: { id: who.runId },
      thread: who.thread,
      kind: 'gap',
      gap: {
        from,
        to,
        count,
        reason,
        source_bytes: gap.sourceBytes,
        destination_bytes: gap.destinationBytes,
      },
    },
  };
}
