import type { ByteBudget } from './byte-budget.ts';

/** The first bytes of one body, as they stream by: at most `maxBytes`, fewer where the budget of all bodies is used up. */
export class BodyCapture {
  readonly #maxBytes: number;
  readonly #budget: ByteBudget;
  #kept: Buffer[] = [];
  #keptBytes = 0;
  /** All bytes of the body, kept or not; transfer coding removed, content coding not. */
  totalBytes = 0;
  /** The budget had no room: nothing of this body is kept. */
  isDropped = false;
  /** A capture rule wants nothing of it. */
  isLeftOut = false;

  constructor(maxBytes: number, budget: ByteBudget) {
    this.#maxBytes = maxBytes;
    this.#budget = budget;
  }

  push(view: Buffer): void {
    this.totalBytes += view.length;
    const wanted = Math.min(view.length, this.#maxBytes - this.#keptBytes);
    if (wanted <= 0 || this.isDropped || this.isLeftOut) return;
    if (!this.#budget.take(wanted)) {
      this.isDropped = true;
      this.release();
      return;
    }
    // A copy: a view would hold the socket's whole read buffer.
    this.#kept.push(Buffer.from(view.subarray(0, wanted)));
    this.#keptBytes += wanted;
  }

  /** Keeps nothing, of what came either; goes on counting. */
  leaveOut(): void {
    this.isLeftOut = true;
    this.release();
  }

  /** What is kept, in one piece. */
  bytes(): Buffer {
    return this.#kept.length === 1 ? this.#kept[0]! : Buffer.concat(this.#kept, this.#keptBytes);
  }

  get isCut(): boolean {
    return this.totalBytes > this.#keptBytes;
  }

  /** Gives the room back. Safe twice. */
  release(): void {
    this.#budget.giveBack(this.#keptBytes);
    this.#kept = [];
    this.#keptBytes = 0;
  }
}
