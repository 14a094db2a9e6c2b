import type { JSX } from 'preact';
import { formatDuration } from '../../parts/format.ts';
import { type Timing, type TimingPhase } from './timing.ts';

/** Where the time went: a bar, and the same in words and numbers. */
export function TimingBar({ timing }: { timing: Timing }): JSX.Element {
  return (
    <div class="timing">
      <div class="timing-bar" aria-hidden="true">
        {timing.phases.map((phase) => (
          <div
            key={phase.kind}
            class={`timing-part timing-${phase.kind}`}
            style={{ flex: `${Math.max(phase.share, 0.004)} 1 0` }}
            title={`${phase.label}: ${formatDuration(phase.toNs - phase.fromNs)}`}
          />
        ))}
      </div>
      <table class="timing-table" aria-label="Where the time went">
        <tbody>
          {timing.phases.map((phase) => (
            <tr key={phase.kind}>
              <th scope="row">
                <span class={`timing-key timing-${phase.kind}`} aria-hidden="true" />
                {phase.label}
              </th>
              <td>{formatDuration(phase.toNs - phase.fromNs)}</td>
              <td class="muted">{percent(phase)}</td>
              <td class="muted timing-until">
                {phase.reaches === null ? 'until' : `${phase.reaches} at`} {formatDuration(phase.toNs)}
              </td>
            </tr>
          ))}
          <tr class="timing-total">
            <th scope="row">All together</th>
            <td>{formatDuration(timing.totalNs)}</td>
            <td />
            <td class="timing-until" />
          </tr>
        </tbody>
      </table>
      {timing.verdict !== null && <p>{timing.verdict}</p>}
      {timing.unknown !== null && <p class="muted">{timing.unknown}</p>}
    </div>
  );
}

function percent({ share }: TimingPhase): string {
  const value = share * 100;
  if (value > 0 && value < 1) return '< 1 %';
  if (value > 99 && value < 100) return '> 99 %';
  return `${Math.round(value)} %`;
}
