import { once } from 'node:events';
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import * as net from 'node:net';
import * as path from 'node:path';
import { Readable } from 'node:stream';
import test, { type ExecutionContext } from 'ava';
import { askGateway, NoGatewayError } from '../../src/control/control-client.ts';
import type { ControlRequest } from '../../src/control/control-protocol.ts';
import { type ControlCommand, ControlServer } from '../../src/control/control-server.ts';
import { makeDataDir } from '../support/process.ts';

const SILENT = { write: () => {} };

interface Served {
  readonly dataDir: string;
  readonly socket: string;
  readonly server: ControlServer;
  readonly ask: (request: ControlRequest) => AsyncGenerator;
}

async function serve(t: ExecutionContext, commands: Record<string, ControlCommand>): Promise<Served> {
  const dataDir = await makeDataDir(t);
  const server = new ControlServer({ dataDir, commands, log: SILENT });
  await server.start();
  t.teardown(() => server.stop());
  return {
    dataDir,
    socket: path.join(dataDir, 'control', 'socket'),
    server,
    ask: (request) => askGateway({ dataDir, request, timeoutMs: 10_000 }),
  };
}

/** A command whose values are at hand. */
function giving(values: (request: ControlRequest) => Generator): ControlCommand {
  return (request) => Readable.from(values(request));
}

async function all(values: AsyncIterable<unknown>): Promise<unknown[]> {
  const got = [];
  for await (const value of values) got.push(value);
  return got;
}

/** Writes bytes as they are and gives what comes back until the end. */
async function raw(socketPath: string, bytes: string): Promise<string> {
  const socket = net.connect(socketPath);
  socket.on('error', () => {});
  socket.write(bytes);
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await once(socket, 'close');
  return text;
}

test('a command answers with values as they come, and knows what it was asked', async (t) => {
  const { ask } = await serve(t, {
    count: giving(function* (request) {
      for (let number = 0; number < (request['to'] as number); number++) yield { number };
    }),
  });
  t.deepEqual(await all(ask({ command: 'count', to: 3 })), [{ number: 0 }, { number: 1 }, { number: 2 }]);
  t.deepEqual(await all(ask({ command: 'count', to: 0 })), []);
});

test('many large values pass a client that reads slowly', async (t) => {
  const { ask } = await serve(t, {
    much: giving(function* () {
      for (let number = 0; number < 40; number++) yield 'x'.repeat(1_000_000);
    }),
  });
  let bytes = 0;
  for await (const value of ask({ command: 'much' })) {
    bytes += (value as string).length;
    await new Promise((resolve) => setImmediate(resolve));
  }
  t.is(bytes, 40_000_000);
});

test('what a command throws is told in its words, after what it gave before', async (t) => {
  const { ask } = await serve(t, {
    half: giving(function* () {
      yield 1;
      throw new Error('the other half is missing');
    }),
  });
  const values = ask({ command: 'half' });
  t.deepEqual(await values.next(), { done: false, value: 1 });
  await t.throwsAsync(values.next(), { message: 'the other half is missing' });
});

test('what is no request is refused: an unknown command, inherited names, no JSON, a line without end', async (t) => {
  const { socket, ask } = await serve(t, {});
  await t.throwsAsync(all(ask({ command: 'other' })), { message: /does not know this request/ });
  await t.throwsAsync(all(ask({ command: 'constructor' })), { message: /does not know this request/ });
  t.regex(await raw(socket, 'GET / HTTP/1.1\r\n'), /^{"type":"refusal",.*does not know this request/);
  t.regex(await raw(socket, 'x'.repeat(5000)), /^{"type":"refusal",.*more than 4096 bytes/);
  t.regex(await raw(socket, `${'x'.repeat(5000)}\n`), /^{"type":"refusal",.*more than 4096 bytes/);
});

test('a client that goes away ends what it asked for', async (t) => {
  const ended = Promise.withResolvers<string>();
  const { ask } = await serve(t, {
    async *wait(_, signal) {
      try {
        yield 'begun';
        await once(signal, 'abort');
        yield 'too late';
      } finally {
        ended.resolve(signal.aborted ? 'aborted' : 'not aborted');
      }
    },
  });
  for await (const value of ask({ command: 'wait' })) {
    t.is(value, 'begun');
    break;
  }
  t.is(await ended.promise, 'aborted');
});

test('only the user of the gateway gets at the socket, also where the data directory is open to all', async (t) => {
  const { socket } = await serve(t, {});
  t.is(statSync(socket).mode & 0o777, 0o600);
  t.is(statSync(path.dirname(socket)).mode & 0o777, 0o700);
});

test('a stop ends what is being answered and removes the socket; a client is told that nobody listens', async (t) => {
  const { ask, server, socket } = await serve(t, {
    async *wait(_, signal) {
      yield 'begun';
      await once(signal, 'abort');
    },
  });
  const values = ask({ command: 'wait' });
  await values.next();
  await server.stop();
  await server.stop();
  await t.throwsAsync(values.next(), { message: /ended before it had answered|ECONNRESET/ });
  t.false(existsSync(socket));
  await t.throwsAsync(all(ask({ command: 'wait' })), { instanceOf: NoGatewayError });
});

test('what a killed gateway left behind is replaced, also a folder that is too open', async (t) => {
  const dataDir = await makeDataDir(t);
  mkdirSync(path.join(dataDir, 'control'), { mode: 0o755 });
  writeFileSync(path.join(dataDir, 'control', 'socket'), '');
  await t.throwsAsync(all(askGateway({ dataDir, request: { command: 'a' }, timeoutMs: 1000 })), {
    instanceOf: NoGatewayError,
  });
  const server = new ControlServer({
    dataDir,
    commands: {
      a: giving(function* () {
        yield 1;
      }),
    },
    log: SILENT,
  });
  await server.start();
  t.teardown(() => server.stop());
  t.deepEqual(await all(askGateway({ dataDir, request: { command: 'a' }, timeoutMs: 1000 })), [1]);
  t.is(statSync(path.join(dataDir, 'control')).mode & 0o777, 0o700);
});

test('a server that never started stops', async (t) => {
  const dataDir = path.join(await makeDataDir(t), 'x'.repeat(120));
  const server = new ControlServer({ dataDir, commands: {}, log: SILENT });
  await t.throwsAsync(server.start(), { message: /too long for a socket/ });
  await server.stop();
  t.false(existsSync(dataDir), 'and leaves nothing');
});

test('a signal ends the asking, and what was asked for', async (t) => {
  const ended = Promise.withResolvers<void>();
  const { dataDir } = await serve(t, {
    async *wait(_, signal) {
      yield 'begun';
      await once(signal, 'abort');
      ended.resolve();
    },
  });
  const interrupted = new AbortController();
  const values = askGateway({
    dataDir,
    request: { command: 'wait' },
    timeoutMs: 10_000,
    signal: interrupted.signal,
  });
  await values.next();
  interrupted.abort();
  await t.throwsAsync(values.next(), { message: 'interrupted' });
  await ended.promise;
});

test('a gateway that is silent for too long is given up', async (t) => {
  const { dataDir } = await serve(t, {
    async *wait(_, signal) {
      await once(signal, 'abort');
      yield 1;
    },
  });
  await t.throwsAsync(all(askGateway({ dataDir, request: { command: 'wait' }, timeoutMs: 50 })), {
    message: 'the gateway has not answered for 0.05 seconds',
  });
});
