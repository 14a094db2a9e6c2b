import type { SubjectName } from '../measurement.ts';
import { type Content, markup, type Markup } from './markup.ts';
import type { Scale } from './scale.ts';
import { styleClass } from './style.ts';

/** One line of a plot: a subject and its points in values, ascending in x. */
export interface Line {
  readonly subject: SubjectName;
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** Where the lines are drawn within a plot of `WIDTH` by `HEIGHT`: pixels of the drawing, which the page scales. */
export const AREA = { left: 50, right: 330, top: 22, bottom: 250 };
const WIDTH = 460;
const HEIGHT = 290;
const LABEL_GAP = 15;

/** Lines over two axes, each with its name at its end, in the place of a legend. */
export function linePlot(
  label: string,
  x: { readonly scale: Scale; readonly title: string },
  y: { readonly scale: Scale; readonly title: string },
  lines: readonly Line[],
): Markup {
  const drawn = lines.filter(({ points }) => points.length > 0);
  return markup`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">
${grid(x, y)}
${drawn.map(({ subject, points }) => markup`<path class="line ${styleClass(subject)}" d="${pathOf(points, x.scale, y.scale)}"/>`)}
${endLabels(drawn, x.scale, y.scale)}
</svg>`;
}

function grid(
  x: { readonly scale: Scale; readonly title: string },
  y: { readonly scale: Scale; readonly title: string },
): Content {
  return [
    ...y.scale.ticks.map(
      ([value, text]) =>
        markup`<path class="grid" d="M${AREA.left} ${place(y.scale, value)}H${AREA.right}"/><text class="tick" x="${AREA.left - 6}" y="${place(y.scale, value)}" dy="0.35em" text-anchor="end">${text}</text>`,
    ),
    ...x.scale.ticks.map(
      ([value, text]) =>
        markup`<path class="grid" d="M${place(x.scale, value)} ${AREA.top}V${AREA.bottom + 4}"/><text class="tick" x="${place(x.scale, value)}" y="${AREA.bottom + 17}" text-anchor="middle">${text}</text>`,
    ),
    markup`<path class="axis" d="M${AREA.left} ${AREA.bottom}H${AREA.right}"/>`,
    markup`<text class="axis-title" x="${AREA.right}" y="${HEIGHT - 6}" text-anchor="end">${x.title}</text>`,
    markup`<text class="axis-title" x="4" y="12">${y.title}</text>`,
  ];
}

function pathOf(points: Line['points'], x: Scale, y: Scale): string {
  return points
    .map(([valueX, valueY], index) => `${index === 0 ? 'M' : 'L'}${place(x, valueX)} ${place(y, valueY)}`)
    .join('');
}

/** Names at the ends of the lines, pushed apart where they would cover each other, with a hair line to where each belongs. */
function endLabels(lines: readonly Line[], x: Scale, y: Scale): Content {
  const labels = lines
    .map(({ subject, points }) => {
      const [endX, endY] = points.at(-1)!;
      return { subject, x: place(x, endX), y: place(y, endY), wantedY: place(y, endY) };
    })
    .sort((left, right) => left.y - right.y);
  for (const [index, label] of labels.entries())
    label.y = Math.max(label.y, index === 0 ? AREA.top : labels[index - 1]!.y + LABEL_GAP);
  for (const [index, label] of [...labels.entries()].toReversed())
    label.y = Math.min(label.y, index === labels.length - 1 ? AREA.bottom : labels[index + 1]!.y - LABEL_GAP);
  return labels.map(
    ({ subject, x: endX, y: labelY, wantedY }) =>
      markup`<path class="leader" d="M${endX} ${wantedY}L${AREA.right + 8} ${labelY}"/><path class="line ${styleClass(subject)}" d="M${AREA.right + 8} ${labelY}h18"/><text class="name" x="${AREA.right + 30}" y="${labelY}" dy="0.35em">${subject}</text>`,
  );
}

function place(scale: Scale, value: number): number {
  return Math.round(scale.at(value) * 10) / 10;
}
