import type { HealthView } from '../../api/health/health-view.ts';
import { formatBytes, formatClockSeconds, formatCount, formatDuration } from '../parts/format.ts';
import { latestOf, meanOf, newestOf } from './series-of.ts';
import { formatRate, formatShare, formatSpan } from './wording.ts';

/** A figure at the top of the view. */
export interface Tile {
  readonly title: string;
  readonly value: string;
  readonly more: string;
  readonly isBad: boolean;
}

const UNKNOWN = '–';
/** A rate of errors is told over this: one of five seconds is mostly 0 or much. */
const RECENT_MS = 60_000;

/** The figures of now. */
export function tilesOf(view: HealthView): readonly Tile[] {
  const { history, totals, sinks, memory, threads, recording } = view;
  const requests = latestOf(history, 'requestRate');
  const recent = meanOf(history, 'requestRate', RECENT_MS);
  const errors = meanOf(history, 'errorRate', RECENT_MS);
  const clientErrors = meanOf(history, 'clientErrorRate', RECENT_MS);
  const p50 = newestOf(history, 'latencyP50', RECENT_MS);
  const p99 = newestOf(history, 'latencyP99', RECENT_MS);
  const waiting = Math.max(0, ...sinks.map(({ waitingBytes }) => waitingBytes));
  const lag = Math.max(0, ...sinks.map(({ lagSeconds }) => lagSeconds));
  const dropped = Object.values(totals.recordsDropped).reduce((sum, count) => sum + count, 0);
  const connections = threads.reduce((sum, one) => sum + (one.connections ?? 0), 0);
  const isCounting = recording === 'on';
  const share = recent === null || recent === 0 || errors === null ? null : errors / recent;
  return [
    {
      title: 'Requests',
      value: requests === null ? UNKNOWN : `${formatRate(requests)}/s`,
      more: totals.requests === null ? 'not counted' : `${formatCount(totals.requests)} since the start`,
      isBad: false,
    },
    {
      title: 'Errors',
      value: share === null ? UNKNOWN : formatShare(share),
      more: isCounting
        ? `5xx and failures; 4xx ${clientErrors === null ? UNKNOWN : `${formatRate(clientErrors)}/s`}`
        : 'not counted',
      isBad: (share ?? 0) >= 0.05,
    },
    {
      title: 'Latency p99',
      value: p99 === null ? UNKNOWN : formatDuration(p99.value * 1e6),
      more: !isCounting
        ? 'not counted'
        : p50 === null
          ? 'no request in the last minute'
          : `p50 ${formatDuration(p50.value * 1e6)}${p50.atMs === history.timesMs.at(-1) ? '' : `, at ${formatClockSeconds(p50.atMs)}`}`,
      isBad: false,
    },
    {
      title: 'Waiting',
      value: sinks.length === 0 ? UNKNOWN : formatBytes(waiting),
      more:
        sinks.length === 0 ? 'no sink' : waiting === 0 ? 'every sink has all' : `oldest ${formatSpan(lag)}`,
      isBad: waiting > 0 && lag >= 15,
    },
    {
      title: 'Records lost',
      value: isCounting ? formatCount(dropped) : UNKNOWN,
      more: isCounting ? `of ${formatCount(totals.recordsAccepted)} since the start` : 'none are made',
      isBad: dropped > 0,
    },
    {
      title: 'Connections',
      value: formatCount(connections),
      more:
        totals.connectionsRefused === 0
          ? 'open now'
          : `open now; ${formatCount(totals.connectionsRefused)} refused`,
      isBad: totals.connectionsRefused > 0,
    },
    {
      title: 'Memory',
      value: memory.rssBytes === null ? UNKNOWN : formatBytes(memory.rssBytes),
      more: memory.heapBytes === null ? 'resident' : `resident; heaps ${formatBytes(memory.heapBytes)}`,
      isBad: false,
    },
  ];
}
