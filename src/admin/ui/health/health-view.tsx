import type { JSX } from 'preact';
import { Loading } from '../parts/states.tsx';

/** The tab Health. */
export function HealthView(): JSX.Element {
  return <Loading what="health" />;
}
