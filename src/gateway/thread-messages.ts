import type { LogLevel } from '../core/ports.ts';
import type { MetricSnapshot } from '../telemetry/metric-registry.ts';
import type { BoundAddress } from './front.ts';
import type { ProgramFault } from './program-fault.ts';
import type { ProgramSource } from './program-source.ts';

/** What the main thread tells a data thread. Questions carry a number; the answer carries it too. */
export type ToDataThread =
  | { readonly type: 'stop'; readonly deadlineMs: number }
  /** During a stop: do not wait for what is in flight any longer. */
  | { readonly type: 'cut' }
  | { readonly type: 'ask'; readonly id: number; readonly question: Question };

export type Question =
  | {
      readonly type: 'prepare';
      readonly program: ProgramSource;
      readonly addresses: readonly BoundAddress[];
    }
  | { readonly type: 'commit' }
  | { readonly type: 'cancel' }
  | { readonly type: 'clear' }
  | { readonly type: 'graphs' }
  | { readonly type: 'activity' }
  | { readonly type: 'census' };

/** What a data thread tells the main thread; `stopped` and `failed` are the last. */
export type FromDataThread =
  | { readonly type: 'listening'; readonly addresses: readonly BoundAddress[] }
  | { readonly type: 'flushed' }
  /** What the thread has counted since its start. */
  | { readonly type: 'metrics'; readonly snapshots: readonly MetricSnapshot[] }
  | { readonly type: 'log'; readonly level: LogLevel | 'output'; readonly message: string }
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly type: 'refusal'; readonly id: number; readonly fault: ProgramFault }
  | { readonly type: 'stopped' }
  | { readonly type: 'failed'; readonly message: string };
