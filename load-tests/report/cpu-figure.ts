import type { Figure } from './figure.ts';
import { cast, paired } from './comparison.ts';
import { numberText, spreadText } from './wording.ts';
import { type Content, markup } from './markup.ts';
import { type Row, ROW_AREA, rowPlot } from './row-plot.ts';
import { linearScale, type Scale } from './scale.ts';
import { threadOrder } from './style.ts';
import type { ScenarioSummary, SubjectSummary } from './summary.ts';

/** CPU per request, a bar a subject, stacked by group of threads; null where nothing took any. */
export function cpuFigure(scenario: ScenarioSummary): Figure | null {
  const busy = scenario.subjects.filter(
    ({ cpuPerRequest, requests }) => requests > 0 && (cpuPerRequest?.median ?? 0) > 0,
  );
  if (busy.length === 0) return null;
  const scale = linearScale(
    [0, Math.max(...busy.map(({ cpuPerRequest }) => cpuPerRequest!.high))],
    [ROW_AREA.left, ROW_AREA.right],
    4,
  );
  const { protagonist, rival } = cast(busy);
  const ratioTo = (subject: SubjectSummary): string | null => {
    if (rival === null || rival === subject) return null;
    const ratio = paired(
      scenario,
      subject.subject,
      rival.subject,
      (one, other) => one.cpu.perRequest / other.cpu.perRequest,
    );
    return ratio === null ? null : `${spreadText(ratio)} ×`;
  };
  const rows = busy.map((subject): Row => {
    const total = spreadText(subject.cpuPerRequest!);
    const ratio = ratioTo(subject);
    return {
      name: subject.subject,
      draw: (y) => bar(subject, scale, y),
      figures: ratio === null ? [total] : [total, ratio],
    };
  });
  const names = [...new Set(busy.flatMap(({ cpuByThread }) => cpuByThread.map(([name]) => name)))].sort(
    (left, right) => threadOrder(left) - threadOrder(right),
  );
  const ratio = protagonist === null ? null : ratioTo(protagonist);
  const title =
    protagonist === null
      ? 'CPU per request'
      : `A request costs ${protagonist.subject} ${numberText(protagonist.cpuPerRequest!.median)} µs${
          ratio === null ? '' : `, ${ratio.slice(0, -2)} times ${rival!.subject}`
        }`;
  return {
    title,
    note: [
      `User and system time. At the right the median (lowest-highest)${rival === null ? '' : `, below it × what ${rival.subject} takes in the same repetition`}. `,
      markup`<span class="legends">${names.map(
        (name) =>
          markup`<span class="legend"><svg viewBox="0 0 10 10" aria-hidden="true"><rect class="t${threadOrder(name)}" width="10" height="10"/></svg>${name}</span> `,
      )}</span>`,
    ],
    drawing: rowPlot(title, { scale, title: 'µs of CPU per request' }, rows),
  };
}

function bar({ cpuByThread, cpuPerRequest }: SubjectSummary, scale: Scale, y: number): Content {
  let from = 0;
  const stacked = cpuByThread
    .toSorted(([left], [right]) => threadOrder(left) - threadOrder(right))
    .map(([name, { median }]) => {
      const left = round(scale.at(from));
      from += median;
      // A hair of the page's colour between the parts, so that they can be told apart without their colours.
      const width = Math.max(0, round(scale.at(from)) - left - 1);
      return markup`<rect class="t${threadOrder(name)}" x="${left}" y="${y - 9}" width="${width}" height="18"><title>${name}: ${numberText(median)} µs</title></rect>`;
    });
  const { low, high } = cpuPerRequest!;
  return [
    ...stacked,
    markup`<path class="whisker" d="M${round(scale.at(low))} ${y}H${round(scale.at(high))}"/>`,
  ];
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
