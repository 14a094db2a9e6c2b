import type { Log } from '../../core/ports.ts';
import type { StreamKey } from '../sink.ts';
import type { DeadLetters, GivenUp } from './dead-letters.ts';
import type { Lane } from './lane.ts';
import type { SpoolSource, SpoolStream } from './spool-source.ts';

const REASON = 'spool full';

/**
 * A sink that is down for long must not cost the others their records: while the spool is above `maxBytes`, the oldest segments that at least one sink has
 * taken are given up for those that have not, and `verify` names what that was. What no sink has taken stays; then new records are dropped, and a gap
 * record tells every sink of it.
 */
export async function giveUpOldest(options: {
  readonly streams: readonly SpoolStream[];
  readonly lanes: readonly Lane[];
  readonly source: SpoolSource;
  readonly maxBytes: number;
  readonly letters: () => DeadLetters;
  readonly log: Log;
  readonly nowMs: number;
}): Promise<void> {
  const { streams, lanes, source, maxBytes, log } = options;
  let bytes = streams.reduce(
    (sum, { segments }) => sum + segments.reduce((all, { size }) => all + size, 0),
    0,
  );
  for (const stream of streams)
    for (const [index, { segment, size }] of stream.segments.entries()) {
      if (bytes <= maxBytes) return;
      if (stream.isOpen && index === stream.segments.length - 1) continue;
      const behind = lanes.filter((lane) => !lane.reader.isPast(stream, segment, size));
      if (behind.length === 0) bytes -= size;
      if (behind.length === 0 || behind.length === lanes.length) continue;
      for (const lane of behind) {
        const ranges = await rangesLeft(lane, stream, segment, size, source);
        for (const range of ranges) options.letters().giveUp(range, options.nowMs);
        const count = ranges.reduce((sum, range) => sum + range.count, 0);
        lane.skipTo(stream, { segment: segment + 1, offset: 0 });
        lane.noteGivenUp(count);
        log.write(
          'error',
          `[${lane.sink.name}] the spool is full: ${count} records are given up for this sink, others have them; see verify`,
        );
      }
      bytes -= size;
    }
}

/** The sequence numbers of a segment that a lane has not been acknowledged, as ranges without holes. */
async function rangesLeft(
  lane: Lane,
  { run, thread }: StreamKey,
  segment: number,
  size: number,
  source: SpoolSource,
): Promise<GivenUp[]> {
  const at = lane.reader.acknowledged({ run, thread });
  const offset = at !== null && at.segment === segment ? at.offset : 0;
  const from = { segment, offset };
  const { records } = await source.reread(
    { run, thread },
    { from, to: { segment, offset: size }, lastSequence: null },
  );
  const ranges: GivenUp[] = [];
  for (const { sequence } of records) {
    const last = ranges.at(-1);
    if (last !== undefined && last.last + 1 === sequence)
      ranges[ranges.length - 1] = { ...last, last: sequence, count: last.count + 1 };
    else
      ranges.push({
        sink: lane.sink.name,
        run,
        thread,
        first: sequence,
        last: sequence,
        count: 1,
        reason: REASON,
      });
  }
  return ranges;
}
