import type { SubjectName } from '../measurement.ts';
import type { Figure } from './figure.ts';
import { paired } from './comparison.ts';
import { numberText, spreadText } from './wording.ts';
import { type Content, markup } from './markup.ts';
import { type Row, ROW_AREA, rowPlot } from './row-plot.ts';
import { linearScale, type Scale } from './scale.ts';
import type { Spread } from '../spread.ts';
import { styleClass } from './style.ts';
import type { ScenarioSummary } from './summary.ts';

/** What each subject adds to the direct path at p50 and p99; null at full speed, and where nobody went the direct path. */
export function addedLatencyFigure(scenario: ScenarioSummary): Figure | null {
  if (scenario.load.kind !== 'constant-rate') return null;
  const added = scenario.subjects.flatMap(({ subject }) => {
    const p50 = subject === 'direct' ? null : difference(scenario, subject, 'direct', 'p50');
    const p99 = subject === 'direct' ? null : difference(scenario, subject, 'direct', 'p99');
    return p50 === null || p99 === null ? [] : [{ subject, p50, p99 }];
  });
  if (added.length === 0) return null;
  const spreads = added.flatMap(({ p50, p99 }) => [p50, p99]);
  const scale = linearScale(
    [Math.min(0, ...spreads.map(({ low }) => low)), Math.max(0.1, ...spreads.map(({ high }) => high))],
    [ROW_AREA.left + 8, ROW_AREA.right],
    4,
  );
  const capture = difference(scenario, 'tapline-bulk', 'tapline-off', 'p99');
  const title =
    capture === null
      ? 'What each adds to the direct path'
      : `Full capture adds ${spreadText(capture)} ms at p99 to the same gateway with capture off`;
  return {
    title,
    note: 'Latency less that of the direct path in the same repetition: ring p50, dot p99 (the first and second line at the right), with lowest to highest. Nearer to 0 is better.',
    drawing: rowPlot(
      title,
      { scale, title: 'ms more than direct' },
      added.map(({ subject, p50, p99 }): Row => ({
        name: subject,
        draw: (y) => [dot(subject, p50, scale, y - 6, 'hollow'), dot(subject, p99, scale, y + 6, 'full')],
        figures: [spreadText(p50, short), spreadText(p99, short)],
      })),
    ),
  };
}

function difference(
  scenario: ScenarioSummary,
  subject: SubjectName,
  peer: SubjectName,
  percentile: 'p50' | 'p99',
): Spread | null {
  return paired(
    scenario,
    subject,
    peer,
    (one, other) =>
      (one.latencyMs?.[percentile] ?? Number.NaN) - (other.latencyMs?.[percentile] ?? Number.NaN),
  );
}

function dot(
  subject: SubjectName,
  { median, low, high }: Spread,
  scale: Scale,
  y: number,
  kind: 'hollow' | 'full',
): Content {
  return markup`<path class="whisker" d="M${round(scale.at(low))} ${y}H${round(scale.at(high))}"/><circle class="dot ${kind} ${styleClass(subject)}" cx="${round(scale.at(median))}" cy="${y}" r="4"><title>${kind === 'full' ? 'p99' : 'p50'}: ${numberText(median)} ms</title></circle>`;
}

function short(value: number): string {
  return value.toFixed(Math.abs(value) < 10 ? 2 : 1);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
