import type { JSX } from 'preact';
import { formatClockSeconds, formatCount } from '../parts/format.ts';
import { plainText } from '../parts/shown-text.ts';
import { arrowWidth, type BoxRates, shortRate } from './activity-rates.ts';
import {
  type LayoutOptions,
  MAX_NAME_LENGTH,
  pathThrough,
  type PlacedArrow,
  type PlacedBox,
} from './flow-chart-layout.ts';
import type { ChartBox } from './flow-chart-model.ts';

/** Letters of a name that counts beside it take the room of. */
const COUNTS_LENGTH = 19;

/** An arrow, as thick as what passes along it is much. */
export function ChartArrowLine({
  arrow: { from, to, kind, points },
  rates,
  boxes,
}: {
  arrow: PlacedArrow;
  rates: ReadonlyMap<string, BoxRates> | null;
  boxes: readonly PlacedBox[];
}): JSX.Element {
  const eventsAt = (wanted: number): number | null => {
    const key = boxes.find(({ id }) => id === wanted)?.key ?? null;
    return key === null ? null : (rates?.get(key)?.events ?? null);
  };
  // A title counts no events: what comes to its first filter came through it.
  const events = eventsAt(from) ?? eventsAt(to);
  const isLive = events !== null && events > 0;
  return (
    <path
      class={`chart-arrow chart-arrow-${kind} ${isLive ? 'chart-arrow-live' : ''}`}
      d={pathThrough(points)}
      stroke-width={arrowWidth(events)}
      marker-end={isLive ? 'url(#chart-tip-live)' : 'url(#chart-tip)'}
    />
  );
}

/** A box: what it is, what passes, and where it failed. */
export function ChartBoxMark({
  box,
  counts: where,
  rates,
  isCurrent,
  onFocus,
  onOpen,
}: {
  box: PlacedBox;
  counts: LayoutOptions['counts'];
  rates: BoxRates | undefined;
  isCurrent: boolean;
  onFocus: () => void;
  onOpen: (place: Pick<ChartBox, 'file' | 'line' | 'column'>) => void;
}): JSX.Element {
  const { id, kind, x, y, width, height, level } = box;
  const left = x - width / 2;
  const top = y - height / 2;
  const hasLine = box.line !== null;
  const counts = where !== 'none' && kind !== 'missing' ? countsText(box, rates) : '';
  const isBeside = where === 'beside' && counts !== '';
  const name = plainText(box.name, MAX_NAME_LENGTH - (isBeside ? COUNTS_LENGTH : 0));
  return (
    <g
      role="treeitem"
      aria-level={level}
      aria-description={inWords(box, rates)}
      aria-selected={isCurrent}
      // Attributes of SVG are written as they are.
      tabindex={isCurrent ? 0 : -1}
      data-box={id}
      class={`chart-box chart-box-${kind} ${hasLine ? 'chart-box-source' : ''}`}
      onFocus={onFocus}
      onClick={() => onOpen(box)}
    >
      <rect
        x={left}
        y={top}
        width={width}
        height={height}
        rx={kind === 'filter' ? 5 : height / 2}
        aria-hidden="true"
      >
        <title>{inWords(box, rates)}</title>
      </rect>
      <text
        class="chart-name"
        x={isBeside ? left + 12 : x}
        y={where === 'below' && counts !== '' ? y - 8 : y}
        text-anchor={isBeside ? 'start' : 'middle'}
      >
        {iconOf(box)}
        {name}
      </text>
      {counts !== '' && (
        <text
          class="chart-counts"
          x={isBeside ? left + width - 12 : x}
          y={isBeside ? y : y + 10}
          text-anchor={isBeside ? 'end' : 'middle'}
        >
          {counts}
        </text>
      )}
      {rates !== undefined && rates.errors > 0 && (
        <g
          class="chart-error"
          onClick={(event) => {
            event.stopPropagation();
            onOpen(rates.lastError?.place ?? box);
          }}
        >
          <rect x={left + width - 30} y={top - 9} width="38" height="18" rx="9" />
          <text x={left + width - 11} y={top}>
            ! {rates.errors > 999 ? '999+' : rates.errors}
          </text>
        </g>
      )}
    </g>
  );
}

/** Short, for the box. */
function countsText({ kind }: PlacedBox, rates: BoxRates | undefined): string {
  if (rates === undefined || rates.sessions === null) return '…';
  const sessions = `${shortRate(rates.sessions)} sess/s`;
  return kind === 'title'
    ? `${sessions} · ${formatCount(rates.active)} open`
    : `${sessions} · ${rates.events === null ? '–' : shortRate(rates.events)} ev/s`;
}

/** A sign before the names of what begins by itself. */
function iconOf({ entry }: PlacedBox): string {
  if (entry === 'listen') return '⇥ ';
  if (entry === 'task') return '↻ ';
  return '';
}

const ENTRY_WORDS = { listen: 'listens on', task: 'task', named: 'pipeline' } as const;

/** All that the box says, in words. */
function inWords(box: PlacedBox, rates: BoxRates | undefined): string {
  const name = plainText(box.name);
  const what =
    box.kind === 'filter'
      ? `filter ${name}`
      : box.kind === 'missing'
        ? name
        : `${box.entry === null ? 'pipeline' : ENTRY_WORDS[box.entry]} ${name}`;
  const parts = [what];
  if (rates !== undefined && rates.sessions !== null) {
    parts.push(`${shortRate(rates.sessions)} sessions a second, ${formatCount(rates.active)} open`);
    if (rates.events !== null) parts.push(`${shortRate(rates.events)} events a second`);
  }
  if (rates !== undefined && rates.errors > 0) {
    const { errors, lastError } = rates;
    parts.push(
      `${formatCount(errors)} ${errors === 1 ? 'error' : 'errors'}${
        lastError === null
          ? ''
          : `, the last at ${formatClockSeconds(lastError.atMs)}: ${plainText(lastError.message, 200)}`
      }`,
    );
  }
  if (box.line !== null) parts.push(`line ${box.line}`);
  return parts.join('; ');
}
