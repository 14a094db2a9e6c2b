import type { Measurement } from '../measurement.ts';
import type { Figure } from './figure.ts';
import { cast, paired, typical } from './comparison.ts';
import { bytesText, numberText, spreadText } from './wording.ts';
import { AREA, type Line, linePlot } from './line-plot.ts';
import { linearScale } from './scale.ts';
import { median } from '../spread.ts';
import { describeLoad, type ScenarioSummary, type SubjectSummary } from './summary.ts';

const MEBIBYTE = 1024 ** 2;
/** More points than this are drawn as their highest (RSS) or mean (rate) in equal parts of the run. */
const MAX_POINTS = 160;
/** What growth of the memory within the second half of a run a title calls level. */
const LEVEL = 0.03;

/** RSS over the run, a line a subject; null where nobody sampled it. */
export function rssFigure({ subjects }: ScenarioSummary): Figure | null {
  const resident = subjects.filter(({ rssPeakBytes }) => (rssPeakBytes?.median ?? 0) > 0);
  const lines = resident.map(({ subject, repetitions }): Line => {
    const { memory } = typical(repetitions, ({ memory: { rssPeakBytes } }) => rssPeakBytes);
    const points = memory.series.map(([second, rssBytes]): [number, number] => [second, rssBytes / MEBIBYTE]);
    return { subject, points: thinned(points, (values) => Math.max(...values)) };
  });
  if (lines.every(({ points }) => points.length === 0)) return null;
  const { protagonist } = cast(resident);
  const title =
    protagonist === null
      ? 'Memory over the run'
      : `${protagonist.subject} takes ${bytesText(protagonist.rssPeakBytes!.median)} at most${trendOf(protagonist)}`;
  return {
    title,
    note: 'Resident memory of all processes of a subject. One run each, that with the median peak. Lower and flat is better.',
    drawing: overTime(title, lines, 'MiB'),
  };
}

/** Requests per second over the run, a line a subject; null where the load does not tell. */
export function rateFigure(scenario: ScenarioSummary): Figure | null {
  const { load, subjects } = scenario;
  const lines = subjects.map(({ subject, repetitions }): Line => {
    const { memory } = typical(repetitions, ({ requestsPerSecond }) => requestsPerSecond);
    const points = memory.series.flatMap(([second, , rate]): [number, number][] =>
      rate === null ? [] : [[second, rate]],
    );
    return {
      subject,
      points: thinned(points, (values) => values.reduce((sum, value) => sum + value, 0) / values.length),
    };
  });
  if (lines.every(({ points }) => points.every(([, rate]) => rate === 0))) return null;
  const title = load.kind === 'constant-rate' ? heldRate(scenario, load.perSecond) : comparedRate(scenario);
  return {
    title,
    note: `${load.kind === 'constant-rate' ? 'Asked for' : 'Load'}: ${describeLoad(load)}. One run each, that with the median rate. ${
      load.kind === 'constant-rate' ? 'A dip is a stall.' : 'Higher is better.'
    }`,
    drawing: overTime(title, lines, 'requests/s'),
  };
}

function overTime(title: string, lines: readonly Line[], unit: string): Figure['drawing'] {
  const points = lines.flatMap((line) => line.points);
  const x = linearScale([0, Math.max(...points.map(([second]) => second))], [AREA.left, AREA.right], 5);
  const y = linearScale(
    [0, Math.max(...points.map(([, value]) => value)) * 1.05],
    [AREA.bottom, AREA.top],
    5,
  );
  return linePlot(title, { scale: x, title: 'seconds of load' }, { scale: y, title: unit }, lines);
}

function trendOf({ repetitions }: SubjectSummary): string {
  const growth = median(repetitions.map(secondHalfGrowth).filter((value) => value !== null));
  if (growth === null) return '';
  if (Math.abs(growth) <= LEVEL) return ' and stays level in the second half';
  const percent = Math.round(Math.abs(growth) * 100);
  return growth > 0
    ? ` and grows by ${percent} % in the second half`
    : ` and falls by ${percent} % in the second half`;
}

/** From the third to the fourth quarter, as a share; null where the samples are too few to say. */
function secondHalfGrowth({ memory: { series } }: Measurement): number | null {
  if (series.length < 8) return null;
  const quarter = Math.floor(series.length / 4);
  const middle = (from: number, to?: number): number =>
    median(series.slice(from, to).map(([, rssBytes]) => rssBytes))!;
  return middle(-quarter) / middle(-2 * quarter, -quarter) - 1;
}

function heldRate({ subjects }: ScenarioSummary, perSecond: number): string {
  const short = subjects.filter(
    ({ requestsPerSecond }) => (requestsPerSecond?.median ?? 0) < perSecond * 0.98,
  );
  const rate = `${perSecond.toLocaleString('en-US')} requests/s`;
  return short.length === 0
    ? `Everybody keeps up with ${rate}`
    : `${short.map(({ subject }) => subject).join(', ')} cannot keep up with ${rate}`;
}

function comparedRate(scenario: ScenarioSummary): string {
  const { protagonist, rival } = cast(scenario.subjects);
  if (protagonist?.requestsPerSecond == null) return 'Requests per second over the run';
  const rate = `${protagonist.subject} answers ${numberText(protagonist.requestsPerSecond.median)} requests/s`;
  if (rival === null) return rate;
  const ratio = paired(
    scenario,
    protagonist.subject,
    rival.subject,
    (one, other) => one.requestsPerSecond / other.requestsPerSecond,
  );
  return ratio === null ? rate : `${rate}, ${spreadText(ratio)} times as many as ${rival.subject}`;
}

function thinned(
  points: readonly (readonly [number, number])[],
  join: (values: readonly number[]) => number,
): Line['points'] {
  const size = Math.ceil(points.length / MAX_POINTS);
  if (size <= 1) return points;
  return Array.from({ length: Math.ceil(points.length / size) }, (_, index) => {
    const part = points.slice(index * size, (index + 1) * size);
    return [part.at(-1)![0], join(part.map(([, value]) => value))];
  });
}
