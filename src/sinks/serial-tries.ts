import { type Batch, DUPLICATE, type ItemResult, type SendResult } from './sink.ts';

/**
 * Runs the tries of a sink whose writing cannot be called back, one after the other. A try that is given up goes on behind the scenes; what it
 * stored all the same is answered `duplicate` when it is sent again, and the next try waits for its end.
 */
export class SerialTries {
  #last: Promise<unknown> = Promise.resolve();
  /** Ids that a given-up try has stored, by stream, until they are sent again. */
  readonly #late = new Map<string, Set<string>>();

  /** @param attempt is given what is not yet stored, and stores all of it or nothing. Must not reject. */
  async run(
    batch: Batch,
    signal: AbortSignal,
    attempt: (batch: Batch) => Promise<SendResult>,
  ): Promise<SendResult> {
    const { promise: givenUp, resolve: giveUp } = Promise.withResolvers<null>();
    const onAbort = (): void => giveUp(null);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) giveUp(null);
    try {
      const turn = this.#last;
      if ((await Promise.race([turn.then(() => true), givenUp])) === null) return retryOf(false);
      const work = this.#attempt(batch, attempt);
      this.#last = work;
      const result = await Promise.race([work, givenUp]);
      if (result !== null) return result;
      void work.then((late) => {
        if (late.kind === 'answered') this.#remember(batch);
      });
      return retryOf(true);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await this.#last;
  }

  async #attempt(batch: Batch, attempt: (batch: Batch) => Promise<SendResult>): Promise<SendResult> {
    const key = keyOf(batch);
    const late = this.#late.get(key);
    if (late === undefined) return attempt(batch);
    const records = batch.records.filter(({ id }) => !late.has(id));
    const bytes = records.reduce((sum, record) => sum + record.bytes.length, 0);
    const result: SendResult =
      records.length === 0 ? { kind: 'answered', items: [] } : await attempt({ ...batch, records, bytes });
    if (result.kind !== 'answered') return result;
    const items = result.items[Symbol.iterator]();
    const all = batch.records.map(({ id }): ItemResult => (late.has(id) ? DUPLICATE : items.next().value!));
    for (const { id } of batch.records) late.delete(id);
    if (late.size === 0) this.#late.delete(key);
    return { kind: 'answered', items: all };
  }

  #remember(batch: Batch): void {
    const key = keyOf(batch);
    const late = this.#late.get(key) ?? new Set();
    for (const { id } of batch.records) late.add(id);
    this.#late.set(key, late);
  }
}

function keyOf({ stream }: Batch): string {
  return `${stream.run}.${stream.thread}`;
}

function retryOf(isAmbiguous: boolean): SendResult {
  return {
    kind: 'retry',
    reason: 'the try was given up',
    retryAfterMs: null,
    isAmbiguous,
    isOverload: false,
  };
}
