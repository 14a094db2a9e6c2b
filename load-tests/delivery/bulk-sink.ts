import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzip } from 'node:zlib';
import { promisify } from 'node:util';

/**
 * A stand-in for Elasticsearch that takes every record and keeps none, in a process of its own, so that a measurement of the gateway measures the
 * gateway. Its mode is the first argument:
 *
 *     ok       answers at once          slow     answers after two seconds
 *     frozen   never answers            refuse   answers 503
 *
 * Prints `ready http://127.0.0.1:PORT`; SIGTERM ends it. `GET /taken` says how many records came.
 */
const mode = process.argv[2] ?? 'ok';
const inflate = promisify(gunzip);
const SLOW_MS = 2000;
let taken = 0;

const server = http.createServer((request, response) => void serve(request, response));
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`ready http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
process.once('SIGTERM', () => process.exit(0));

async function serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const send = (status: number, answer: object): void => {
    response.writeHead(status, { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' });
    response.end(JSON.stringify(answer));
  };
  if (request.url === '/taken') return send(200, { taken });
  if (!request.url!.includes('_bulk'))
    return send(200, {
      version: { number: '9.4.3', build_flavor: 'default' },
      tagline: 'You Know, for Search',
    });
  if (mode === 'frozen') return;
  if (mode === 'refuse') return send(503, {});
  const lines = (request.headers['content-encoding'] === 'gzip' ? await inflate(body) : body)
    .toString()
    .split('\n');
  const items: object[] = [];
  for (let index = 0; index + 1 < lines.length; index += 2) {
    const { create } = JSON.parse(lines[index]!) as { create: { _id: string } };
    items.push({ create: { _index: '.ds-x-000001', _id: create._id, status: 201 } });
  }
  taken += items.length;
  if (mode === 'slow') await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
  send(200, { errors: false, items });
}
