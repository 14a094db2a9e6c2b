import type { ConnectionFacts, Exchange } from './exchange.ts';
import type { Recorder } from './recorder.ts';
import type { RecordDocument } from './record-document.ts';

/**
 * The open exchanges of one connection, oldest first: `captureRequest` begins them, `captureResponse` answers and ends
 * them. HTTP/1 answers in the order of the requests (RFC 9112 section 9.3.2), so the order is all that pairs them.
 */
export class ExchangeList {
  readonly #recorder: Recorder;
  readonly #facts: ConnectionFacts;
  readonly #open: OpenExchange[] = [];
  #isOver = false;
  /** The end of this turn will look for what is complete. */
  #isDue = false;
  /** Where finished records go; set by `captureResponse`. */
  onRecord: ((record: RecordDocument) => void) | null = null;
  /** A record could not be made; set by `captureResponse`. */
  onFailure: ((error: unknown) => void) | null = null;
  /** The client's side failed first: whatever the other side then does follows from that. */
  clientFailure: { readonly type: string; readonly message: string } | null = null;

  constructor(recorder: Recorder, facts: ConnectionFacts) {
    this.#recorder = recorder;
    this.#facts = facts;
  }

  /** A request has begun. */
  begin(): OpenExchange {
    const open: OpenExchange = {
      exchange: this.#recorder.exchange(this.#facts),
      isRequestDone: false,
      // What is found of a request once its connection is over gets no answer any more.
      isResponseDone: this.#isOver,
    };
    this.#open.push(open);
    return open;
  }

  /** The exchange that the next answer belongs to: the oldest whose answer is not complete. */
  get answering(): OpenExchange | null {
    for (const open of this.#open) if (!open.isResponseDone) return open;
    return null;
  }

  /** Exchanges may be complete now: their records are written as soon as nobody's bytes wait for it. */
  settle(): void {
    if (this.#isOver) this.#write();
    else if (!this.#isDue && this.#isFirstComplete) {
      this.#isDue = true;
      this.#recorder.afterWrites(this.#writeDue);
    }
  }

  readonly #writeDue = (): void => {
    this.#isDue = false;
    try {
      this.#write();
    } catch (error) {
      // Nobody is above this but the event loop: a record that cannot be made ends the mirror of its own connection, and nothing else.
      if (this.onFailure === null) throw error;
      this.onFailure(error);
    }
  };

  get #isFirstComplete(): boolean {
    const first = this.#open[0];
    return first !== undefined && first.isRequestDone && first.isResponseDone;
  }

  /** Write the records of all exchanges at the front that are complete. */
  #write(): void {
    // Before `captureResponse` has seen anything there is nowhere to write: what is complete waits for it.
    while (this.#open.length > 0 && this.onRecord !== null) {
      if (!this.#isFirstComplete) return;
      const first = this.#open.shift()!;
      const record = first.exchange.finish();
      if (record !== null) this.onRecord(record);
    }
  }

  /** The connection is over: what is open was cut. */
  end(cause: { type: string; message: string }): void {
    this.#isOver = true;
    const error = this.clientFailure ?? cause;
    for (const open of this.#open) {
      if (!open.isRequestDone || !open.isResponseDone) open.exchange.fail(error);
      open.isRequestDone = true;
      open.isResponseDone = true;
    }
    this.settle();
  }
}

/** One exchange with its two halves. */
export interface OpenExchange {
  readonly exchange: Exchange;
  isRequestDone: boolean;
  isResponseDone: boolean;
}
