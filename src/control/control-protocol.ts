import * as path from 'node:path';

/**
 * How a command talks to the gateway of a data directory: over a Unix socket, one request a connection, JSON a line. The client writes a
 * `ControlRequest` and keeps the connection open; the gateway answers with any number of `ControlAnswer` lines, the last of which says how it
 * ended, and closes. A client that closes earlier has lost interest: what it asked for is stopped.
 */
export interface ControlRequest {
  readonly command: string;
  /** What else there is belongs to the command, which checks it. */
  readonly [field: string]: unknown;
}

export type ControlAnswer =
  | { readonly type: 'value'; readonly value: unknown }
  | { readonly type: 'done' }
  /** In words for the operator. */
  | { readonly type: 'refusal'; readonly message: string };

/** Of one request. */
export const MAX_REQUEST_BYTES = 4096;

/** Of one line of an answer; a command cuts longer texts. */
export const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

/** What the kernel takes as the name of a socket: 108 bytes with the zero at its end, fewer where it is not Linux. */
export const MAX_SOCKET_PATH_BYTES = process.platform === 'linux' ? 107 : 103;

/** The folder of the socket within a data directory: nobody else may look into it, so the socket is never open to others, not even while it is made. */
export function controlFolder(dataDir: string): string {
  return path.join(dataDir, 'control');
}

/**
 * The socket of a gateway with this data directory, absolute or from the working directory, whichever is shorter. Throws where both are too long
 * for a socket.
 */
export function controlSocketPath(dataDir: string, cwd: string): string {
  const absolute = path.resolve(cwd, controlFolder(dataDir), 'socket');
  const relative = path.relative(cwd, absolute);
  const shorter = relative.length < absolute.length ? relative : absolute;
  if (Buffer.byteLength(shorter) > MAX_SOCKET_PATH_BYTES)
    throw new Error(
      `the path ${absolute} is too long for a socket (more than ${MAX_SOCKET_PATH_BYTES} bytes): choose a shorter --data-dir, or start from a folder nearer to it`,
    );
  return shorter;
}

/** Cuts a stream of bytes into lines. Throws where a line is longer than allowed. */
export class LineSplitter {
  readonly #maxBytes: number;
  #held: Buffer[] = [];
  #heldBytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The lines that end in this chunk. */
  *split(chunk: Buffer): Generator<string> {
    let from = 0;
    for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, from)) {
      this.#hold(chunk.subarray(from, end));
      const line = Buffer.concat(this.#held).toString('utf8');
      this.#held = [];
      this.#heldBytes = 0;
      from = end + 1;
      yield line;
    }
    this.#hold(chunk.subarray(from));
  }

  #hold(part: Buffer): void {
    if (part.length === 0) return;
    this.#heldBytes += part.length;
    if (this.#heldBytes > this.#maxBytes) throw new Error(`a line of more than ${this.#maxBytes} bytes`);
    this.#held.push(part);
  }
}

/** A request or an answer as its line. */
export function asLine(message: ControlRequest | ControlAnswer): string {
  return `${JSON.stringify(message)}\n`;
}

/** What a line asks for; null where it is none. */
export function readRequest(line: string): ControlRequest | null {
  const message = parsed(line);
  return typeof message?.['command'] === 'string' ? (message as ControlRequest) : null;
}

/** What a line answers; null where it is none. */
export function readAnswer(line: string): ControlAnswer | null {
  const message = parsed(line);
  switch (message?.['type']) {
    case 'value':
      return { type: 'value', value: message['value'] };
    case 'done':
      return { type: 'done' };
    case 'refusal':
      return { type: 'refusal', message: String(message['message']) };
    default:
      return null;
  }
}

function parsed(line: string): Record<string, unknown> | null {
  try {
    const message = JSON.parse(line) as unknown;
    return typeof message === 'object' && message !== null ? (message as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
