import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { gunzipSync } from 'node:zlib';
import type { ExecutionContext } from 'ava';

/** A request as the script sees it, its body whole and unpacked. */
export interface ScriptedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What the server does with a request. */
export interface ScriptedAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text or bytes as they are; anything else as JSON. */
  readonly body?: unknown;
  /** Waits before it answers. */
  readonly delayMs?: number;
  /**
   * `whole` (default): answers. `cut`: closes in the middle of the answer. `lost`: takes the request, then closes without a word.
   * `hang`: takes the request and never answers.
   */
  readonly ending?: 'whole' | 'cut' | 'lost' | 'hang';
}

export interface ScriptedServer {
  readonly url: string;
  readonly port: number;
  /** All requests so far, whole ones. */
  readonly requests: ScriptedRequest[];
  /** Waits until so many requests have come. */
  received(count: number): Promise<void>;
  /** No more connections; those that are open are cut. */
  close(): Promise<void>;
}

/** An HTTP server on a free loopback port that answers by a script: for sinks and whatever else talks to servers. */
export async function startScriptedServer(
  t: Pick<ExecutionContext, 'teardown'>,
  script: (request: ScriptedRequest, index: number) => ScriptedAnswer | Promise<ScriptedAnswer>,
  tls: { readonly key: string | Buffer; readonly cert: string | Buffer } | null = null,
): Promise<ScriptedServer> {
  const requests: ScriptedRequest[] = [];
  const sockets = new Set<Socket>();
  let waiters: (() => void)[] = [];
  const server = tls === null ? createServer() : createTlsServer(tls);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('request', (incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const bytes = Buffer.concat(chunks);
      const request: ScriptedRequest = {
        method: incoming.method!,
        path: incoming.url!,
        headers: incoming.headers,
        body: (incoming.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString('utf8'),
      };
      const index = requests.push(request) - 1;
      void Promise.resolve(script(request, index)).then((answer) => play(response, answer));
      for (const waiter of waiters) waiter();
      waiters = [];
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  t.teardown(close);
  return {
    url: `${tls === null ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    requests,
    async received(count) {
      while (requests.length < count) await new Promise<void>((resolve) => waiters.push(resolve));
    },
    close,
  };
}

async function play(response: ServerResponse, answer: ScriptedAnswer): Promise<void> {
  const { status = 200, headers = {}, body = '', delayMs = 0, ending = 'whole' } = answer;
  if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
  if (ending === 'hang') return;
  if (ending === 'lost') {
    response.socket?.destroy();
    return;
  }
  const isRaw = typeof body === 'string' || Buffer.isBuffer(body);
  const bytes = isRaw ? Buffer.from(body as string) : Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    ...(isRaw ? {} : { 'content-type': 'application/json' }),
    'content-length': bytes.length + (ending === 'cut' ? 1000 : 0),
    ...headers,
  });
  if (ending === 'whole') response.end(bytes);
  else
    response.write(bytes.length === 0 ? ' ' : bytes, () => {
      response.socket?.destroy();
    });
}
