import { backOffMs } from './back-off.ts';

/**
 * What a lane is doing. `starting`, `backing-off`, `blocked` and `paused` send nothing before `untilMs`, and then one probe at a time; only
 * the last two need somebody to act.
 */
export type LaneState =
  | {
      readonly name: 'starting';
      readonly untilMs: number;
      readonly failures: number;
      readonly reason: string;
    }
  | { readonly name: 'running' }
  | {
      readonly name: 'backing-off';
      readonly untilMs: number;
      readonly failures: number;
      readonly reason: string;
    }
  | { readonly name: 'blocked'; readonly untilMs: number; readonly failures: number; readonly reason: string }
  | { readonly name: 'paused'; readonly untilMs: number; readonly failures: number; readonly reason: string }
  | { readonly name: 'stopped' };

export type LaneStateName = LaneState['name'];

export const LANE_STATES: readonly LaneStateName[] = [
  'starting',
  'running',
  'backing-off',
  'blocked',
  'paused',
  'stopped',
];

/** What can happen to a lane. */
export type LaneEvent =
  | { readonly kind: 'started' }
  | { readonly kind: 'not-ready'; readonly reason: string; readonly isPermanent: boolean }
  | { readonly kind: 'succeeded' }
  | { readonly kind: 'failed'; readonly reason: string; readonly retryAfterMs: number | null }
  | { readonly kind: 'blocked'; readonly reason: string }
  | { readonly kind: 'paused'; readonly reason: string }
  | { readonly kind: 'stopped' };

const FAILURE = { firstMs: 200, longestMs: 30_000 };
/** Somebody has to act: looking again more often would only fill logs. */
const ALARM = { firstMs: 5000, longestMs: 30_000 };

/**
 * The one place where a lane's state changes.
 * @param random in [0, 1), for the jitter
 */
export function nextLaneState(state: LaneState, event: LaneEvent, nowMs: number, random: number): LaneState {
  if (state.name === 'stopped' || event.kind === 'stopped') return { name: 'stopped' };
  const failures = 'failures' in state ? state.failures + 1 : 1;
  const until = (bounds: typeof FAILURE, retryAfterMs: number | null = null): number =>
    nowMs + backOffMs(failures, random, bounds, retryAfterMs);
  switch (event.kind) {
    case 'started':
      return state.name === 'starting' ? { name: 'running' } : state;
    case 'not-ready':
      return {
        name: 'starting',
        untilMs: until(event.isPermanent ? ALARM : FAILURE),
        failures,
        reason: event.reason,
      };
    case 'succeeded':
      // An answer to what was sent before the alarm is no sign that it is over; the probe after `untilMs` is.
      return state.name === 'running' || state.name === 'starting' || nowMs >= state.untilMs
        ? state.name === 'starting'
          ? state
          : { name: 'running' }
        : state;
    case 'failed':
      return {
        name: 'backing-off',
        untilMs: until(FAILURE, event.retryAfterMs),
        failures,
        reason: event.reason,
      };
    case 'blocked':
    case 'paused':
      return { name: event.kind, untilMs: until(ALARM), failures, reason: event.reason };
  }
}

/** Whether a lane in this state may send now. */
export function maySend(state: LaneState, nowMs: number): boolean {
  return (
    state.name === 'running' || ('untilMs' in state && state.name !== 'starting' && nowMs >= state.untilMs)
  );
}
