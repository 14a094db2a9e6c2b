import { setTimeout as after } from 'node:timers/promises';
import type { ProfiledThread, RunningProfile } from './profiled-thread.ts';
import { type ProfileRequest, readProfileRequest } from './profile-request.ts';

/** What a gateway tells while it takes a profile, in this order; plain values, so that they cross the control socket. */
export type ProfileEvent =
  | { readonly type: 'begun'; readonly threads: readonly string[] }
  /** Once a second. */
  | { readonly type: 'running'; readonly elapsedSeconds: number }
  /** A piece of the file of a thread. */
  | { readonly type: 'part'; readonly thread: string; readonly text: string }
  | { readonly type: 'whole'; readonly thread: string };

/** Characters of one part. */
const PART_LENGTH = 256 * 1024;

/** How long a thread may take to begin and to end a profile: one that is stuck outside JavaScript does not answer. */
const ANSWER_TIMEOUT_MS = 60_000;

const TICK_MS = 1000;

/**
 * Takes profiles of these threads as they are asked for, one at a time: each costs, and two would show each other. An iterator that is returned
 * early, or a signal, ends the profile.
 */
export function profileTaker(
  threads: readonly ProfiledThread[],
): (fields: Readonly<Record<string, unknown>>, signal: AbortSignal) => AsyncGenerator<ProfileEvent> {
  let isBusy = false;
  return async function* (fields, signal) {
    const request = readProfileRequest(fields);
    const chosen = threads.filter(({ name }) => request.thread === null || name === request.thread);
    if (chosen.length === 0)
      throw new Error(
        `there is no thread ${JSON.stringify(request.thread)}; there are ${threads.map(({ name }) => name).join(', ')}`,
      );
    if (isBusy) throw new Error('another profile is being taken: try again when it is done');
    isBusy = true;
    try {
      yield { type: 'begun', threads: chosen.map(({ name }) => name) };
      if (request.kind === 'snapshot') yield* snapshots(chosen);
      else yield* sampled(request, chosen, signal);
    } finally {
      isBusy = false;
    }
  };
}

async function* sampled(
  request: Exclude<ProfileRequest, { kind: 'snapshot' }>,
  threads: readonly ProfiledThread[],
  signal: AbortSignal,
): AsyncGenerator<ProfileEvent> {
  const running: { thread: string; profile: RunningProfile }[] = [];
  const start = async (thread: ProfiledThread): Promise<void> => {
    const starting =
      request.kind === 'cpu' ? thread.startCpuProfile(request) : thread.startHeapProfile(request);
    // One that starts after it was given up is not left running.
    let isGivenUp = false;
    const profile = await within(
      starting.then(async (late) => {
        if (isGivenUp) await late.discard();
        return late;
      }),
      thread.name,
      () => (isGivenUp = true),
    );
    running.push({ thread: thread.name, profile });
  };
  try {
    // All are waited for, so that none is forgotten where one fails.
    const failed = (await Promise.allSettled(threads.map(start))).find(({ status }) => status === 'rejected');
    if (failed !== undefined) throw (failed as PromiseRejectedResult).reason;
    for (let elapsedSeconds = 1; elapsedSeconds <= request.seconds; elapsedSeconds++) {
      await after(TICK_MS, undefined, { signal });
      yield { type: 'running', elapsedSeconds };
    }
    await after((request.seconds % 1) * TICK_MS, undefined, { signal });
    // Stopped together: each is of the same stretch of time.
    const texts = await Promise.all(
      running.splice(0).map(async ({ thread, profile }) => ({
        thread,
        text: await within(profile.stop(), thread, () => void profile.discard().catch(() => {})),
      })),
    );
    for (const { thread, text } of texts) {
      yield* partsOf(thread, text);
      yield { type: 'whole', thread };
    }
  } finally {
    await Promise.allSettled(running.map(({ profile }) => profile.discard()));
  }
}

/** One after the other: while one stands still, the others go on. */
async function* snapshots(threads: readonly ProfiledThread[]): AsyncGenerator<ProfileEvent> {
  for (const thread of threads) {
    const stream = await thread.heapSnapshot();
    stream.setEncoding('utf8');
    // What has piled up comes in one text, of any size.
    for await (const text of stream as AsyncIterable<string>) yield* partsOf(thread.name, text);
    yield { type: 'whole', thread: thread.name };
  }
}

function* partsOf(thread: string, text: string): Generator<ProfileEvent> {
  for (let from = 0; from < text.length; from += PART_LENGTH)
    yield { type: 'part', thread, text: text.slice(from, from + PART_LENGTH) };
}

/** Rejects where a thread does not answer in time. */
async function within<T>(answer: Promise<T>, thread: string, onTimeout: () => void): Promise<T> {
  const timer = Promise.withResolvers<never>();
  const timeout = setTimeout(() => {
    onTimeout();
    timer.reject(new Error(`${thread} does not answer within ${ANSWER_TIMEOUT_MS / 1000} seconds`));
  }, ANSWER_TIMEOUT_MS);
  try {
    return await Promise.race([answer, timer.promise]);
  } finally {
    clearTimeout(timeout);
  }
}
