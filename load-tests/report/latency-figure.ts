import type { Latency } from '../measurement.ts';
import type { Figure } from './figure.ts';
import { cast, typical } from './comparison.ts';
import { numberText } from './wording.ts';
import { AREA, type Line, linePlot } from './line-plot.ts';
import { logScale, percentileScale } from './scale.ts';
import { describeLoad, type ScenarioSummary } from './summary.ts';

/** Latency by percentile, a line a subject; null where no run has any. */
export function latencyFigure({ load, subjects }: ScenarioSummary): Figure | null {
  const timed = subjects.filter(({ p99Ms }) => p99Ms !== null);
  if (timed.length === 0) return null;
  const lines = timed.map(({ subject, repetitions }): Line => {
    const run = typical(
      repetitions.filter(({ latencyMs }) => latencyMs !== null),
      ({ latencyMs }) => latencyMs!.p99,
    );
    return { subject, points: curveOf(run.latencyMs!) };
  });
  const all = lines.flatMap(({ points }) => points.map(([, ms]) => ms));
  const { protagonist, rival } = cast(timed);
  const title =
    protagonist === null
      ? 'Latency by percentile'
      : `99 of 100 answers come within ${numberText(protagonist.p99Ms!.median)} ms with ${protagonist.subject}${
          rival === null ? '' : `, ${numberText(rival.p99Ms!.median)} ms with ${rival.subject}`
        }`;
  return {
    title,
    note:
      load.kind === 'constant-rate'
        ? `Latency from the moment a request was due, at ${describeLoad(load)}. One run each, that with the median p99. Lower is better.`
        : 'At full speed each connection always waits for an answer, so latency says how long the queue is: compare it at a constant rate.',
    drawing: linePlot(
      title,
      { scale: percentileScale([AREA.left, AREA.right]), title: 'percentile of requests' },
      { scale: logScale([Math.min(...all), Math.max(...all)], [AREA.bottom, AREA.top]), title: 'ms' },
      lines,
    ),
  };
}

/** The curve from percentile 10, since the fastest would stretch the axis for all, up to 99.99, beyond which a run has too few requests. */
function curveOf({ curve, p9999 }: Latency): Line['points'] {
  const points = curve.filter(([percentile, ms]) => percentile >= 10 && percentile < 99.99 && ms > 0);
  return p9999 > 0 ? [...points, [99.99, p9999]] : points;
}
