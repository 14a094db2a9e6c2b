import type { JSX } from 'preact';
import { formatClockSeconds, formatCount } from '../parts/format.ts';
import { Shown } from '../parts/shown.tsx';
import type { BoxRates } from './activity-rates.ts';
import type { Chart, ChartBox } from './flow-chart-model.ts';

const MAX_SHOWN = 3;

/** The filters that failed, the latest first: what the red marks in the picture say, in words. */
export function ErrorList({
  charts,
  rates,
  onOpen,
}: {
  charts: readonly Chart[];
  rates: ReadonlyMap<string, BoxRates>;
  onOpen: (place: Pick<ChartBox, 'file' | 'line' | 'column'>) => void;
}): JSX.Element | null {
  const failed = charts
    .flatMap(({ boxes }) => boxes)
    .flatMap((box) => {
      const counts = box.key === null ? undefined : rates.get(box.key);
      return counts === undefined || counts.errors === 0 ? [] : [{ box, counts }];
    })
    .sort((left, right) => (right.counts.lastError?.atMs ?? 0) - (left.counts.lastError?.atMs ?? 0));
  if (failed.length === 0) return null;
  return (
    <ul class="program-errors" aria-label="Filters that failed">
      {failed.slice(0, MAX_SHOWN).map(({ box, counts: { errors, lastError } }) => (
        <li key={box.id}>
          <button type="button" class="program-error" onClick={() => onOpen(lastError?.place ?? box)}>
            <strong>{box.name}</strong> failed {errors === 1 ? 'once' : `${formatCount(errors)} times`}
            {lastError !== null && (
              <>
                , the last at {formatClockSeconds(lastError.atMs)}:{' '}
                <Shown text={lastError.message} maxLength={300} />
              </>
            )}
          </button>
        </li>
      ))}
      {failed.length > MAX_SHOWN && <li class="muted">and {failed.length - MAX_SHOWN} more</li>}
    </ul>
  );
}
