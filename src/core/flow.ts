/** Who is told when a flow is held and let go again. */
export interface FlowListener {
  onHold(): void;
  onRelease(): void;
}

/**
 * One direction of a stream that can be held: back pressure as a count of those who cannot take more.
 * Whoever holds must release exactly once.
 */
export class Flow {
  #holds = 0;
  #listeners: FlowListener[] = [];

  get isHeld(): boolean {
    return this.#holds > 0;
  }

  hold(): void {
    if (++this.#holds === 1) for (const listener of [...this.#listeners]) listener.onHold();
  }

  release(): void {
    if (this.#holds === 0) throw new Error('flow released more often than held');
    if (--this.#holds === 0) for (const listener of [...this.#listeners]) listener.onRelease();
  }

  listen(listener: FlowListener): void {
    this.#listeners.push(listener);
    if (this.isHeld) listener.onHold();
  }

  unlisten(listener: FlowListener): void {
    this.#listeners = this.#listeners.filter((other) => other !== listener);
  }
}

/** While `from` is held, `to` is held too. Returns the way to take the coupling back. */
export function couple(from: Flow, to: Flow): () => void {
  let isHolding = false;
  const listener: FlowListener = {
    onHold() {
      isHolding = true;
      to.hold();
    },
    onRelease() {
      isHolding = false;
      to.release();
    },
  };
  from.listen(listener);
  return () => {
    from.unlisten(listener);
    if (isHolding) listener.onRelease();
  };
}

/** The two directions of a peer outside: what we send it, and what we read of it. */
export interface PeerFlows {
  /** Held while too much waits to be sent. */
  readonly sending: Flow;
  /** Hold it to stop reading. */
  readonly reading: Flow;
}

/** A stream's sender is not read while the peer takes no more, nor the peer while the stream's reader takes no more. Returns the way back. */
export function couplePeer(
  peer: PeerFlows,
  { source, sink }: { readonly source: Flow | null; readonly sink: Flow | null },
): () => void {
  const undo = [
    ...(source === null ? [] : [couple(peer.sending, source)]),
    ...(sink === null ? [] : [couple(sink, peer.reading)]),
  ];
  return () => {
    for (const one of undo.splice(0)) one();
  };
}
