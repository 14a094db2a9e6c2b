import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ExecutionContext } from 'ava';

/** A request that a collector got. */
export interface Received {
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A collector of OTLP over HTTP that takes everything, or answers as it is told. */
export interface ScriptedCollector {
  readonly url: string;
  readonly received: readonly Received[];
  /** Resolves when a request has come for which it holds. */
  until(condition: (request: Received) => boolean): Promise<Received>;
}

/** @param answer of a request; null never answers */
export async function startCollector(
  t: ExecutionContext,
  answer: (request: Received) => { status: number; body?: string; contentType?: string } | null = () => ({
    status: 200,
  }),
): Promise<ScriptedCollector> {
  const received: Received[] = [];
  let wake = (): void => {};
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const one = { path: request.url!, headers: request.headers, body: Buffer.concat(chunks) };
      received.push(one);
      wake();
      const told = answer(one);
      if (told === null) return;
      response.writeHead(told.status, { 'Content-Type': told.contentType ?? 'application/json' });
      response.end(told.body ?? '{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    async until(condition) {
      for (;;) {
        const found = received.find(condition);
        if (found !== undefined) return found;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}
