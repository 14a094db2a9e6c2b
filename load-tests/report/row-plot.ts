import { type Content, markup, type Markup } from './markup.ts';
import type { Scale } from './scale.ts';

/** One row of a plot of rows: a name, what is drawn at it, and what is written at the right of it, one line or two. */
export interface Row {
  readonly name: string;
  /** Draws at the height of the row's middle. */
  readonly draw: (y: number) => Content;
  readonly figures: readonly [string] | readonly [string, string];
}

/** Where rows are drawn within a plot 460 wide: pixels of the drawing, which the page scales. */
export const ROW_AREA = { left: 112, right: 292 };
const WIDTH = 460;
const ROW = 36;
const TOP = 8;

/** Rows over one axis, each with its name at its left and its figures at its right. */
export function rowPlot(
  label: string,
  x: { readonly scale: Scale; readonly title: string },
  rows: readonly Row[],
): Markup {
  const bottom = TOP + rows.length * ROW;
  return markup`<svg viewBox="0 0 ${WIDTH} ${bottom + 40}" role="img" aria-label="${label}">
${x.scale.ticks.map(([value, text]) => {
  const at = Math.round(x.scale.at(value) * 10) / 10;
  return markup`<path class="${value === 0 ? 'axis' : 'grid'}" d="M${at} ${TOP}V${bottom + 4}"/><text class="tick" x="${at}" y="${bottom + 17}" text-anchor="middle">${text}</text>`;
})}
${rows.map(({ name, draw, figures }, index) => {
  const y = TOP + index * ROW + ROW / 2;
  return [
    markup`<text class="name" x="${ROW_AREA.left - 8}" y="${y}" dy="0.35em" text-anchor="end">${name}</text>`,
    draw(y),
    figures.map(
      (line, place) =>
        markup`<text class="${place === 0 ? 'name' : 'note'}" x="${ROW_AREA.right + 12}" y="${y + (figures.length === 1 ? 0 : place * 15 - 7)}" dy="0.35em">${line}</text>`,
    ),
  ];
})}
<text class="axis-title" x="${ROW_AREA.right}" y="${bottom + 34}" text-anchor="end">${x.title}</text>
</svg>`;
}
