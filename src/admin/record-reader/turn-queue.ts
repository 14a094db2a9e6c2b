import type { Turns } from './turn.ts';

/** How often one looks for new rows while somebody waits for them. */
const LOOK_EVERY_MS = 150;

interface Task {
  readonly id: number;
  readonly turns: Turns<unknown>;
  readonly onDone: (value: unknown) => void;
  readonly onError: (error: unknown) => void;
}

/** Lets questions take turns, so that none waits for the whole of another; those that wait for new rows cost next to nothing. */
export class TurnQueue {
  readonly #lastRow: () => number;
  #ready: Task[] = [];
  readonly #waiting = new Map<Task, { readonly afterRow: number; readonly untilMs: number }>();
  #timer: NodeJS.Timeout | null = null;
  #isTurning = false;

  /** @param lastRow of the newest record; may throw: who waits finds out itself then */
  constructor(lastRow: () => number) {
    this.#lastRow = lastRow;
  }

  add(task: Task): void {
    this.#ready.push(task);
    this.#turnSoon();
  }

  /** Forgets a question, wherever it is. */
  cancel(id: number): void {
    this.#ready = this.#ready.filter((task) => task.id !== id);
    for (const task of this.#waiting.keys()) if (task.id === id) this.#waiting.delete(task);
    this.#keepLooking();
  }

  stop(): void {
    this.#ready = [];
    this.#waiting.clear();
    this.#keepLooking();
  }

  #turnSoon(): void {
    if (this.#isTurning || this.#ready.length === 0) return;
    this.#isTurning = true;
    // Not at once: messages come in between.
    setImmediate(() => {
      this.#isTurning = false;
      this.#turn();
      this.#turnSoon();
    });
  }

  #turn(): void {
    const task = this.#ready.shift();
    if (task === undefined) return;
    try {
      const { done, value } = task.turns.next();
      if (done === true) task.onDone(value);
      else if (value === 'go-on') this.#ready.push(task);
      else {
        this.#waiting.set(task, value);
        this.#keepLooking();
      }
    } catch (error) {
      task.onError(error);
    }
  }

  #keepLooking(): void {
    if (this.#waiting.size > 0) this.#timer ??= setInterval(() => this.#look(), LOOK_EVERY_MS);
    else if (this.#timer !== null) {
      clearInterval(this.#timer);
      this.#timer = null;
    }
  }

  #look(): void {
    let lastRow = Infinity;
    try {
      lastRow = this.#lastRow();
    } catch {
      // All are woken, and meet the error.
    }
    const nowMs = performance.now();
    for (const [task, { afterRow, untilMs }] of this.#waiting)
      if (lastRow > afterRow || nowMs >= untilMs) {
        this.#waiting.delete(task);
        this.#ready.push(task);
      }
    this.#keepLooking();
    this.#turnSoon();
  }
}
