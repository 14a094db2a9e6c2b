import { existsSync, readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import type { Place, StreamKey } from '../sinks/sink.ts';
import type { LocalKnowledge, SequenceRange } from '../sinks/elasticsearch/verify.ts';
import { decodeFrames } from '../spool/format.ts';
import { parseSegmentName } from '../spool/segment-name.ts';

type Gap = SequenceRange & { reason: string };

/**
 * What a data directory knows of records that a sink does not hold.
 * @param place how far a sink has got in a stream; null for the whole spool
 * @param deadLetter why a record became a dead letter of the sink; null where it is none
 */
export function readLocalKnowledge({
  spoolFolder,
  place,
  deadLetter,
  lastAnswered,
}: {
  readonly spoolFolder: string;
  readonly place: (stream: StreamKey) => Place | null;
  readonly deadLetter: LocalKnowledge['deadLetter'];
  readonly lastAnswered?: LocalKnowledge['lastAnswered'];
}): LocalKnowledge {
  const waiting = new Map<string, Set<number>>();
  const gaps = new Map<string, Gap[]>();
  for (const file of existsSync(spoolFolder) ? readdirSync(spoolFolder).sort() : []) {
    const name = parseSegmentName(file);
    if (name === null) continue;
    const acknowledged = place(name);
    if (acknowledged !== null && acknowledged.segment > name.segment) continue;
    const offset = acknowledged?.segment === name.segment ? acknowledged.offset : 0;
    const key = `${name.run}.${name.thread}`;
    const numbers = waiting.get(key) ?? new Set<number>();
    waiting.set(key, numbers);
    for (const record of decodeFrames(readSegment(path.join(spoolFolder, file)).subarray(offset)).records) {
      numbers.add(record.sequence);
      if (record.kind !== 'gap') continue;
      const { tapline } = JSON.parse(record.bytes.toString('utf8')) as { tapline: { gap: Gap } };
      const { from, to, reason } = tapline.gap;
      gaps.set(key, [...(gaps.get(key) ?? []), { from, to, reason }]);
    }
  }
  return {
    isWaiting: (run, thread, sequence) => waiting.get(`${run}.${thread}`)?.has(sequence) ?? false,
    deadLetter,
    lastAnswered,
    waitingGaps: (run, thread) => gaps.get(`${run}.${thread}`) ?? [],
  };
}

function readSegment(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    // Delivered and deleted in this moment.
    return Buffer.alloc(0);
  }
}
