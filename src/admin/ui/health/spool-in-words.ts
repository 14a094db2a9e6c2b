import type { HealthView } from '../../api/health/health-view.ts';
import { formatBytes } from '../parts/format.ts';
import { spoolProjection } from './spool-projection.ts';
import { formatSpan } from './wording.ts';

/** When the spool will be full, in a sentence. */
export function spoolInWords(view: HealthView): string {
  const projection = spoolProjection(view);
  if (projection === null) return '';
  const { secondsLeft, growth, fullBytes } = projection;
  if (secondsLeft === null) {
    const isWaiting = view.sinks.some(({ waitingBytes }) => waitingBytes > 0);
    return isWaiting ? 'What waits does not grow.' : 'Every sink has taken all of it.';
  }
  const then =
    fullBytes < view.spool!.limitBytes
      ? 'then the oldest are given up for sinks that lag'
      : 'then records are lost';
  return secondsLeft < 1
    ? `It is full: ${then.replace(/^then /, '')}.`
    : `What waits grows by ${formatBytes(growth)} a second: full in ${formatSpan(secondsLeft)}, ${then}.`;
}
