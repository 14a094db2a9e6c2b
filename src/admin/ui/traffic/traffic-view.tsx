import type { JSX } from 'preact';
import { Loading } from '../parts/states.tsx';

/** The tab Traffic. */
export function TrafficView(): JSX.Element {
  return <Loading what="traffic" />;
}
