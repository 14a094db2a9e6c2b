import type { JSX, RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { useMedia } from './use-media.ts';

/** Colours and fonts by the names of their tokens, as the theme of now has them: a canvas takes no part in style sheets. */
export type Colours = (token: string) => string;

/** A plot before its place is laid out is that wide; CSS pixels. */
const MIN_WIDTH = 60;

/**
 * A plot of uPlot, as wide as its place. It is made once, and anew when the theme or `shape` changes.
 * @param label what it is, for screen readers; without, something around it says that
 * @param data times in ms, then the values of each series; another array is drawn
 * @param height CSS pixels
 * @param shape another one asks for other `options`
 * @param plot gets what uPlot made, while it is there
 */
export function CanvasPlot({
  name,
  label,
  data,
  height,
  options,
  shape = '',
  plot,
}: {
  /** Class of the element. */
  name: string;
  label?: string;
  data: uPlot.AlignedData;
  height: number;
  options: (colours: Colours) => Omit<uPlot.Options, 'width' | 'height'>;
  shape?: string;
  plot?: RefObject<uPlot | null>;
}): JSX.Element {
  const element = useRef<HTMLDivElement>(null);
  const made = useRef<uPlot | null>(null);
  const isLight = useMedia('(prefers-color-scheme: light)');
  useLayoutEffect(() => {
    const root = element.current!;
    const style = getComputedStyle(root);
    const look = options((token) => style.getPropertyValue(`--${token}`).trim());
    const width = (): number => Math.max(MIN_WIDTH, root.clientWidth);
    const drawn = new uPlot({ ...look, width: width(), height }, data, root);
    const keep = (kept: uPlot | null): void => {
      made.current = kept;
      if (plot !== undefined) plot.current = kept;
    };
    keep(drawn);
    const sizes = new ResizeObserver(() => {
      if (width() !== drawn.width) drawn.setSize({ width: width(), height });
    });
    sizes.observe(root);
    return () => {
      sizes.disconnect();
      keep(null);
      drawn.destroy();
    };
  }, [isLight, shape, height]);
  useLayoutEffect(() => made.current?.setData(data), [data]);
  const role = label === undefined ? {} : ({ role: 'img', 'aria-label': label } as const);
  return <div ref={element} class={name} {...role} style={{ height: `${height}px` }} />;
}

/** How axes look: text, font and lines. */
export function axisLook(colours: Colours): {
  readonly stroke: string;
  readonly font: string;
  readonly grid: uPlot.Axis.Grid;
  readonly ticks: uPlot.Axis.Ticks;
} {
  return {
    stroke: colours('text-muted'),
    font: `11px ${colours('font')}`,
    grid: { stroke: colours('line'), width: 1 },
    ticks: { show: false },
  };
}
