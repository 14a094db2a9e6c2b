import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { connection } from '../api/connection.ts';
import { info, loadInfo } from '../api/info.ts';
import { Poll } from '../parts/poll.ts';
import { EMPTY_TAIL, type LogTail, pollDelayMs, startedAnew, withAnswer } from './log-tail.ts';
import { fetchLog } from './program-api.ts';

/** The end of the gateway's log, the same in every place where it is shown. */
const logTail = signal<LogTail>(EMPTY_TAIL);

/** The process whose lines they are, and when that was looked at. */
let readOf = { startedMs: 0, epoch: -1 };

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

/** Another process counts its lines from 0, and may have said as many already as the one before. */
async function noticeAnotherProcess(): Promise<void> {
  const epoch = connection.epoch.value;
  if (readOf.epoch === epoch) return;
  await loadInfo();
  const startedMs = info.value!.startedMs;
  if (readOf.epoch >= 0 && readOf.startedMs !== startedMs) logTail.value = startedAnew(logTail.value);
  readOf = { startedMs, epoch };
}

function watch(): () => void {
  const poll = new Poll(
    async (signal) => {
      let hadLines = false;
      try {
        // A gateway that is gone is looked for by the connection, not here.
        if (connection.state.value.kind !== 'lost') {
          await noticeAnotherProcess();
          const { body, size } = await fetchLog(logTail.value.size, signal);
          hadLines = body !== '';
          logTail.value = withAnswer(logTail.value, body, size);
        }
      } catch {
        // The banner of the page says so.
      }
      return pollDelayMs({ hadLines, isHidden: document.hidden });
    },
    { isAskedHidden: true },
  );
  poll.start();
  return () => poll.stop();
}
