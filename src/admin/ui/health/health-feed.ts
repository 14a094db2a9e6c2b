import { useEffect, useState } from 'preact/hooks';
import type { HealthView } from '../../api/health/health-view.ts';
import { connection } from '../api/connection.ts';
import { requestJson } from '../api/request.ts';
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
    const stopped = new AbortController();
    const { signal } = stopped;
    let known = view;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async (): Promise<void> => {
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
    let isAsking = false;
    const loop = async (): Promise<void> => {
      if (isAsking) return;
      isAsking = true;
      clearTimeout(timer);
      if (!document.hidden) await ask().catch((failure: unknown) => !signal.aborted && setError(failure));
      isAsking = false;
      if (!signal.aborted) timer = setTimeout(() => void loop(), INTERVAL_MS);
    };
    const onVisible = (): void => {
      if (!document.hidden) void loop();
    };
    document.addEventListener('visibilitychange', onVisible);
    void loop();
    return () => {
      stopped.abort();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onVisible);
    };
  }, [epoch, round]);
  return { view, error, retry: () => setRound((before) => before + 1) };
}
