import type { JSX } from 'preact';
import { Loading } from '../parts/states.tsx';

/** The tab Program. */
export function ProgramView(): JSX.Element {
  return <Loading what="program" />;
}
