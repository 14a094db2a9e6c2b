import type { JSX } from 'preact';
import { formatBytes } from '../parts/format.ts';
import { formatShare } from './wording.ts';

/** From which fill on a bar is drawn as a warning, and as an alarm. */
const WARNING = 0.7;
const ALARM = 0.85;

/** How much of a bound is used, as a bar and in words. @param mark another bound below it, from 0 to 1, with what it means */
export function Meter({
  title,
  used,
  limit,
  mark,
  children,
}: {
  title: string;
  used: number | null;
  limit: number | null;
  mark?: { readonly at: number; readonly meaning: string };
  children?: JSX.Element | string;
}): JSX.Element {
  const share = used === null || limit === null || limit === 0 ? null : Math.min(1, used / limit);
  const words =
    used === null || limit === null
      ? 'not known yet'
      : `${formatBytes(used)} of ${formatBytes(limit)} (${formatShare(used / Math.max(1, limit))})`;
  const tone = share === null || share < WARNING ? 'good' : share < ALARM ? 'warning' : 'alarm';
  return (
    <div class="health-meter">
      <div class="health-meter-head">
        <span>{title}</span>
        <span class="mono">{words}</span>
      </div>
      <div
        class="health-meter-bar"
        data-tone={tone}
        role="meter"
        aria-label={title}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round((share ?? 0) * 100)}
        aria-valuetext={words}
      >
        <div class="health-meter-fill" style={{ width: `${(share ?? 0) * 100}%` }} />
        {mark !== undefined && (
          <div class="health-meter-mark" style={{ left: `${mark.at * 100}%` }} title={mark.meaning} />
        )}
      </div>
      {children !== undefined && <p class="muted">{children}</p>}
    </div>
  );
}
