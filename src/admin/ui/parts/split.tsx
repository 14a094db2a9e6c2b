import type { ComponentChildren, JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';

const KEY_STEP = 24;

/**
 * Two panes with a bar between them that can be dragged, or moved with the arrow keys. The size stays with the browser tab.
 * @param name under which the size is remembered, and the bar's name for screen readers
 * @param size of the sized pane at first, CSS pixels
 */
export function Split({
  direction,
  name,
  sized,
  size: firstSize,
  minSize = 120,
  children: [first, second],
}: {
  direction: 'columns' | 'rows';
  name: string;
  /** Which of the two keeps its size when the window changes. */
  sized: 'first' | 'second';
  size: number;
  minSize?: number;
  children: readonly [ComponentChildren, ComponentChildren];
}): JSX.Element {
  const key = `split ${name}`;
  const [size, setSize] = useState(() => Number(sessionStorage.getItem(key)) || firstSize);
  const element = useRef<HTMLDivElement>(null);
  const isColumns = direction === 'columns';
  const change = (wanted: number): void => {
    const box = element.current!.getBoundingClientRect();
    const whole = isColumns ? box.width : box.height;
    const next = Math.round(Math.max(minSize, Math.min(whole - minSize, wanted)));
    setSize(next);
    sessionStorage.setItem(key, String(next));
  };
  const onPointerDown = (event: PointerEvent & { currentTarget: HTMLElement }): void => {
    event.preventDefault();
    const bar = event.currentTarget;
    bar.setPointerCapture(event.pointerId);
    bar.onpointermove = (moved) => {
      const box = element.current!.getBoundingClientRect();
      const at = isColumns ? moved.clientX - box.left : moved.clientY - box.top;
      change(sized === 'first' ? at : (isColumns ? box.width : box.height) - at);
    };
    bar.onpointerup = bar.onpointercancel = () => (bar.onpointermove = null);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const forward = isColumns ? 'ArrowRight' : 'ArrowDown';
    const back = isColumns ? 'ArrowLeft' : 'ArrowUp';
    if (event.key !== forward && event.key !== back) return;
    event.preventDefault();
    event.stopPropagation();
    change(size + ((event.key === forward) === (sized === 'first') ? KEY_STEP : -KEY_STEP));
  };
  const style = { flex: `0 1 ${size}px` };
  return (
    <div class="split" data-direction={direction} ref={element}>
      <div
        class={`split-pane ${sized === 'first' ? '' : 'split-pane-rest'}`}
        style={sized === 'first' ? style : {}}
      >
        {first}
      </div>
      <div
        class="split-bar"
        role="separator"
        tabIndex={0}
        aria-label={`Size of ${name}`}
        aria-orientation={isColumns ? 'vertical' : 'horizontal'}
        aria-valuenow={size}
        aria-valuemin={minSize}
        onPointerDown={onPointerDown}
        onKeyDown={onKeyDown}
      />
      <div
        class={`split-pane ${sized === 'second' ? '' : 'split-pane-rest'}`}
        style={sized === 'second' ? style : {}}
      >
        {second}
      </div>
    </div>
  );
}
