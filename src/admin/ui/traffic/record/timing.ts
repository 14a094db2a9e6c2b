import type { ShownRecord } from './shown-record.ts';

/** A stretch of an exchange's time. */
export interface TimingPhase {
  readonly kind: 'request' | 'waiting' | 'answer' | 'both' | 'unknown' | 'tunnel';
  readonly label: string;
  /** Nanoseconds from the start. */
  readonly fromNs: number;
  readonly toNs: number;
  /** What is reached at `toNs`: `first byte`, `last byte`; null where nothing has a name. */
  readonly reaches: string | null;
  /** Of the whole, 0 to 1. */
  readonly share: number;
}

export interface Timing {
  readonly totalNs: number;
  /** One behind the other, together the whole. */
  readonly phases: readonly TimingPhase[];
  /** What took most of it, in a sentence; null where no part stands out. */
  readonly verdict: string | null;
  /** What is not known, in a sentence; null where all is. */
  readonly unknown: string | null;
}

/** A part that takes so much of the time explains it. */
const STANDS_OUT = 0.6;
/** Faster needs no explanation. */
const WORTH_A_VERDICT_NS = 50e6;

/** Where the time of an exchange went, as far as its record tells; null where it tells no duration. */
export function timingOf(record: ShownRecord): Timing | null {
  const { durationNs } = record;
  if (durationNs === null || record.gap !== null || record.summary !== null) return null;
  const within = (ns: number | null): number | null => (ns === null ? null : Math.min(ns, durationNs));
  const phases = phasesOf(record, durationNs, within(record.requestEndNs), within(record.firstByteNs))
    .filter(({ fromNs, toNs }) => toNs > fromNs || durationNs === 0)
    .map((phase) => ({
      ...phase,
      reaches: reachedAt(phase, record),
      share: durationNs === 0 ? 0 : (phase.toNs - phase.fromNs) / durationNs,
    }));
  return {
    totalNs: durationNs,
    phases,
    verdict: verdictOf(phases, durationNs, record),
    unknown: unknownOf(record),
  };
}

type Phase = Omit<TimingPhase, 'share' | 'reaches'>;

function phasesOf(
  record: ShownRecord,
  end: number,
  requestEnd: number | null,
  firstByte: number | null,
): readonly Phase[] {
  const request = (toNs: number): Phase => ({
    kind: 'request',
    label: 'Client sends the request',
    fromNs: 0,
    toNs,
  });
  const answer = (fromNs: number): Phase =>
    record.kind === 'tunnel'
      ? { kind: 'tunnel', label: 'Tunnel', fromNs, toNs: end }
      : {
          kind: 'answer',
          label: record.isFromGateway ? 'Gateway answers' : 'Answer arrives',
          fromNs,
          toNs: end,
        };
  const waitingLabel = firstByte === null ? 'Waiting, no answer came' : 'Waiting for the application';
  if (record.kind === 'refusal')
    return firstByte === null
      ? [{ kind: 'request', label: 'Client sends what is refused', fromNs: 0, toNs: end }]
      : [
          { kind: 'request', label: 'Client sends what is refused', fromNs: 0, toNs: firstByte },
          answer(firstByte),
        ];
  if (requestEnd === null) {
    if (firstByte === null) return [{ kind: 'unknown', label: 'No answer came', fromNs: 0, toNs: end }];
    return [{ kind: 'unknown', label: 'Request and waiting', fromNs: 0, toNs: firstByte }, answer(firstByte)];
  }
  if (firstByte === null)
    return [request(requestEnd), { kind: 'waiting', label: waitingLabel, fromNs: requestEnd, toNs: end }];
  if (firstByte < requestEnd)
    // An answer may begin before its request is complete (RFC 9110 section 7.5).
    return [
      request(firstByte),
      { kind: 'both', label: 'Request and answer at once', fromNs: firstByte, toNs: requestEnd },
      answer(requestEnd),
    ];
  return [
    request(requestEnd),
    { kind: 'waiting', label: waitingLabel, fromNs: requestEnd, toNs: firstByte },
    answer(firstByte),
  ];
}

function reachedAt({ kind, toNs }: Phase, { durationNs, firstByteNs }: ShownRecord): string | null {
  if (kind === 'answer' || kind === 'tunnel') return 'last byte';
  if (kind === 'both') return 'request complete';
  if (firstByteNs !== null && toNs === Math.min(firstByteNs, durationNs ?? 0)) return 'first byte';
  return kind === 'request' ? 'request complete' : null;
}

function verdictOf(phases: readonly TimingPhase[], totalNs: number, record: ShownRecord): string | null {
  if (totalNs < WORTH_A_VERDICT_NS) return null;
  const most = phases.find(({ share }) => share >= STANDS_OUT);
  if (most === undefined) return null;
  const rounded = Math.round(most.share * 100);
  const percent = rounded === 100 && most.share < 1 ? 'Over 99 % of the time' : `${rounded} % of the time`;
  switch (most.kind) {
    case 'request':
      return `${percent} the client was sending its request.`;
    case 'waiting':
      return record.firstByteNs === null
        ? `${percent} the gateway waited for an answer that did not come.`
        : `${percent} the gateway waited for the application to begin its answer.`;
    case 'answer':
      // What broke off or was waited for in vain is explained already.
      return record.isFromGateway || record.error !== null
        ? null
        : `${percent} the answer was on its way: the application made it slowly, or the client read it slowly.`;
    case 'unknown':
      return record.firstByteNs === null ? null : `${percent} passed before the answer began.`;
    case 'both':
      return `${percent} request and answer were on their way at once.`;
    case 'tunnel':
      return null;
  }
}

function unknownOf(record: ShownRecord): string | null {
  if (record.kind === 'refusal') return null;
  if (record.requestEndNs === null && record.firstByteNs !== null)
    return 'When the request was complete is not known.';
  if (record.requestEndNs === null) return 'Neither the end of the request nor an answer was seen.';
  return record.firstByteNs === null ? 'No answer was seen.' : null;
}
