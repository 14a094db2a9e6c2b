import type { IncomingMessage } from 'node:http';
import { type AdminAnswer, problem } from './endpoint.ts';

/**
 * The whole body of a request, or the answer that refuses it. A request that is too slow is cut by the server.
 * @param maxBytes 0 where none is wanted: one that comes all the same is not read
 */
export async function readBody(
  request: IncomingMessage,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Buffer | AdminAnswer> {
  const { headers } = request;
  if (headers['transfer-encoding'] === undefined && (headers['content-length'] ?? '0') === '0')
    return Buffer.alloc(0);
  if (maxBytes === 0)
    return request.method === 'GET' || request.method === 'HEAD'
      ? Buffer.alloc(0)
      : problem(413, 'No body is wanted here.');
  const tooLarge = problem(413, `The body is larger than ${maxBytes} bytes.`);
  if (Number(headers['content-length'] ?? 0) > maxBytes) return tooLarge;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    signal.throwIfAborted();
    size += (chunk as Buffer).length;
    if (size > maxBytes) return tooLarge;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks, size);
}
