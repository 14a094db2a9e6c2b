import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { protobufFields } from '../../src/codecs/protobuf-fields.ts';

/**
 * A stand-in for an OTLP receiver over HTTP that takes everything and keeps nothing, in a process of its own.
 *
 * Prints `ready http://127.0.0.1:PORT`; SIGTERM ends it, or the end of its stdin. `GET /taken` says how many log records and spans
 * of exchanges came.
 */
const SPAN_KIND = 6;
const SERVER = 2n;
const inflate = promisify(gunzip);
const taken = { logs: 0, traces: 0 };

const server = http.createServer((request, response) => void serve(request, response));
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`ready http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
process.once('SIGTERM', () => process.exit(0));
process.stdin.resume().once('end', () => process.exit(0));

async function serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
  if (request.url === '/taken') {
    response.end(JSON.stringify(taken));
    return;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const message = request.headers['content-encoding'] === 'gzip' ? await inflate(body) : body;
  if (request.url === '/v1/logs') taken.logs += itemsOf(message).length;
  if (request.url === '/v1/traces') taken.traces += itemsOf(message).filter(isOfServer).length;
  response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
}

/** Items of an export request (opentelemetry-proto): it has resources (1), these have scopes (2), these have items (2). */
function itemsOf(message: Buffer): Buffer[] {
  return messagesOf(message, 1).flatMap((resource) =>
    messagesOf(resource, 2).flatMap((scope) => messagesOf(scope, 2)),
  );
}

/** A span (its kind is field 6) of an exchange; those of the gateway's own work have other kinds. */
function isOfServer(span: Buffer): boolean {
  return protobufFields(span).some(({ number, value }) => number === SPAN_KIND && value === SERVER);
}

function messagesOf(message: Buffer, number: number): Buffer[] {
  return protobufFields(message).flatMap((field) =>
    field.number === number && Buffer.isBuffer(field.value) ? [field.value] : [],
  );
}
