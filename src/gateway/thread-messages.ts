import type { LogLevel } from '../core/ports.ts';

/** What the main thread tells a data thread. */
export interface ToDataThread {
  readonly type: 'stop';
  readonly deadlineMs: number;
}

/** What a data thread tells the main thread; `stopped` and `failed` are the last. */
export type FromDataThread =
  | { readonly type: 'listening'; readonly addresses: readonly { address: string; port: number }[] }
  | { readonly type: 'flushed' }
  | { readonly type: 'log'; readonly level: LogLevel; readonly message: string }
  | { readonly type: 'stopped' }
  | { readonly type: 'failed'; readonly message: string };
