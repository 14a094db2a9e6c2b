import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { jsonBody } from '../json-body.ts';

/**
 * An application that answers with what its path says, in a process of its own. It reads a body to its end before it answers.
 *
 *     /json/BYTES      JSON of that size              /gzip/BYTES   the same, compressed
 *     /chunked/BYTES   the same in four chunks        /bytes/BYTES  as fast as they are read
 *     /events/MS       server-sent events, one every so many milliseconds: its data is when it was sent, as `process.hrtime` says in ms
 *     /-/requests      how many requests there were, without those for this
 *
 * Prints `ready http://127.0.0.1:PORT`; ends with SIGTERM, or with its stdin.
 */
const CHUNKS = 4;
const PIECE = Buffer.alloc(65_536, 'A line of an answer that is large and looks like text.\n');
const bodies = new Map<string, Buffer>();
let requests = 0;

const server = http.createServer({ keepAliveTimeout: 600_000, requestTimeout: 0 }, (request, response) => {
  if (request.url === '/-/requests') {
    response.end(`${requests}`);
    return;
  }
  requests++;
  const [, kind, argument] = request.url!.split('/');
  const answer = (): void => serve(response, kind!, Number(argument));
  if (request.method === 'GET') answer();
  else request.resume().once('end', answer);
});
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
  process.stdout.write(`ready http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
process.once('SIGTERM', () => process.exit(0));
process.stdin.resume().once('end', () => process.exit(0));

function serve(response: http.ServerResponse, kind: string, argument: number): void {
  switch (kind) {
    case 'json':
      return send(response, bodyOf('json', argument), {});
    case 'gzip':
      return send(response, bodyOf('gzip', argument), { 'content-encoding': 'gzip' });
    case 'chunked':
      return sendChunks(response, bodyOf('json', argument));
    case 'bytes':
      return sendBytes(response, argument);
    case 'events':
      return sendEvents(response, argument);
    default:
      response.writeHead(404).end();
  }
}

function send(response: http.ServerResponse, body: Buffer, headers: http.OutgoingHttpHeaders): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length, ...headers });
  response.end(body);
}

function sendChunks(response: http.ServerResponse, body: Buffer): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  const size = Math.ceil(body.length / CHUNKS);
  for (let at = 0; at < body.length; at += size) response.write(body.subarray(at, at + size));
  response.end();
}

function sendBytes(response: http.ServerResponse, bytes: number): void {
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': bytes });
  let left = bytes;
  const more = (): void => {
    while (left > 0) {
      const piece = left < PIECE.length ? PIECE.subarray(0, left) : PIECE;
      left -= piece.length;
      if (!response.write(piece)) {
        response.once('drain', more);
        return;
      }
    }
    response.end();
  };
  more();
}

function sendEvents(response: http.ServerResponse, everyMs: number): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.flushHeaders();
  const timer = setInterval(() => {
    response.write(`event: tick\ndata: ${Number(process.hrtime.bigint()) / 1e6}\n\n`);
  }, everyMs);
  response.once('close', () => clearInterval(timer));
}

function bodyOf(kind: 'json' | 'gzip', bytes: number): Buffer {
  const key = `${kind}/${bytes}`;
  let body = bodies.get(key);
  if (body === undefined) {
    const json = Buffer.from(jsonBody(bytes));
    body = kind === 'gzip' ? gzipSync(json) : json;
    bodies.set(key, body);
  }
  return body;
}
