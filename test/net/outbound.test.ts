import * as net from 'node:net';
import test from 'ava';
import type { DialOptions, Log } from '../../src/core/ports.ts';
import { SocketDialer } from '../../src/net/outbound.ts';
import { systemClock } from '../../src/gateway/system-clock.ts';

const OPTIONS: DialOptions = {
  connectTimeoutMs: 1000,
  idleTimeoutMs: 0,
  retryCount: 0,
  retryDelayMs: 0,
  bufferLimitBytes: 0,
  tls: null,
};
const silent: Log = { write: () => {} };

function dial(
  target: string,
  options: Partial<DialOptions> = {},
): {
  bytes: Buffer[];
  end: Promise<[string, string]>;
  dialed: ReturnType<SocketDialer['dial']>;
} {
  const bytes: Buffer[] = [];
  const { promise, resolve } = Promise.withResolvers<[string, string]>();
  const dialed = new SocketDialer(systemClock, silent, 65_536).dial(
    target,
    { ...OPTIONS, ...options },
    { onBytes: (chunk) => bytes.push(chunk), onEnd: (error, message) => resolve([error, message]) },
  );
  return { bytes, end: promise, dialed };
}

async function serve(script: (socket: net.Socket) => void): Promise<{ port: number; close: () => void }> {
  const server = net.createServer({ allowHalfOpen: true }, script);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as net.AddressInfo).port, close: () => server.close() };
}

// Nothing here keeps the process alive by itself: the timers of the clock do not.
const alive = setInterval(() => {}, 1000);
test.after.always(() => clearInterval(alive));

test('what is written early arrives, and the answer after our FIN is still read', async (t) => {
  const server = await serve((socket) => {
    let got = '';
    socket.on('data', (chunk: Buffer) => (got += chunk.toString()));
    socket.on('end', () => socket.end(`got ${got}`));
  });
  t.teardown(server.close);
  const { dialed, end, bytes } = dial(`127.0.0.1:${server.port}`);
  dialed.write(Buffer.from('one '));
  dialed.write(Buffer.from('two'));
  dialed.end();
  t.deepEqual(await end, ['', '']);
  t.is(Buffer.concat(bytes).toString(), 'got one two');
});

test('each failure has its reason', async (t) => {
  t.is((await dial('127.0.0.1:1').end)[0], 'ConnectionRefused');
  t.is((await dial('nowhere.invalid:80').end)[0], 'CannotResolve');
  const [error, message] = await dial('undefined').end;
  t.is(error, 'CannotResolve');
  t.regex(message, /invalid target "undefined"/);
});

test('retries stop with success, and a refused target is asked as often as told', async (t) => {
  const lines: string[] = [];
  const { promise, resolve } = Promise.withResolvers<string>();
  new SocketDialer(systemClock, { write: (_level, line) => void lines.push(line) }, 65_536).dial(
    '127.0.0.1:1',
    { ...OPTIONS, retryCount: 2, retryDelayMs: 1 },
    { onBytes: () => {}, onEnd: (error) => resolve(error) },
  );
  t.is(await promise, 'ConnectionRefused');
  t.is(lines.length, 1);
});

test('a silent peer ends with Timeout when idle', async (t) => {
  const server = await serve((socket) => socket.on('error', () => {}));
  t.teardown(server.close);
  t.is((await dial(`127.0.0.1:${server.port}`, { idleTimeoutMs: 30 }).end)[0], 'Timeout');
});

test('more than the buffer limit ends with BufferOverflow', async (t) => {
  const { dialed, end } = dial('127.0.0.1:1', { bufferLimitBytes: 10 });
  dialed.write(Buffer.alloc(11));
  t.is((await end)[0], 'BufferOverflow');
});

test('what only waits for the end of the turn is not held against the buffer limit', async (t) => {
  let received = 0;
  const server = await serve((socket) => {
    socket.write('ready');
    socket.on('data', (chunk: Buffer) => {
      received += chunk.length;
      if (received === 48 * 1024) socket.end();
    });
  });
  t.teardown(server.close);
  const { promise, resolve } = Promise.withResolvers<[string, string]>();
  const dialed = new SocketDialer(systemClock, silent, 65_536).dial(
    `127.0.0.1:${server.port}`,
    { ...OPTIONS, bufferLimitBytes: 32 * 1024 },
    {
      onBytes: () => {
        for (let index = 0; index < 3; index++) dialed.write(Buffer.alloc(16 * 1024));
      },
      onEnd: (error, message) => resolve([error, message]),
    },
  );
  t.deepEqual(await promise, ['', '']);
  t.is(received, 48 * 1024);
});
