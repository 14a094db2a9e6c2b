import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const PAGE = `<!doctype html>
<title>Sample application</title>
<h1>It works</h1>
<p>This page came through the gateway. Try <a href="/api/orders">/api/orders</a>, <a href="/slow">/slow</a>,
<a href="/events">/events</a> or <a href="/error">/error</a>, then <code>tapline records</code>.</p>
`;

/** The application that the gateway fronts where it is given none: a few answers of different kinds. */
export async function startSampleApplication(
  at: { host: string; port: number } = { host: '127.0.0.1', port: 0 },
): Promise<{ url: string; stop: () => void }> {
  const server = createServer((request, response) => {
    const path = request.url!.split('?')[0];
    if (path === '/') send(response, 200, 'text/html; charset=utf-8', PAGE);
    else if (path === '/api/orders' && request.method === 'POST') {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () =>
        send(
          response,
          201,
          'application/json',
          JSON.stringify({ id: 3, received: Buffer.concat(chunks).length }),
        ),
      );
    } else if (path === '/api/orders')
      send(
        response,
        200,
        'application/json',
        JSON.stringify([
          { id: 1, item: 'tea' },
          { id: 2, item: 'coffee' },
        ]),
      );
    else if (path === '/slow') setTimeout(() => send(response, 200, 'text/plain', 'slow, but here\n'), 1000);
    else if (path === '/events') streamEvents(response);
    else if (path === '/error') send(response, 500, 'text/plain', 'something broke\n');
    else send(response, 404, 'text/plain', 'there is no such page\n');
  });
  await listen(server, at);
  return {
    url: `http://${at.host}:${(server.address() as AddressInfo).port}`,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type }).end(body);
}

function streamEvents(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  let count = 0;
  const timer = setInterval(() => {
    response.write(`data: event ${++count}\n\n`);
    if (count === 5) response.end();
  }, 200);
  response.on('close', () => clearInterval(timer));
}

function listen(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
}
