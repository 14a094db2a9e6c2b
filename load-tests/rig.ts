import type { Bundle } from './subjects/bundle.ts';
import type { Children } from './children.ts';
import type { Tools } from './tools.ts';

/** What all parts of a run share. */
export interface Rig {
  /** Temporary; gone after the run. */
  readonly folder: string;
  readonly children: Children;
  readonly tools: Tools;
  readonly bundle: Bundle;
}
