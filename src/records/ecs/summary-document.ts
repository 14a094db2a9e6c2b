import type { LeftOutFacts } from '../capture-rules/left-out.ts';
import { dataStreamOf, ECS_VERSION, type EcsIdentity, observerOf, type RecordIdentity } from './identity.ts';
import { isoTime } from './iso-time.ts';

/** The document that stands for exchanges that a capture rule left without records. */
export function summaryDocument(facts: LeftOutFacts, who: EcsIdentity, record: RecordIdentity): object {
  const { rule, effect, count, details } = facts;
  return {
    '@timestamp': isoTime(record.timestampMs),
    ecs: { version: ECS_VERSION },
    event: {
      id: record.id,
      kind: 'metric',
      category: ['web'],
      type: ['info'],
      start: isoTime(facts.firstMs),
      end: isoTime(facts.lastMs),
      sequence: record.sequence,
      dataset: who.dataset,
    },
    data_stream: dataStreamOf(who),
    ...observerOf(who),
    tapline: {
      run: { id: who.runId },
      thread: who.thread,
      kind: 'summary',
      rule,
      capture: effect,
      summary: {
        count,
        source_bytes: facts.sourceBytes,
        destination_bytes: facts.destinationBytes,
        ...(details === null ? {} : { duration: details.durationNs, status: details.statuses }),
      },
    },
  };
}
