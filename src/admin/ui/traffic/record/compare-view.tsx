import type { JSX } from 'preact';
import { Loading } from '../../parts/states.tsx';

/** Two records side by side. */
export function CompareView(_: { left: string; right: string; onClose: () => void }): JSX.Element {
  return <Loading what="records" />;
}
