import type { RequestShape } from '../generator.ts';

/** A request as the bytes that are sent. */
export function requestBytes(
  { method, path, headers, body }: RequestShape,
  { url, isLast }: { url: string; isLast: boolean },
): Buffer {
  const fields = Object.entries({
    Host: new URL(url).host,
    ...headers,
    ...(body === '' ? {} : { 'Content-Length': `${Buffer.byteLength(body)}` }),
    ...(isLast ? { Connection: 'close' } : {}),
  });
  return Buffer.from(
    `${method} ${path} HTTP/1.1\r\n${fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`,
  );
}
