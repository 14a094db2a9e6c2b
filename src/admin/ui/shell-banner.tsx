import type { JSX } from 'preact';
import { connection } from './api/connection.ts';
import { formatClockSeconds, formatDuration } from './parts/format.ts';

/** Says that the gateway does not answer, and that it is back. */
export function ShellBanner(): JSX.Element {
  const state = connection.state.value;
  return (
    <div role="status" aria-live="assertive">
      {state.kind === 'lost' && (
        <p class="shell-banner">
          The gateway has not answered since {formatClockSeconds(state.sinceMs)}: what you see is from before.
          Trying again each second.
        </p>
      )}
      {state.kind === 'back' && (
        <p class="shell-banner shell-banner-back">
          The gateway answers again, after {formatDuration(state.lostMs * 1e6)}. The view is loaded anew.
        </p>
      )}
    </div>
  );
}
