import { clientNetwork } from './client-network.ts';

/** Wrong tokens of one client in a minute; more wait for the next one. */
const MAX_FAULTS = 20;
const WINDOW_MS = 60_000;
/** Clients that are remembered; beyond it the one that was wrong first is forgotten. */
const MAX_CLIENTS = 1024;

/** Slows down who guesses, and nobody else: each client is counted for itself. */
export class GuessLimit {
  readonly #now: () => number;
  /** When a client was wrong. */
  readonly #faults = new Map<string, number[]>();

  /** @param now monotonic milliseconds */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** @param address of a client that was wrong */
  note(address: string): void {
    const client = clientNetwork(address);
    const faults = this.#recent(client);
    faults.push(this.#now());
    this.#faults.set(client, faults);
    if (this.#faults.size > MAX_CLIENTS) this.#faults.delete(this.#faults.keys().next().value!);
  }

  /** Whether wrong tokens came so fast that the next must wait. */
  isReached(address: string): boolean {
    return this.#recent(clientNetwork(address)).length >= MAX_FAULTS;
  }

  #recent(client: string): number[] {
    const now = this.#now();
    return (this.#faults.get(client) ?? []).filter((at) => now - at < WINDOW_MS);
  }
}
