import { Data } from './data.ts';
import { type Event, SessionEnd } from './event.ts';
import type { FilterSite } from './filter.ts';
import { Session, Stage } from './pipeline.ts';

/**
 * Talks to the client first and then hands the stream over to another pipeline (spec filters, proxySOCKS4). States: `talking` → `open`
 * (the target's) → `ended`.
 */
export abstract class HandingOverStage extends Stage {
  protected readonly site: FilterSite;
  readonly #target: string;
  readonly #maxHeadBytes: number;
  #state: 'talking' | 'open' | 'ended' = 'talking';
  #head = Buffer.alloc(0);
  #session: Session | null = null;

  constructor(target: string, site: FilterSite, maxHeadBytes: number) {
    super();
    this.#target = target;
    this.site = site;
    this.#maxHeadBytes = maxHeadBytes;
  }

  /**
   * Reads what has come so far and gives how many bytes it took; 0 where it needs more. Calls `open` or `refuse` where it has decided.
   */
  protected abstract talk(bytes: Buffer): number;

  /** What to say to a client whose head has no end. */
  protected abstract tooLong(): Buffer | null;

  receive(event: Event): void {
    if (this.#state === 'ended') return;
    if (event.kind === 'session-end') {
      const session = this.#session;
      this.#state = 'ended';
      if (session === null) this.emit(event);
      else session.input(event);
    } else if (event.kind === 'data') this.#take(event);
  }

  override release(reason: SessionEnd): void {
    if (this.#session !== null && this.#state === 'open') this.#session.input(reason);
    this.#state = 'ended';
    this.#session?.release(reason);
  }

  protected say(bytes: Buffer): void {
    this.emit(Data.of(bytes));
    this.emit(Data.flushMark());
  }

  /** From here on the stream is the target's. */
  protected open(): void {
    const { context, stream } = this.session;
    this.#state = 'open';
    this.#session = new Session(this.site.pipeline(this.#target), context, stream, (event) =>
      this.emit(event),
    );
  }

  protected refuse(reply: Buffer | null): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    if (reply !== null) this.say(reply);
    this.emit(new SessionEnd());
  }

  /** Asks the script; a callback that fails is reported and counts as no. */
  protected ask(fn: (...args: never[]) => unknown, ...args: unknown[]): boolean {
    const { program, name, filters } = this.session.layout;
    try {
      const result = Boolean(program.invoke(this.session.context, fn, args));
      this.session.context.group.notify();
      return result;
    } catch (error) {
      program.reportError(error, name, filters.find(({ place }) => place === this.site.place) ?? null);
      return false;
    }
  }

  #take(data: Data): void {
    if (this.#state === 'open') {
      this.#session!.input(data);
      return;
    }
    this.#head = Buffer.concat([this.#head, ...data.views]);
    while (this.#head.length > 0) {
      const taken = this.talk(this.#head);
      const state = this.#stateNow();
      if (state === 'ended') return;
      this.#head = this.#head.subarray(taken);
      if (state === 'open') {
        const rest = this.#head;
        this.#head = Buffer.alloc(0);
        if (rest.length > 0) this.#session!.input(Data.of(rest));
        return;
      }
      if (taken === 0) break;
    }
    if (this.#head.length > this.#maxHeadBytes) this.refuse(this.tooLong());
  }

  /** Talking changes it. */
  #stateNow(): 'talking' | 'open' | 'ended' {
    return this.#state;
  }
}
