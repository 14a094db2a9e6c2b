import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Shown } from '../parts/shown.tsx';
import type { LogLine } from './log-tail.ts';

/** As the style sheet has it; CSS pixels. */
const ROW_HEIGHT = 20;
/** Rows that are drawn beyond what can be seen. */
const MORE_ROWS = 20;

/** Lines of the log, of which only those are drawn that can be seen. */
export function ConsoleLines({
  lines,
  isFollowing,
  onFollow,
}: {
  lines: readonly LogLine[];
  isFollowing: boolean;
  onFollow: (isWanted: boolean) => void;
}): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(400);
  /** Where this component itself has scrolled to: no wish of anybody. */
  const ownTop = useRef(-1);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setHeight(entry!.target.clientHeight));
    observer.observe(box.current!);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => {
    if (!isFollowing) return;
    const element = box.current!;
    element.scrollTop = element.scrollHeight;
    ownTop.current = element.scrollTop;
    setTop(element.scrollTop);
  }, [lines, isFollowing, height]);
  const onScroll = ({ currentTarget }: { currentTarget: HTMLElement }): void => {
    const { scrollTop, scrollHeight, clientHeight } = currentTarget;
    setTop(scrollTop);
    if (scrollTop === ownTop.current) return;
    const isAtEnd = scrollHeight - scrollTop - clientHeight < ROW_HEIGHT;
    if (isAtEnd !== isFollowing && (isAtEnd || scrollTop < ownTop.current)) onFollow(isAtEnd);
    ownTop.current = scrollTop;
  };
  const first = Math.max(0, Math.floor(top / ROW_HEIGHT) - MORE_ROWS);
  const last = Math.min(lines.length, Math.ceil((top + height) / ROW_HEIGHT) + MORE_ROWS);
  return (
    <div
      class="console-lines"
      ref={box}
      role="log"
      // It would read without end.
      aria-live="off"
      aria-label="Lines of the log"
      tabIndex={0}
      onScroll={onScroll}
    >
      <div class="console-space" style={{ height: `${lines.length * ROW_HEIGHT}px` }}>
        <div class="console-drawn" style={{ transform: `translateY(${first * ROW_HEIGHT}px)` }}>
          {lines.slice(first, last).map(({ number, time, level, text, isGap }) => (
            <div
              key={number}
              class={`console-line ${isGap ? 'console-gap' : `console-${level ?? 'printed'}`}`}
            >
              {!isGap && <span class="console-time">{time.slice(11)}</span>}
              {!isGap && <span class="console-level">{level ?? 'printed'}</span>}
              <span class="console-text">
                <Shown text={text} maxLength={2000} />
              </span>
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}
