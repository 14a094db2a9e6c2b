import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

const MAX_CONNECTIONS = 64;
/** Requests of one connection that wait for their answers. Nobody who means well sends more before the first is answered: each answer is held until those before it are read. */
const MAX_REQUESTS = 2;

/**
 * Who is connected to the admin port, and bounds for it. Where there are too many, it is the one that gets no answer now who goes, and first of all of
 * whoever has the most: connections that are held open keep neither probes nor the operator out.
 */
export class AdminConnections {
  /** The oldest first. */
  readonly #open = new Map<Socket, Set<IncomingMessage>>();

  accept(socket: Socket): void {
    this.#open.set(socket, new Set());
    socket.once('close', () => this.#open.delete(socket));
    if (this.#open.size > MAX_CONNECTIONS) this.#end(this.#leastNeeded(socket));
  }

  /** A signal that the client has gone away; null where it asks too much at once: it is cut off. */
  begin(request: IncomingMessage, response: ServerResponse): AbortSignal | null {
    const asked = this.#open.get(request.socket);
    if (asked === undefined || asked.size >= MAX_REQUESTS) {
      this.#end(request.socket);
      return null;
    }
    const gone = new AbortController();
    asked.add(request);
    response.once('close', () => {
      asked.delete(request);
      gone.abort();
    });
    return gone.signal;
  }

  /** The oldest of those that get no answer, of the address that has the most connections. A request that has not come as a whole gets none yet. */
  #leastNeeded(newcomer: Socket): Socket {
    const counts = new Map<string | undefined, number>();
    for (const { remoteAddress } of this.#open.keys())
      counts.set(remoteAddress, (counts.get(remoteAddress) ?? 0) + 1);
    const countOf = ({ remoteAddress }: Socket): number => counts.get(remoteAddress) ?? 0;
    let found = newcomer;
    for (const [socket, asked] of this.#open) {
      const isNeeded = [...asked].some(({ complete }) => complete);
      if (!isNeeded && (found === newcomer || countOf(socket) > countOf(found))) found = socket;
    }
    if (found !== newcomer || countOf(newcomer) > MAX_CONNECTIONS / 2) return found;
    // Answers that nobody reads must not keep others out, either.
    return [...this.#open.keys()].find((socket) => countOf(socket) > MAX_CONNECTIONS / 2) ?? newcomer;
  }

  #end(socket: Socket): void {
    this.#open.delete(socket);
    socket.destroy();
  }
}
