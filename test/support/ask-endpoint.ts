import type { AdminAnswer, Endpoint } from '../../src/admin/endpoint.ts';
import { Router } from '../../src/admin/router.ts';

/** What comes with a question besides its target. */
export interface Question {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly signal?: AbortSignal;
}

/** Asks endpoints as the server does, without a socket. Throws where none fits. */
export async function askEndpoint(
  endpoints: readonly Endpoint[],
  method: string,
  target: string,
  { headers = {}, body = '', signal = new AbortController().signal }: Question = {},
): Promise<AdminAnswer> {
  const [rawPath = '', query = ''] = target.split('?', 2);
  const found = new Router(endpoints).find(method, rawPath);
  if (found.kind !== 'endpoint') throw new Error(`${method} ${target}: ${found.kind}`);
  return found.endpoint.answer({
    method,
    path: found.path,
    pathValues: found.values,
    query: new URLSearchParams(query),
    headers,
    client: '127.0.0.1',
    body: Buffer.from(body as string),
    signal,
  });
}

/** The whole body of an answer that ends. */
export async function bodyOf({ body }: AdminAnswer): Promise<string> {
  if (typeof body === 'string' || Buffer.isBuffer(body)) return body.toString();
  let text = '';
  for await (const piece of body) text += piece.toString();
  return text;
}
