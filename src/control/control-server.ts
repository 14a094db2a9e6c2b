import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import * as net from 'node:net';
import type { Log } from '../core/ports.ts';
import {
  asLine,
  type ControlAnswer,
  controlFolder,
  type ControlRequest,
  controlSocketPath,
  LineSplitter,
  MAX_REQUEST_BYTES,
  readRequest,
} from './control-protocol.ts';

/** How long a client may take to say what it wants, and to read a piece of its answer. */
const CLIENT_TIMEOUT_MS = 10_000;
const MAX_CONNECTIONS = 8;

/**
 * Answers one kind of request with values, each a line. What it throws is told to the client. `signal` is aborted when the client goes away
 * or the gateway stops; the iterator is then returned.
 */
export type ControlCommand = (request: ControlRequest, signal: AbortSignal) => AsyncIterable<unknown>;

export interface ControlServerOptions {
  /** Of a gateway that owns it now: a socket that lies there was left by one that was killed. */
  readonly dataDir: string;
  readonly commands: Readonly<Record<string, ControlCommand>>;
  readonly log: Log;
}

/** The gateway's end of the control socket: only the user that runs the gateway, and root, can reach it. */
export class ControlServer {
  readonly #options: ControlServerOptions;
  readonly #server: net.Server;
  readonly #connections = new Set<net.Socket>();
  #stopping: Promise<void> | null = null;

  constructor(options: ControlServerOptions) {
    this.#options = options;
    this.#server = net.createServer((socket) => void this.#serve(socket));
    this.#server.maxConnections = MAX_CONNECTIONS;
  }

  /** Rejects where there can be no socket: the path is too long, or the file system has none. */
  async start(): Promise<void> {
    const { dataDir, log } = this.#options;
    const socketPath = controlSocketPath(dataDir, process.cwd());
    const folder = controlFolder(dataDir);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o700);
    rmSync(socketPath, { force: true });
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(socketPath, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    this.#server.on('error', (error) => log.write('error', `[control] ${error.message}`));
    chmodSync(socketPath, 0o600);
    // The traffic decides how long the process lives.
    this.#server.unref();
  }

  /** Ends what is being answered and removes the socket. Safe before `start` and twice. */
  stop(): Promise<void> {
    return (this.#stopping ??= new Promise((resolve) => {
      for (const socket of this.#connections) socket.destroy();
      if (this.#server.listening) this.#server.close(() => resolve());
      else resolve();
    }));
  }

  async #serve(socket: net.Socket): Promise<void> {
    const gone = new AbortController();
    this.#connections.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#connections.delete(socket);
      gone.abort();
    });
    // A client that ends its side wants no more.
    socket.on('end', () => socket.destroy());
    let last: ControlAnswer = { type: 'done' };
    try {
      const request = await requestOf(socket);
      const { commands } = this.#options;
      if (request === null || !Object.hasOwn(commands, request.command))
        throw new Error(
          'the gateway does not know this request: is it of another version than this command?',
        );
      for await (const value of commands[request.command]!(request, gone.signal))
        await written(socket, { type: 'value', value });
    } catch (error) {
      last = { type: 'refusal', message: (error as Error).message };
    }
    if (socket.destroyed) return;
    socket.setTimeout(CLIENT_TIMEOUT_MS, () => socket.destroy());
    socket.end(asLine(last));
  }
}

/** The one request of a connection; null for what is none. Rejects where it does not come in time or is too long. */
function requestOf(socket: net.Socket): Promise<ControlRequest | null> {
  return new Promise((resolve, reject) => {
    const splitter = new LineSplitter(MAX_REQUEST_BYTES);
    const timer = setTimeout(() => reject(new Error('no request came in time')), CLIENT_TIMEOUT_MS);
    socket.on('close', () => {
      clearTimeout(timer);
      reject(new Error('the client went away'));
    });
    socket.on('data', (chunk: Buffer) => {
      try {
        // What comes after the first line is read only to notice the end.
        for (const line of splitter.split(chunk)) {
          clearTimeout(timer);
          resolve(readRequest(line));
        }
      } catch (error) {
        clearTimeout(timer);
        reject(error as Error);
      }
    });
  });
}

/** Resolves when the client takes more. Rejects where it goes away, or does not read in time. */
function written(socket: net.Socket, answer: ControlAnswer): Promise<void> {
  if (socket.destroyed) return Promise.reject(new Error('the client went away'));
  if (socket.write(asLine(answer))) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const end = (error?: Error): void => {
      clearTimeout(timer);
      socket.off('drain', onDrain);
      socket.off('close', onClose);
      if (error === undefined) resolve();
      else reject(error);
    };
    const onDrain = (): void => end();
    const onClose = (): void => end(new Error('the client went away'));
    const timer = setTimeout(() => {
      socket.destroy();
      end(new Error('the client does not read'));
    }, CLIENT_TIMEOUT_MS);
    socket.on('drain', onDrain);
    socket.on('close', onClose);
  });
}
