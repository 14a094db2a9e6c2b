import type { Verdict } from '../measurement.ts';
import { budgetText } from './wording.ts';
import { markup, type Markup } from './markup.ts';
import { linearScale } from './scale.ts';

const WIDTH = 230;
const HEIGHT = 30;

/** A budget as a bar: the zones of aim, must and beyond, and over them the value with its spread. Null where nothing was measured or nothing is a must. */
export function budgetBar({ value, must, aim, unit, direction, what }: Verdict): Markup | null {
  if (value === null || must === null) return null;
  const end = Math.max(must * 1.3, value.high * 1.08);
  const start = Math.min(0, value.low * 1.08);
  const { at } = linearScale([start, end], [2, WIDTH - 2], 4);
  const x = (of: number): number => Math.round(at(of) * 10) / 10;
  const limits = [...(aim === null ? [] : [aim]), must].sort((left, right) => left - right);
  const edges = [start, ...limits, end];
  const zones = aim === null ? ['good', 'bad'] : ['good', 'fair', 'bad'];
  const ordered = direction === 'at-most' ? zones : zones.toReversed();
  return markup`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${`${what}: ${budgetText(value, unit)}`}">
${ordered.map((zone, index) => markup`<rect class="zone-${zone}" x="${x(edges[index]!)}" y="7" width="${Math.max(0, x(edges[index + 1]!) - x(edges[index]!))}" height="16"/>`)}
<path class="limit" d="M${x(must)} 3V27"/>
<path class="whisker" d="M${x(value.low)} 15H${x(value.high)}"/><path class="median" d="M${x(value.median)} 9l5 6l-5 6l-5 -6z"/>
</svg>`;
}
