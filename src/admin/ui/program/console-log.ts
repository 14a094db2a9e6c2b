import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { connection } from '../api/connection.ts';
import { EMPTY_TAIL, type LogTail, pollDelayMs, withAnswer } from './log-tail.ts';
import { fetchLog } from './program-api.ts';

/** The end of the gateway's log, the same in every place where it is shown. */
export const logTail = signal<LogTail>(EMPTY_TAIL);

let watchers = 0;
let stopWatching = (): void => {};

/** Keeps the log up to date while a console is shown. */
export function useLogTail(): LogTail {
  useEffect(() => {
    if (++watchers === 1) stopWatching = watch();
    return () => {
      if (--watchers === 0) stopWatching();
    };
  }, []);
  return logTail.value;
}

/** Empties it, in the page only. */
export function clearLog(): void {
  logTail.value = { ...logTail.value, lines: [] };
}

function watch(): () => void {
  const stopped = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const ask = async (): Promise<void> => {
    let hadLines = false;
    try {
      // A gateway that is gone is looked for by the connection, not here.
      if (connection.state.value.kind !== 'lost') {
        const { body, size } = await fetchLog(logTail.value.size, stopped.signal);
        hadLines = body !== '';
        logTail.value = withAnswer(logTail.value, body, size);
      }
    } catch {
      // The banner of the page says so.
    }
    later(pollDelayMs({ hadLines, isHidden: document.hidden }));
  };
  const later = (ms: number): void => {
    clearTimeout(timer);
    if (!stopped.signal.aborted) timer = setTimeout(() => void ask(), ms);
  };
  const onVisible = (): void => {
    if (!document.hidden) later(0);
  };
  document.addEventListener('visibilitychange', onVisible);
  void ask();
  return () => {
    stopped.abort();
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', onVisible);
  };
}
