import { existsSync, readdirSync, statSync } from 'node:fs';
import * as path from 'node:path';
import { DeadLetters } from '../sinks/delivery/dead-letters.ts';
import { bookNames, readPlaces } from '../sinks/delivery/place-book.ts';
import { bytesAfter } from '../sinks/delivery/spool-source.ts';
import type { Place, StreamKey } from '../sinks/sink.ts';
import type { DataDirectory } from '../spool/data-directory.ts';
import { parseSegmentName } from '../spool/segment-name.ts';

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

/** What every sink but the store will not get, or has not got yet; for people and for `--json`. */
export interface SinkSummary {
  readonly sink: string;
  /** Of the spool, as files; 0 for a sink that keeps its own places. */
  readonly waitingBytes: number;
  readonly deadLetters: number;
  readonly givenUp: ReturnType<DeadLetters['givenUp']>;
}

/** The sinks that were delivered to from this data directory, with what they will not get. */
export function sinkSummaries({ paths }: DataDirectory): SinkSummary[] {
  const books = bookNames(paths.delivery);
  const sinks = new Set(books);
  const counts = new Map<string, number>();
  let givenUp: ReturnType<DeadLetters['givenUp']> = [];
  if (existsSync(paths.deadLetters)) {
    const letters = DeadLetters.open(paths.deadLetters, { maxBytes: Infinity });
    try {
      for (const { sink } of letters.list()) counts.set(sink, (counts.get(sink) ?? 0) + 1);
      givenUp = letters.givenUp();
    } finally {
      letters.close();
    }
  }
  for (const sink of [...counts.keys(), ...givenUp.map((range) => range.sink)]) sinks.add(sink);
  return [...sinks].sort().map((sink) => ({
    sink,
    waitingBytes: books.includes(sink) ? waitingBytes(paths, sink) : 0,
    deadLetters: counts.get(sink) ?? 0,
    givenUp: givenUp.filter((range) => range.sink === sink),
  }));
}

function waitingBytes({ spool, delivery }: DataDirectory['paths'], sink: string): number {
  const places = readPlaces(path.join(delivery, `${sink}.json`));
  let bytes = 0;
  for (const file of existsSync(spool) ? readdirSync(spool) : []) {
    const name = parseSegmentName(file);
    const size = statSync(path.join(spool, file), { throwIfNoEntry: false })?.size ?? 0;
    if (name === null) continue;
    const entry = places.find(({ run, thread }) => run === name.run && thread === name.thread);
    const stream = { ...name, isOpen: false, segments: [{ segment: name.segment, size }] };
    bytes += bytesAfter(stream, entry?.acknowledged ?? null);
  }
  return bytes;
}

/** The highest sequence number of a run and data thread that some sink has taken; 0 for none. */
export function lastAcknowledged(
  { paths }: DataDirectory,
  sinks = bookNames(paths.delivery),
): (run: string, thread: number) => number {
  const books = sinks.map((sink) => readPlaces(path.join(paths.delivery, `${sink}.json`)));
  return (run, thread) =>
    Math.max(
      0,
      ...books.map(
        (book) => book.find((entry) => entry.run === run && entry.thread === thread)?.lastSequence ?? 0,
      ),
    );
}
