import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useMemo, useRef } from 'preact/hooks';
import { formatCount } from '../parts/format.ts';
import { useShortcuts } from '../parts/shortcuts.ts';
import { copy } from '../parts/toasts.tsx';
import { clearLog, useLogTail } from './console-log.ts';
import { ConsoleLines } from './console-lines.tsx';
import { filteredLines, type LogLine, type LogLineLevel } from './log-tail.ts';

type Level = LogLineLevel | 'printed';

const LEVELS: readonly { readonly id: Level; readonly title: string }[] = [
  { id: 'error', title: 'Errors' },
  { id: 'warning', title: 'Warnings' },
  { id: 'info', title: 'Info' },
  { id: 'debug', title: 'Debug' },
  { id: 'printed', title: 'Printed' },
];

/** Of all consoles of the page: what is hidden and searched stays when the view changes. */
const hiddenLevels = signal<ReadonlySet<Level>>(new Set());
const wantedText = signal('');
const isFollowing = signal(true);

/** What the gateway says: its log, as it goes on. */
export function ConsoleView({ onClose }: { onClose?: () => void }): JSX.Element {
  const { lines } = useLogTail();
  const hidden = hiddenLevels.value;
  const text = wantedText.value;
  const shown = useMemo(() => filteredLines(lines, { hidden, text }), [lines, hidden, text]);
  const search = useRef<HTMLInputElement>(null);
  useShortcuts([{ keys: ['/'], meaning: 'Search the console', run: () => search.current?.focus() }]);
  const toggle = (level: Level): void => {
    const next = new Set(hidden);
    if (!next.delete(level)) next.add(level);
    hiddenLevels.value = next;
  };
  return (
    <section class="console" aria-label="Console">
      <div class="console-tools">
        <div class="console-levels" role="group" aria-label="Levels that are shown">
          {LEVELS.map(({ id, title }) => (
            <button
              key={id}
              type="button"
              class="button button-plain"
              aria-pressed={!hidden.has(id)}
              title={id === 'printed' ? 'What scripts print' : undefined}
              onClick={() => toggle(id)}
            >
              {title}
            </button>
          ))}
        </div>
        <input
          ref={search}
          class="field console-search"
          type="search"
          placeholder="Lines that contain…"
          aria-label="Show lines that contain"
          value={text}
          onInput={(event) => (wantedText.value = event.currentTarget.value)}
        />
        <span class="console-count muted" aria-live="off">
          {shown.length === lines.length
            ? `${formatCount(lines.length)} lines`
            : `${formatCount(shown.length)} of ${formatCount(lines.length)} lines`}
        </span>
        <button
          type="button"
          class="button"
          aria-pressed={isFollowing.value}
          title="Stay at the newest line; scrolling up pauses"
          onClick={() => (isFollowing.value = !isFollowing.value)}
        >
          Follow
        </button>
        <button
          type="button"
          class="button"
          disabled={shown.length === 0}
          title="Copy the lines that are shown"
          onClick={() => void copy(shown.map(lineText).join('\n'), `${formatCount(shown.length)} lines`)}
        >
          Copy
        </button>
        <button
          type="button"
          class="button"
          disabled={lines.length === 0}
          title="Empty this console; the gateway's log stays"
          onClick={clearLog}
        >
          Clear
        </button>
        {onClose !== undefined && (
          <button
            type="button"
            class="button button-plain"
            aria-label="Hide console"
            title="Hide"
            onClick={onClose}
          >
            ✕
          </button>
        )}
      </div>
      {shown.length === 0 ? (
        <p class="console-empty muted">
          {lines.length === 0
            ? 'Nothing yet. What the gateway and its scripts say appears here: start a script, or send a request.'
            : 'No line is let through by these levels and this text.'}
        </p>
      ) : (
        <ConsoleLines
          lines={shown}
          isFollowing={isFollowing.value}
          onFollow={(wanted) => (isFollowing.value = wanted)}
        />
      )}
    </section>
  );
}

function lineText({ time, level, text }: LogLine): string {
  return `${time === '' ? '' : `${time} `}${level === null ? '' : `[${level}] `}${text}`;
}
