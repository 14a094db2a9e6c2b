import { useEffect, useState } from 'preact/hooks';
import type { HealthView } from '../../api/health/health-view.ts';
import { connection } from '../api/connection.ts';
import { requestJson } from '../api/request.ts';
import { Poll } from '../parts/poll.ts';
import { isOther, mergeHealth, sinceOf } from './merge-health.ts';

const INTERVAL_MS = 2000;

/** What is known of the gateway's health, and what went wrong with asking last. */
export interface HealthFeed {
  readonly view: HealthView | null;
  readonly error: unknown;
  readonly retry: () => void;
}

/** Asks every two seconds while it is shown; a tab in the background asks for nothing. */
export function useHealth(): HealthFeed {
  const [view, setView] = useState<HealthView | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [round, setRound] = useState(0);
  const epoch = connection.epoch.value;
  useEffect(() => {
    let known = view;
    const ask = async (signal: AbortSignal): Promise<void> => {
      const since = sinceOf(known);
      let now = await requestJson<HealthView>(`/api/health${since === null ? '' : `?since=${since}`}`, {
        signal,
      });
      if (known !== null && isOther(known, now))
        now = await requestJson<HealthView>('/api/health', { signal });
      known = mergeHealth(known, now);
      setView(known);
      setError(null);
    };
    const poll = new Poll(async (signal) => {
      await ask(signal).catch((failure: unknown) => !signal.aborted && setError(failure));
      return INTERVAL_MS;
    });
    poll.start();
    return () => poll.stop();
  }, [epoch, round]);
  return { view, error, retry: () => setRound((before) => before + 1) };
}
