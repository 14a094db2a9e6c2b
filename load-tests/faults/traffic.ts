import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'undici';

/** The application behind the gateway: answers every request with 200. */
export async function startApplication(): Promise<{ url: string; stop: () => void }> {
  const server = http.createServer((request, response) => {
    request.resume();
    response.end(`{"path":${JSON.stringify(request.url)}}`);
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Numbered requests at a steady rate: `/n/1`, `/n/2`, ... Those that were answered are what must be found again. */
export class Traffic {
  readonly answered = new Set<number>();
  readonly latenciesMs: number[] = [];
  #last = 0;
  #url: string;
  #pool: Pool;

  constructor(url: string) {
    this.#url = url;
    this.#pool = this.#newPool();
  }

  /** The gateway was started anew, somewhere else. */
  async moveTo(url: string): Promise<void> {
    await this.#pool.destroy().catch(() => {});
    this.#url = url;
    this.#pool = this.#newPool();
  }

  /** Sends `count` requests, `perSecond` of them; resolves when each is answered or has failed. */
  async send(count: number, perSecond: number): Promise<void> {
    const startMs = performance.now();
    const underWay: Promise<void>[] = [];
    for (let index = 0; index < count; index++) {
      const dueMs = startMs + (index * 1000) / perSecond;
      const waitMs = dueMs - performance.now();
      if (waitMs > 1) await new Promise((resolve) => setTimeout(resolve, waitMs));
      underWay.push(this.#one(++this.#last));
    }
    await Promise.all(underWay);
  }

  async stop(): Promise<void> {
    await this.#pool.destroy().catch(() => {});
  }

  async #one(number: number): Promise<void> {
    const startMs = performance.now();
    try {
      const { statusCode, body } = await this.#pool.request({
        method: 'POST',
        path: `/n/${number}`,
        headers: { 'content-type': 'application/json' },
        body: `{"number":${number},"password":"canary-${number}","filler":"${'x'.repeat(300)}"}`,
      });
      await body.dump();
      if (statusCode !== 200) return;
      this.answered.add(number);
      this.latenciesMs.push(performance.now() - startMs);
    } catch {
      // The gateway was killed in this moment: nobody was promised anything.
    }
  }

  #newPool(): Pool {
    return new Pool(this.#url, { connections: 16 });
  }
}
