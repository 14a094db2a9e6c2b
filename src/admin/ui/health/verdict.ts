import type { HealthView, SinkView } from '../../api/health/health-view.ts';
import { formatBytes, formatClock } from '../parts/format.ts';
import { latestOf, meanOf } from './series-of.ts';
import { spoolProjection } from './spool-projection.ts';
import {
  countOf,
  formatRate,
  formatShare,
  formatSpan,
  reasonInSentence,
  sinkInSentence,
  sinkTitle,
} from './wording.ts';

/** How bad it is: `alarm` wants somebody to act now, `warning` to look, `note` only says why there is nothing to see. */
export type Tone = 'good' | 'note' | 'warning' | 'alarm';

export interface Finding {
  readonly tone: Tone;
  readonly text: string;
  /** The same without figures that change all the time: what a screen reader says when it appears. */
  readonly gist: string;
}

/** A sink that lags more is behind: batches wait a second or so at most. */
const LATE_SECONDS = 15;
/** Over which "now" is told. */
const RECENT_MS = 60_000;
/** Shares of recent requests from which on failures are worth a word. */
const MANY_FAIL = 0.05;
const FEW_REQUESTS = 0.05;
const NEARLY_FULL = 0.8;
const SATURATED = 0.95;
const LATE_LOOP_SECONDS = 0.25;

const ORDER: readonly Tone[] = ['alarm', 'warning', 'note', 'good'];

/** What is to be said of the gateway, the worst first; the first is the headline. Never empty. */
export function verdict(view: HealthView): readonly Finding[] {
  const found = [
    ...processFindings(view),
    ...lossFindings(view),
    ...view.sinks.flatMap((sink) => sinkFindings(sink, view)),
    ...spoolFindings(view),
    ...trafficFindings(view),
  ];
  const records = recordsFinding(view, found);
  return [...(records === null ? [] : [records]), ...found].toSorted(
    (left, right) => ORDER.indexOf(left.tone) - ORDER.indexOf(right.tone),
  );
}

/** The worst tone among all that is said. */
export function worstTone(findings: readonly Finding[]): Tone {
  return ORDER.find((tone) => findings.some((one) => one.tone === tone)) ?? 'good';
}

function finding(tone: Tone, gist: string, more = ''): Finding {
  return { tone, gist: `${gist}.`, text: `${gist}${more}.` };
}

/** What is well, or why nothing can be said of records; null where something else says it. */
function recordsFinding(
  { recording, sinks, totals, history, state }: HealthView,
  found: readonly Finding[],
): Finding | null {
  if (state === 'starting' || recording === 'unknown') return finding('note', 'The gateway is starting');
  if (recording === 'none')
    return finding(
      'note',
      'This script makes no records: it does not use audit',
      '. Requests are not counted; connections, memory and threads are',
    );
  if (recording === 'off')
    return finding(
      'note',
      'Capture is off (--capture=off): nothing is recorded',
      '. Requests are not counted; connections, memory and threads are',
    );
  if (found.some(({ tone }) => tone === 'alarm')) return null;
  if (sinks.some((sink) => sink.troubleSinceMs !== null || isLate(sink))) return null;
  const lost = lostOf({ totals, sinks });
  if (totals.requests === 0 && lost === 0)
    return finding(
      'good',
      'All is well, and nothing has come yet',
      ': records appear with the first request',
    );
  const rate = latestOf(history, 'requestRate');
  const more =
    rate === null
      ? ''
      : rate === 0
        ? ', and no request comes now'
        : `, at ${formatRate(rate)} requests a second`;
  return lost === 0
    ? finding('good', 'All records are delivered', more)
    : finding('good', 'What there is of records is delivered', more);
}

function processFindings({ threads, state }: HealthView): Finding[] {
  const dead = threads.filter(({ isAlive }) => !isAlive).map(({ name }) => name);
  const found: Finding[] = [];
  if (state === 'stopping') found.push(finding('note', 'The gateway is stopping'));
  else if (dead.length > 0)
    found.push(
      finding('alarm', `Data thread ${dead.join(', ')} has ended`, ': the log says why; restart the gateway'),
    );
  if (state === 'idle') found.push(finding('note', 'No program runs', ': start one in the tab Program'));
  for (const { name, busyShare, loopDelay } of threads)
    if (busyShare !== null && busyShare >= SATURATED)
      found.push(
        finding(
          'warning',
          `Thread ${name} has no time left`,
          `: it works ${formatShare(busyShare)} of the time (--threads)`,
        ),
      );
    else if (loopDelay !== null && loopDelay.p99Seconds >= LATE_LOOP_SECONDS)
      found.push(
        finding(
          'warning',
          `Thread ${name} is late`,
          `: 1 % of its turns come ${formatSeconds(loopDelay.p99Seconds)} late or more`,
        ),
      );
  return found;
}

