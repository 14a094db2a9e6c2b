import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AdminAnswer } from './endpoint.ts';

/** Of every answer: nothing here may be guessed, framed, embedded or read by another page. */
const SECURITY_HEADERS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};

/** Writes an answer; a stream piece by piece, the next when the client has taken the last. Rejects where the stream fails. */
export async function sendAnswer(
  answer: AdminAnswer,
  {
    request,
    response,
    signal,
    isLast,
  }: { request: IncomingMessage; response: ServerResponse; signal: AbortSignal; isLast: boolean },
): Promise<void> {
  if (response.destroyed) return;
  const { body } = answer;
  const isWhole = typeof body === 'string' || Buffer.isBuffer(body);
  // A body that nobody has read is not waited for.
  const isUnread = !request.complete;
  response.writeHead(answer.status, {
    ...SECURITY_HEADERS,
    ...answer.headers,
    ...(isWhole && answer.status !== 204 && answer.status !== 304
      ? { 'Content-Length': Buffer.byteLength(body) }
      : {}),
    ...(isUnread || isLast ? { Connection: 'close' } : {}),
  });
  if (isWhole || request.method === 'HEAD') {
    response.end(request.method === 'HEAD' || !isWhole ? undefined : body);
    if (!isWhole) await body[Symbol.asyncIterator]().return?.();
    return;
  }
  const pieces = body[Symbol.asyncIterator]();
  const ended = Promise.withResolvers<null>();
  const end = (): void => ended.resolve(null);
  if (signal.aborted) end();
  else signal.addEventListener('abort', end, { once: true });
  try {
    // The head is sent at once: who waits for a stream knows that it has begun.
    response.flushHeaders();
    for (;;) {
      const next = await Promise.race([pieces.next(), ended.promise]);
      if (next === null || next.done === true) break;
      if (!response.write(next.value)) await Promise.race([drained(response), ended.promise]);
    }
  } finally {
    signal.removeEventListener('abort', end);
    // What it still waits for need not be waited for here.
    void Promise.resolve(pieces.return?.()).catch(() => {});
  }
  // Whoever is cut off is not waited for as an idle client would be.
  response.end(() => signal.aborted && request.socket.end());
}

function drained(response: ServerResponse): Promise<null> {
  return new Promise((resolve) => response.once('drain', () => resolve(null)));
}
