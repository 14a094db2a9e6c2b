import type { Flow } from './flow.ts';

/** Whether a stream has something under way; kept by the filter that knows (HTTP requests without an answer). */
export interface StreamActivity {
  isIdle(): boolean;
  /** Called when the last exchange under way is through; set by whoever drains the connection. */
  onIdle: (() => void) | null;
}

/**
 * What the sessions of one stream share: its flow control and the state that pairs of filters keep together (an HTTP
 * decoder and its encoder). `link` and `use` targets are of their caller's stream; `fork`, `mux` and `demux` targets
 * have one of their own, so that a mirror neither pauses nor confuses what it mirrors.
 */
export class Stream {
  /** Hold it to stop whoever feeds this stream; null where nobody can be stopped (a mirror). */
  readonly source: Flow | null;
  /** Held while whoever this stream feeds cannot take more; null where it never is. */
  readonly sink: Flow | null;
  /** Null where no filter knows what is under way: then only the deadline of a shutdown ends it. */
  activity: StreamActivity | null = null;
  #slots: Map<symbol, unknown> | null = null;

  constructor(source: Flow | null = null, sink: Flow | null = null) {
    this.source = source;
    this.sink = sink;
  }

  /** The shared state under `key`, made at the first call. */
  slot<T>(key: symbol, create: () => T): T {
    this.#slots ??= new Map();
    let value = this.#slots.get(key) as T | undefined;
    if (value === undefined) this.#slots.set(key, (value = create()));
    return value;
  }
}
