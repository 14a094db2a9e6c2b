import type { Socket } from 'node:net';
import type { ProxyHeader } from '../codecs/proxy-protocol/header.ts';
import { parseProxyHeader } from '../codecs/proxy-protocol/parse.ts';

/**
 * Takes the PROXY header off the beginning of a connection and leaves the rest unread. Rejects where there is none, where it is malformed, or
 * where it does not come in time.
 */
export function readProxyHeader(socket: Socket, timeoutMs: number): Promise<ProxyHeader> {
  const { promise, resolve, reject } = Promise.withResolvers<ProxyHeader>();
  let head = Buffer.alloc(0);
  const finish = (): void => {
    clearTimeout(timer);
    socket.off('readable', read);
    socket.off('end', onEnd);
    socket.off('error', onError);
    socket.off('close', onEnd);
  };
  const fail = (message: string): void => {
    finish();
    socket.on('error', () => {});
    reject(new Error(message));
  };
  const onEnd = (): void => fail('it ended before its PROXY header was whole');
  const onError = (error: Error): void => fail(error.message);
  const read = (): void => {
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) return;
    head = Buffer.concat([head, chunk]);
    const parsed = parseProxyHeader(head);
    if (parsed.kind === 'more') return;
    if (parsed.kind === 'bad') {
      fail(parsed.message);
      return;
    }
    finish();
    const rest = head.subarray(parsed.length);
    if (rest.length > 0) socket.unshift(rest);
    resolve(parsed.header);
  };
  const timer = setTimeout(() => fail(`no PROXY header within ${timeoutMs} ms`), timeoutMs);
  socket.on('readable', read);
  socket.on('end', onEnd);
  socket.on('error', onError);
  socket.on('close', onEnd);
  return promise;
}
