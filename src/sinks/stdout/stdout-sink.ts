import type { Writable } from 'node:stream';
import { joinLines } from '../../codecs/ndjson/join-lines.ts';
import { SerialTries } from '../serial-tries.ts';
import { type Batch, DELIVERED, type SendResult, type Sink, type SinkLimits } from '../sink.ts';

/**
 * One line a record on a stream such as standard output, in order. At least once: a batch counts as delivered when the system has taken its
 * bytes, and after a crash the last one may come again. What its reader does with the lines is not known.
 * @param stream must not be written to by anybody else; asynchronous where its reader is slow, as standard output is with a pipe
 */
export function newStdoutSink({ stream }: { stream: Writable }): Sink {
  return new StdoutSink(stream);
}

class StdoutSink implements Sink {
  readonly name = 'stdout';
  readonly limits: SinkLimits = {
    maxBatchBytes: 256 * 1024,
    maxBatchRecords: 1000,
    maxWaitMs: 0,
    maxConcurrency: 1,
    timeoutMs: 30_000,
  };
  readonly ownPlaces = null;
  readonly #stream: Writable;
  readonly #tries = new SerialTries();
  /** Why nothing can be written any more. */
  #closed: string | null = null;
  readonly #onError = (error: NodeJS.ErrnoException): void => void this.#close(error);

  constructor(stream: Writable) {
    this.#stream = stream;
  }

  start(): Promise<void> {
    this.#stream.off('error', this.#onError).on('error', this.#onError);
    return Promise.resolve();
  }

  /** Waits for a reader that is slow until `signal`; then the lines are still on their way, and are not written again. */
  send(batch: Batch, signal: AbortSignal): Promise<SendResult> {
    return this.#tries.run(batch, signal, (rest) => this.#write(rest));
  }

  epoch(): string {
    return '';
  }

  /** The listener stays: what the stream may still report is no crash. */
  stop(): Promise<void> {
    return Promise.resolve();
  }

  #write({ records }: Batch): Promise<SendResult> {
    if (this.#closed !== null) return Promise.resolve({ kind: 'paused', reason: this.#closed });
    return new Promise((resolve) => {
      this.#stream.write(joinLines(records.map(({ bytes }) => bytes)), (error) => {
        if (error == null) resolve({ kind: 'answered', items: records.map(() => DELIVERED) });
        else resolve({ kind: 'paused', reason: this.#close(error) });
      });
    });
  }

  #close(error: NodeJS.ErrnoException): string {
    this.#closed ??=
      error.code === 'EPIPE'
        ? 'nobody reads standard output any more (EPIPE): start the gateway again with a reader, or without --stdout'
        : `standard output cannot be written: ${error.code ?? error.message}; start the gateway again when that is mended, or without --stdout`;
    return this.#closed;
  }
}
