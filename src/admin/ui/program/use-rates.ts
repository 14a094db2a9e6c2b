import { useEffect, useState } from 'preact/hooks';
import { type BoxRates, ratesOf } from './activity-rates.ts';
import { fetchActivity } from './program-api.ts';
import type { ProgramActivity } from '../../../gateway/program-activity.ts';

const READ_MS = 1000;

/** The rates of the running program's boxes, of readings a second apart, while the page can be seen. Empty until there are two. @param turn another number begins anew */
export function useRates(turn: number): ReadonlyMap<string, BoxRates> {
  const [rates, setRates] = useState<ReadonlyMap<string, BoxRates>>(new Map());
  useEffect(() => {
    const stopped = new AbortController();
    let before: ProgramActivity | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const read = async (): Promise<void> => {
      if (!document.hidden) {
        try {
          const now = await fetchActivity(stopped.signal);
          setRates(ratesOf(before, now));
          before = now;
        } catch {
          // The banner of the page says that the gateway is gone.
          before = null;
        }
      }
      if (!stopped.signal.aborted) timer = setTimeout(() => void read(), READ_MS);
    };
    void read();
    return () => {
      stopped.abort();
      clearTimeout(timer);
    };
  }, [turn]);
  return rates;
}
