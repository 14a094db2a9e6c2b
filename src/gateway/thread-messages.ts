import type { LogLevel } from '../core/ports.ts';

/** What the main thread tells a data thread. */
export type ToDataThread =
  | { readonly type: 'stop'; readonly deadlineMs: number }
  /** During a stop: do not wait for what is in flight any longer. */
  | { readonly type: 'cut' };

/** What a data thread tells the main thread; `stopped` and `failed` are the last. */
export type FromDataThread =
  | { readonly type: 'listening'; readonly addresses: readonly { address: string; port: number }[] }
  | { readonly type: 'flushed' }
  | { readonly type: 'log'; readonly level: LogLevel; readonly message: string }
  | { readonly type: 'stopped' }
  | { readonly type: 'failed'; readonly message: string };
