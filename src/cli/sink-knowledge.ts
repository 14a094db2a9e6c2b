import { existsSync } from 'node:fs';
import * as path from 'node:path';
import { DeadLetters } from '../sinks/delivery/dead-letters.ts';
import { readPlaces } from '../sinks/delivery/place-book.ts';
import type { Place, StreamKey } from '../sinks/sink.ts';
import type { DataDirectory } from '../spool/data-directory.ts';

/** What the data directory says of one sink: how far it has come, and what it will not get. */
export interface SinkKnowledge {
  readonly place: (stream: StreamKey) => Place | null;
  /** Why the sink does not have a record: its refusal, or that it was given up; null where it should have it. */
  readonly deadLetter: (run: string, thread: number, sequence: number) => string | null;
}

export function sinkKnowledge({ paths }: DataDirectory, sink: string): SinkKnowledge {
  const places = readPlaces(path.join(paths.delivery, `${sink}.json`));
  const refused = new Map<string, string>();
  const givenUp = existsSync(paths.deadLetters) ? readLetters(paths.deadLetters, sink, refused) : [];
  return {
    place: ({ run, thread }) =>
      places.find((entry) => entry.run === run && entry.thread === thread)?.acknowledged ?? null,
    deadLetter: (run, thread, sequence) =>
      refused.get(`${run}.${thread}.${sequence}`) ??
      givenUp.find(
        (range) =>
          range.run === run && range.thread === thread && range.first <= sequence && sequence <= range.last,
      )?.reason ??
      null,
  };
}

function readLetters(
  file: string,
  sink: string,
  refused: Map<string, string>,
): ReturnType<DeadLetters['givenUp']> {
  const letters = DeadLetters.open(file, { maxBytes: Infinity });
  try {
    for (const { run, thread, sequence, type, reason } of letters.list({ sink }))
      refused.set(`${run}.${thread}.${sequence}`, `${type}: ${reason}`);
    return letters.givenUp(sink);
  } finally {
    letters.close();
  }
}
