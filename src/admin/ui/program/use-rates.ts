import { useEffect, useState } from 'preact/hooks';
import { Poll } from '../parts/poll.ts';
import { type BoxRates, ratesOf } from './activity-rates.ts';
import { fetchActivity } from './program-api.ts';
import type { ProgramActivity } from '../../../gateway/program-activity.ts';

const READ_MS = 1000;

/** The rates of the running program's boxes, of readings a second apart, while the page can be seen. Empty until there are two. @param turn another number begins anew */
export function useRates(turn: number): ReadonlyMap<string, BoxRates> {
  const [rates, setRates] = useState<ReadonlyMap<string, BoxRates>>(new Map());
  useEffect(() => {
    let before: ProgramActivity | null = null;
    const poll = new Poll(async (signal) => {
      try {
        const now = await fetchActivity(signal);
        setRates(ratesOf(before, now));
        before = now;
      } catch {
        // The banner of the page says that the gateway is gone.
        before = null;
      }
      return READ_MS;
    });
    poll.start();
    return () => poll.stop();
  }, [turn]);
  return rates;
}
