import type { RefObject } from 'preact';
import { useEffect } from 'preact/hooks';

/** How far a pointer may move and still mean a click; CSS pixels. */
const CLICK_PX = 4;

/** What is scrolled in an element can be dragged with the mouse; fingers scroll as they do everywhere. */
export function useDrag(element: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const box = element.current!;
    let from: { x: number; y: number; left: number; top: number } | null = null;
    let isDragging = false;
    const onDown = (event: PointerEvent): void => {
      if (event.pointerType !== 'mouse' || event.button !== 0) return;
      from = { x: event.clientX, y: event.clientY, left: box.scrollLeft, top: box.scrollTop };
      isDragging = false;
    };
    const onMove = (event: PointerEvent): void => {
      if (from === null) return;
      const x = event.clientX - from.x;
      const y = event.clientY - from.y;
      if (!isDragging && Math.hypot(x, y) < CLICK_PX) return;
      isDragging = true;
      box.dataset['dragging'] = '';
      box.scrollLeft = from.left - x;
      box.scrollTop = from.top - y;
    };
    const onUp = (): void => {
      from = null;
      delete box.dataset['dragging'];
    };
    /** The click at the end of a drag is none. */
    const onClick = (event: MouseEvent): void => {
      if (!isDragging) return;
      isDragging = false;
      event.stopPropagation();
      event.preventDefault();
    };
    box.addEventListener('pointerdown', onDown);
    box.addEventListener('click', onClick, true);
    addEventListener('pointermove', onMove);
    addEventListener('pointerup', onUp);
    addEventListener('pointercancel', onUp);
    return () => {
      box.removeEventListener('pointerdown', onDown);
      box.removeEventListener('click', onClick, true);
      removeEventListener('pointermove', onMove);
      removeEventListener('pointerup', onUp);
      removeEventListener('pointercancel', onUp);
    };
  }, []);
}
