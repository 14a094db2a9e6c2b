import type { AdminAnswer, AdminRequest, Endpoint } from '../../src/admin/endpoint.ts';

/** A request for an endpoint, as the server would hand it over. */
export function adminRequest(target: string, more: Partial<AdminRequest> = {}): AdminRequest {
  const url = new URL(target, 'http://localhost');
  return {
    method: 'GET',
    path: decodeURIComponent(url.pathname),
    pathValues: {},
    query: url.searchParams,
    headers: {},
    client: '127.0.0.1',
    body: Buffer.alloc(0),
    signal: new AbortController().signal,
    ...more,
  };
}

/** Asks the endpoint of that name. */
export async function ask(
  endpoints: readonly Endpoint[],
  name: string,
  target: string,
  more: Partial<AdminRequest> = {},
): Promise<AdminAnswer> {
  const endpoint = endpoints.find(({ description }) => description.name === name)!;
  return endpoint.answer(adminRequest(target, more));
}

/** The whole body of an answer that ends. */
export async function bodyOf({ body }: AdminAnswer): Promise<string> {
  if (typeof body === 'string' || Buffer.isBuffer(body)) return body.toString();
  let text = '';
  for await (const piece of body) text += piece.toString();
  return text;
}