/** Records that nobody will get any more. */
function lossFindings({ totals, sinks, history }: HealthView): Finding[] {
  const found: Finding[] = [];
  const dropped = Object.entries(totals.recordsDropped).filter(([, count]) => count > 0);
  if (dropped.length > 0) {
    const isNow = (meanOf(history, 'droppedRate', RECENT_MS) ?? 0) > 0;
    const count = dropped.reduce((sum, [, each]) => sum + each, 0);
    const reasons = dropped.map(([reason]) => reason).join(', ');
    found.push(
      isNow
        ? finding(
            'alarm',
            'Records are being lost',
            `: ${countOf(count, 'record')} since the start (${reasons}); gap records say which`,
          )
        : finding(
            'warning',
            'Records were lost',
            `: ${countOf(count, 'record')} since the start (${reasons}), none in the last minute; gap records say which`,
          ),
    );
  }
  for (const { name, givenUp, rejected, deadLetters } of sinks) {
    const whom = sinkInSentence(name);
    if (givenUp > 0)
      found.push(
        finding(
          'warning',
          `Records were given up for ${whom}`,
          `: ${countOf(givenUp, 'record')}, because the spool was full; others have them (tapline verify)`,
        ),
      );
    if (deadLetters > 0)
      found.push(
        finding(
          'warning',
          `${sinkTitle(name)} refused records for good`,
          `: ${countOf(deadLetters, 'dead letter')} (tapline dead-letters list)`,
        ),
      );
    if (rejected > 0)
      found.push(
        finding(
          'warning',
          `${sinkTitle(name)} rejected records without saying which`,
          `: ${countOf(rejected, 'record')}`,
        ),
      );
  }
  return found;
}

function sinkFindings(sink: SinkView, view: HealthView): Finding[] {
  const { name, state, reason, isStarting, troubleSinceMs, waitingBytes, lagSeconds } = sink;
  if (state === 'stopped' || view.recording !== 'on') return [];
  if (isStarting) return [finding('note', `${sinkTitle(name)} is being started`)];
  if (troubleSinceMs !== null) {
    const why = reason === null ? '' : `: ${reasonInSentence(reason)}`;
    const projection = spoolProjection(view);
    const room =
      waitingBytes === 0
        ? 'no record waits yet'
        : `${formatBytes(waitingBytes)} wait in the spool${roomInWords(projection?.secondsLeft ?? null)}`;
    return [
      finding(
        'alarm',
        `${sinkTitle(name)} is not taking records since ${formatClock(troubleSinceMs)}`,
        `${why}; ${room}`,
      ),
    ];
  }
  if (!isLate(sink)) return [];
  return [
    finding(
      'warning',
      `${sinkTitle(name)} is behind`,
      `: its oldest record has waited ${formatSpan(lagSeconds)}; ${formatBytes(waitingBytes)} wait in the spool`,
    ),
  ];
}

function roomInWords(secondsLeft: number | null): string {
  if (secondsLeft === null) return '';
  return secondsLeft < 1 ? ', which is full' : `, room for ${formatSpan(secondsLeft)} at this rate`;
}

function spoolFindings(view: HealthView): Finding[] {
  const { spool } = view;
  if (spool === null) return [];
  const fill = spool.usedBytes / spool.limitBytes;
  if (fill < NEARLY_FULL) return [];
  return [
    finding(
      'alarm',
      'The spool is nearly full',
      `: ${formatBytes(spool.usedBytes)} of ${formatBytes(spool.limitBytes)} (--spool-size); beyond it records are lost`,
    ),
  ];
}

function trafficFindings({ history }: HealthView): Finding[] {
  const requests = meanOf(history, 'requestRate', RECENT_MS) ?? 0;
  const errors = meanOf(history, 'errorRate', RECENT_MS) ?? 0;
  if (requests < FEW_REQUESTS || errors / requests < MANY_FAIL) return [];
  return [
    finding(
      'warning',
      'Requests fail',
      `: ${formatShare(errors / requests)} of those of the last minute were answered 5xx or not at all`,
    ),
  ];
}

function isLate({ lagSeconds, waitingBytes }: SinkView): boolean {
  return waitingBytes > 0 && lagSeconds >= LATE_SECONDS;
}

function lostOf({ totals, sinks }: Pick<HealthView, 'totals' | 'sinks'>): number {
  const dropped = Object.values(totals.recordsDropped).reduce((sum, count) => sum + count, 0);
  return sinks.reduce(
    (sum, { givenUp, rejected, deadLetters }) => sum + givenUp + rejected + deadLetters,
    dropped,
  );
}

function formatSeconds(seconds: number): string {
  return seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${Number(seconds.toPrecision(2))} s`;
}
