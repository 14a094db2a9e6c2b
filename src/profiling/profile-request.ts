/** Which profile of a running gateway is wanted. Plain values: it crosses the control socket. */
export type ProfileRequest = {
  /** A thread by its name; null for all. */
  readonly thread: string | null;
} & (
  | { readonly kind: 'cpu'; readonly seconds: number; readonly intervalMicroseconds: number }
  | {
      readonly kind: 'heap';
      readonly seconds: number;
      readonly intervalBytes: number;
      /** Also what has been collected since. */
      readonly isIncludingGarbage: boolean;
    }
  /** The whole heap: bodies, headers and keys of the traffic are in it, so who asks must say that they know. */
  | { readonly kind: 'snapshot'; readonly isIncludingContents: true }
);

export type ProfileKind = ProfileRequest['kind'];

/** What can be chosen, and what is taken where nothing is. */
export const PROFILE_LIMITS = {
  seconds: { min: 1, max: 600, byDefault: 10 },
  intervalMicroseconds: { min: 50, max: 1_000_000, byDefault: 1000 },
  intervalBytes: { min: 1024, max: 64 * 1024 * 1024, byDefault: 32 * 1024 },
  /** With garbage there are far more: everything that is allocated, not what is left of it. */
  garbageIntervalBytes: 512 * 1024,
  /** Looks at the stack in one profile: they are kept in the memory of the gateway until its end. */
  samples: 1_000_000,
} as const;

/** Why a snapshot is refused without its switch. */
export const SNAPSHOT_REFUSAL =
  'a heap snapshot holds everything that is in memory: bodies and headers of requests and answers, passwords, keys and tokens, nothing redacted. Say --include-contents to take one all the same, and treat the file like the secrets in it; cpu and heap profiles hold none of it';

/** Reads what a client asks for. Throws, in words, what is wrong with it. */
export function readProfileRequest(fields: Readonly<Record<string, unknown>>): ProfileRequest {
  const { kind, thread = null } = fields;
  if (thread !== null && typeof thread !== 'string') throw new Error('thread: expected the name of a thread');
  if (kind === 'cpu') {
    const seconds = numberWithin(fields, 'seconds');
    const intervalMicroseconds = numberWithin(fields, 'intervalMicroseconds');
    if ((seconds * 1e6) / intervalMicroseconds > PROFILE_LIMITS.samples)
      throw new Error(
        `${seconds} seconds with a sample each ${intervalMicroseconds} microseconds are more than ${PROFILE_LIMITS.samples} samples: take less often, or for a shorter time`,
      );
    return { kind, thread, seconds, intervalMicroseconds };
  }
  if (kind === 'heap')
    return {
      kind,
      thread,
      seconds: numberWithin(fields, 'seconds'),
      intervalBytes: numberWithin(fields, 'intervalBytes'),
      isIncludingGarbage: fields['isIncludingGarbage'] === true,
    };
  if (kind === 'snapshot') {
    if (fields['isIncludingContents'] !== true) throw new Error(SNAPSHOT_REFUSAL);
    return { kind, thread, isIncludingContents: true };
  }
  throw new Error('expected cpu, heap or snapshot');
}

function numberWithin(
  fields: Readonly<Record<string, unknown>>,
  name: 'seconds' | 'intervalMicroseconds' | 'intervalBytes',
): number {
  const { min, max } = PROFILE_LIMITS[name];
  const value = fields[name];
  if (typeof value !== 'number' || !(value >= min && value <= max))
    throw new Error(`${name}: expected a number from ${min} to ${max}`);
  return value;
}
