import * as http from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the proxy does to requests that carry records; everything else passes. */
export type ProxyFault =
  | { readonly kind: 'none' }
  /** Answers instead of the server. */
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter: string | null }
  /** Answers 413 for bodies above so many bytes, as a proxy in front of a cluster would. */
  | { readonly kind: 'limit'; readonly maxBytes: number }
  /** The server stores what came, and its answer is lost. */
  | { readonly kind: 'lost-answer' };

/** Stands between the gateway and a real server, for faults that the server cannot be asked for. */
export class FaultProxy {
  fault: ProxyFault = { kind: 'none' };
  /** Requests that it has spoilt. */
  spoilt = 0;
  readonly #target: URL;
  readonly #carriesRecords: (path: string) => boolean;
  readonly #server: http.Server;
  readonly #agent = new http.Agent({ keepAlive: true });

  constructor(target: string, carriesRecords: (path: string) => boolean) {
    this.#target = new URL(target);
    this.#carriesRecords = carriesRecords;
    this.#server = http.createServer((request, response) => void this.#serve(request, response));
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
    this.#agent.destroy();
  }

  async #serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return;
    }
    const body = Buffer.concat(chunks);
    const fault = this.#carriesRecords(request.url ?? '') ? this.fault : ({ kind: 'none' } as const);
    if (fault.kind === 'status' || (fault.kind === 'limit' && body.length > fault.maxBytes)) {
      this.spoilt++;
      const headers =
        fault.kind === 'status' && fault.retryAfter !== null ? { 'retry-after': fault.retryAfter } : {};
      response.writeHead(fault.kind === 'status' ? fault.status : 413, headers).end();
      return;
    }
    const upstream = http.request(
      {
        host: this.#target.hostname,
        port: this.#target.port,
        method: request.method,
        path: request.url,
        headers: { ...request.headers, host: this.#target.host },
        agent: this.#agent,
      },
      (answer) => {
        if (fault.kind !== 'lost-answer') {
          response.writeHead(answer.statusCode!, answer.headers);
          answer.pipe(response);
          return;
        }
        this.spoilt++;
        answer.resume();
        answer.on('end', () => request.socket.destroy());
      },
    );
    upstream.on('error', () => request.socket.destroy());
    upstream.end(body);
  }
}
