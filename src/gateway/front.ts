import type { Options } from '../config/options.ts';
import type { Log } from '../core/ports.ts';
import { Session } from '../core/pipeline.ts';
import type { ConnectionTotals } from '../net/connection-totals.ts';
import { type Behind, Listener } from '../net/listener.ts';
import type { ListenDeclaration, Program } from '../script/program.ts';
import { readListenOptions } from './listen-options.ts';
import { TaskRunner } from './task-runner.ts';

export interface BoundAddress {
  readonly address: string;
  readonly port: number;
}

export interface FrontOptions {
  readonly options: Options;
  readonly maxConnections: number;
  readonly totals: ConnectionTotals;
  readonly log: Log;
  nextConnectionId(): number;
}

/** A program that is loaded and whose ports are bound, but not yet served. */
interface Prepared {
  readonly program: Program;
  /** Its listeners by what the script says of them. */
  readonly listeners: Map<string, Listener>;
  readonly fresh: readonly Listener[];
  readonly addresses: readonly BoundAddress[];
}

/**
 * The ports of a data thread and the program behind them. A program is replaced in two steps, so that several threads do it together or
 * not at all: `prepare` binds what is new, `commit` switches, `cancel` undoes (spec language 9, cli 6).
 */
export class Front {
  readonly #options: FrontOptions;
  #program: Program | null = null;
  #listeners = new Map<string, Listener>();
  /** Ports that no program has any more; their connections live on. */
  readonly #retired = new Set<Listener>();
  #tasks: TaskRunner[] = [];
  #prepared: Prepared | null = null;
  /** Programs that were served; those that are still in memory are of interest to an operator. */
  #stale: WeakRef<Program>[] = [];

  constructor(options: FrontOptions) {
    this.#options = options;
  }

  /**
   * Binds the ports that are not bound yet; the running program is not touched. Rejects with the system's reason, nothing bound then.
   * @param ports where to bind the listeners that asked for any port, in the order of the program
   */
  async prepare(program: Program, ports: readonly BoundAddress[] = []): Promise<readonly BoundAddress[]> {
    await this.cancel();
    const listeners = new Map<string, Listener>();
    const fresh: Listener[] = [];
    const addresses: BoundAddress[] = [];
    try {
      for (const [index, listen] of program.listens.entries()) {
        const behind = this.#behind(program, listen);
        const key = keyOf(program, listen, index);
        const kept = this.#listeners.get(key);
        const listener = kept ?? this.#listener(listen, behind, ports[index]?.port ?? listen.port);
        if (kept === undefined) {
          fresh.push(listener);
          await listener.start();
        }
        const { address, port } = listener.address;
        addresses.push({ address, port });
        listeners.set(key, listener);
      }
    } catch (error) {
      for (const listener of fresh) await listener.stop(0);
      throw error;
    }
    this.#prepared = { program, listeners, fresh, addresses };
    return addresses;
  }

  /** Undoes `prepare`. Safe where nothing is prepared. */
  async cancel(): Promise<void> {
    const prepared = this.#prepared;
    this.#prepared = null;
    for (const listener of prepared?.fresh ?? []) await listener.stop(0);
    prepared?.program.release();
  }

  /** Serves what was prepared: new connections are the new program's, open ones stay with theirs until they end. */
  commit(): void {
    const prepared = this.#prepared;
    if (prepared === null) return;
    this.#prepared = null;
    const { program, listeners } = prepared;
    for (const [key, listener] of this.#listeners) if (!listeners.has(key)) listener.close();
    for (const [index, listen] of program.listens.entries())
      listeners.get(keyOf(program, listen, index))!.serve(this.#behind(program, listen));
    this.#replace(program, listeners);
    this.#tasks = program.tasks.map((task) => new TaskRunner(program, task, this.#options.log));
    for (const task of this.#tasks) task.start();
  }

  /** Serves nothing any more: all ports are closed, tasks end with the run that they are at, and connections after what they are at. */
  async clear(): Promise<void> {
    await this.cancel();
    for (const listener of this.#listeners.values()) listener.drain();
    this.#replace(null, new Map());
  }

  /** What was served is stale from now on; its ports that nobody took over live as long as their connections. */
  #replace(program: Program | null, listeners: Map<string, Listener>): void {
    for (const task of this.#tasks) task.finish();
    this.#tasks = [];
    for (const [key, listener] of this.#listeners) if (!listeners.has(key)) this.#retired.add(listener);
    this.#listeners = listeners;
    if (this.#program !== null) {
      this.#program.release();
      this.#stale = [...this.#stale.filter((one) => one.deref() !== undefined), new WeakRef(this.#program)];
    }
    this.#program = program;
    for (const listener of this.#retired) if (listener.connectionCount === 0) this.#retired.delete(listener);
  }

  /** Stop accepting and drain; resolves when every connection has ended, at the deadline by force. */
  async stop(deadlineMs: number): Promise<void> {
    await this.cancel();
    const all = [...this.#listeners.values(), ...this.#retired];
    await Promise.all(all.map((listener) => listener.stop(deadlineMs)));
    for (const task of this.#tasks) task.stop();
    this.#tasks = [];
    this.#program?.release();
  }

  /** Ends every connection by force. */
  cut(): void {
    for (const listener of [...this.#listeners.values(), ...this.#retired]) listener.cut();
  }

  /** The running program, and those replaced ones that are still in memory. */
  programs(): { readonly program: Program; readonly isStale: boolean }[] {
    const stale = this.#stale.flatMap((one) => {
      const program = one.deref();
      return program === undefined ? [] : [{ program, isStale: true }];
    });
    return [...(this.#program === null ? [] : [{ program: this.#program, isStale: false }]), ...stale];
  }

  /** The program that is served; null for none. */
  get program(): Program | null {
    return this.#program;
  }

  get connectionCount(): number {
    return [...this.#listeners.values(), ...this.#retired].reduce(
      (sum, listener) => sum + listener.connectionCount,
      0,
    );
  }

  #listener(listen: ListenDeclaration, behind: Behind, port: number): Listener {
    const { options, log, totals } = this.#options;
    const { reuse } = readListenOptions(listen);
    const isReusingPort = reuse ?? (options.reusePort || options.threads > 1);
    return new Listener({ address: listen.address, port, isReusingPort }, behind, totals, log);
  }

  #behind(program: Program, listen: ListenDeclaration): Behind {
    const { options, maxConnections } = this.#options;
    const { tls, proxyProtocol, maxConnections: own } = readListenOptions(listen);
    return {
      tls,
      proxyProtocol,
      maxConnections,
      maxOwnConnections: own ?? Infinity,
      idleTimeoutMs: options.idleTimeoutMs,
      sendBufferBytes: options.sendBufferBytes,
      nextConnectionId: () => this.#options.nextConnectionId(),
      makeSession: (inbound, stream, output) =>
        new Session(listen.layout, program.createContext(inbound), stream, output),
    };
  }
}

/** What stays the same over a reload: the address as written; for any free port also which of them it is. */
function keyOf(program: Program, { address, port }: ListenDeclaration, index: number): string {
  if (port !== 0) return `${address}:${port}`;
  const before = program.listens.slice(0, index).filter((other) => other.port === 0).length;
  return `${address}:0#${before}`;
}
