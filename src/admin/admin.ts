import { readFileSync, statSync } from 'node:fs';
import type { Options } from '../config/options.ts';
import { UsageError } from '../config/usage-error.ts';
import type { Log } from '../core/ports.ts';
import { AdminServer } from './admin-server.ts';
import { AdminSessions } from './admin-sessions.ts';
import { type ProbeSources, probeEndpoints } from './api/probes/probe-endpoints.ts';
import { sessionEndpoints } from './api/session/session-endpoints.ts';
import { isLoopbackAddress } from './access.ts';
import type { Endpoint } from './endpoint.ts';
import { PageFiles } from './page-files.ts';

export interface AdminOptions extends ProbeSources {
  readonly options: Pick<Options, 'guiPort' | 'guiTokenFile' | 'guiHosts'>;
  /** Whether the port was asked for: one that was not may be another where it is taken. */
  readonly isPortGiven: boolean;
  readonly log: Log;
}

/** The admin port of a gateway: probes from the start, the rest when the gateway runs. */
export class Admin {
  readonly #options: AdminOptions;
  readonly #sessions: AdminSessions | null;
  readonly #page = new PageFiles();
  #server: AdminServer | null = null;

  /** Throws UsageError where the token cannot be used. */
  constructor(options: AdminOptions) {
    this.#options = options;
    this.#sessions = readSessions(options.options.guiTokenFile, options.log);
  }

  /** Binds the port. Rejects where that is not possible. Gives the line that tells of it; null without a port. */
  async start(): Promise<string | null> {
    const { guiPort } = this.#options.options;
    if (guiPort === null) return null;
    const { address, port } = await this.#bind(guiPort.text);
    const shown = `http://${address.includes(':') ? `[${address}]` : address}:${port}`;
    if (!isLoopbackAddress(address) && this.#sessions === null)
      return `Admin: ${shown} (/metrics, /healthz, /readyz; the page needs --gui-token-file beyond loopback)`;
    const wanted = guiPort.text.slice(guiPort.text.lastIndexOf(':') + 1);
    const why = wanted === '0' || wanted === String(port) ? '' : `; port ${wanted} is in use`;
    return `Page: ${shown} (and /metrics, /healthz, /readyz, /api${why})`;
  }

  /** What is answered beside the probes from now on. */
  serve(endpoints: readonly Endpoint[]): void {
    this.#server?.serve([...this.#own(), ...endpoints]);
  }

  /** Safe before `start` and twice. */
  async stop(deadlineMs: number): Promise<void> {
    await this.#server?.stop(deadlineMs);
  }

  #own(): Endpoint[] {
    return [...probeEndpoints(this.#options), ...sessionEndpoints(this.#sessions)];
  }

  async #bind(address: string): Promise<{ address: string; port: number }> {
    const make = (where: string): AdminServer => {
      const server = new AdminServer({
        address: where,
        hostNames: this.#options.options.guiHosts,
        sessions: this.#sessions,
        page: this.#page,
        log: this.#options.log,
      });
      server.serve(this.#own(), { isAll: false });
      return server;
    };
    const server = make(address);
    try {
      const bound = await server.start();
      this.#server = server;
      return bound;
    } catch (error) {
      const { code } = (error as Error).cause as NodeJS.ErrnoException;
      if (this.#options.isPortGiven || code !== 'EADDRINUSE') throw error;
      // Another gateway has it, most likely: this one is no less worth looking at.
      const other = make(address.replace(/\d+$/, '0'));
      const bound = await other.start();
      this.#server = other;
      return bound;
    }
  }
}

function readSessions(file: string | null, log: Log): AdminSessions | null {
  if (file === null) return null;
  if ((statSync(file).mode & 0o077) !== 0)
    log.write('warn', `[gui] others on this machine may read ${file}: chmod 600`);
  try {
    return new AdminSessions(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UsageError(`--gui-token-file: ${(error as Error).message}`);
  }
}
