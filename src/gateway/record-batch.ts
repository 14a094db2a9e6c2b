import type { Message } from '../core/event.ts';
import type { RecordDocument } from '../records/record-document.ts';

/** Where batches go: the spool. */
export interface RecordWriter {
  append(record: RecordDocument): void;
  flush(): Promise<void>;
}

/** The batch that the audit program fills and flushes: bounded by count and bytes, both small against the spool's queue. */
export class RecordBatch {
  readonly #writer: RecordWriter;
  readonly #maxCount: number;
  readonly #maxBytes: number;
  readonly #summaries: () => readonly RecordDocument[];
  #count = 0;
  #bytes = 0;

  /** @param summaries what else is due at a flush: records of what capture rules left out */
  constructor(
    writer: RecordWriter,
    maxCount: number,
    maxBytes: number,
    summaries: () => readonly RecordDocument[] = () => [],
  ) {
    this.#writer = writer;
    this.#maxCount = maxCount;
    this.#maxBytes = maxBytes;
    this.#summaries = summaries;
  }

  get isFull(): boolean {
    return this.#count >= this.#maxCount || this.#bytes >= this.#maxBytes;
  }

  /** Hand the record that a message of `captureResponse` carries to the spool; its body is the document that will be stored. */
  push(message: Message): void {
    const record = message.head as RecordDocument | null;
    if (record === null || typeof record.sequence !== 'number' || message.body === null)
      throw new TypeError('audit.batch.push expects a message of captureResponse');
    const bytes = message.body.bytes();
    // What a script has changed is found by what it is now.
    this.#writer.append(
      bytes === record.bytes ? record : { ...record, bytes, roomBefore: 0, facts: undefined },
    );
    this.#count++;
    this.#bytes += bytes.length;
  }

  /** The spool writes everything at once. */
  flush(): void {
    this.#count = 0;
    this.#bytes = 0;
    for (const summary of this.#summaries()) this.#writer.append(summary);
    void this.#writer.flush();
  }
}
