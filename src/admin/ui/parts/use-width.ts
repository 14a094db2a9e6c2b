import type { RefObject } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

/** The width of an element, CSS pixels, as it changes; 0 before it is there. */
export function useWidth<T extends HTMLElement>(): readonly [RefObject<T | null>, number] {
  const element = useRef<T>(null);
  const [width, setWidth] = useState(() => innerWidth);
  useLayoutEffect(() => {
    const look = (): void => setWidth(element.current!.clientWidth);
    const sizes = new ResizeObserver(look);
    sizes.observe(element.current!);
    look();
    return () => sizes.disconnect();
  }, []);
  return [element, width];
}
