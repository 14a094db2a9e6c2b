import { existsSync } from 'node:fs';
import * as net from 'node:net';
import test from 'ava';
import { answering, connectClient, OK, startUpstream } from '../support/fixture.ts';
import { type GatewayProcess, runCli, startProcess } from '../support/process.ts';

/** Budgets of design section 5, in KiB. */
const LARGE_BODY_GROWTH_KIB = 32 * 1024;
const IDLE_CONNECTION_KIB = 8;

const GIB = 1024 ** 3;
const hasProc = existsSync('/proc/self/status');
const onLinux = hasProc ? test.serial : test.serial.skip;

/** Warm the process with a first exchange, so that what is measured is the body and not the start. */
async function warm(gateway: GatewayProcess): Promise<void> {
  for (let round = 0; round < 20; round++) {
    const client = await connectClient(gateway.port);
    client.write('GET /warm HTTP/1.1\r\nHost: x\r\n\r\n');
    await client.until('\r\n\r\n');
    client.socket.end();
    await client.untilClose();
  }
}

onLinux('a 1 GiB download and upload do not grow the gateway', async (t) => {
  const chunk = Buffer.alloc(256 * 1024, 'x');
  const target = await startUpstream(t, (socket) => {
    let head = '';
    let received = 0;
    socket.on('data', (bytes: Buffer) => {
      if (head.includes('\r\n\r\n')) received += bytes.length;
      else {
        head += bytes.toString('latin1');
        if (head.includes('\r\n\r\n')) received = head.length - head.indexOf('\r\n\r\n') - 4;
      }
      if (head.startsWith('GET /warm')) socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
      else if (head.startsWith('GET /big') && received === 0) send(socket, chunk, GIB);
      else if (head.startsWith('POST') && received === GIB)
        socket.end('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone');
    });
  });
  const gateway = await startProcess(t, [`--upstream=http://${target}`]);
  await warm(gateway);
  const before = (await gateway.memory()).rssKib;

  const download = net.connect(gateway.port, '127.0.0.1');
  download.write('GET /big HTTP/1.1\r\nHost: x\r\n\r\n');
  let received = 0;
  for await (const bytes of download as AsyncIterable<Buffer>) received += bytes.length;
  t.true(received > GIB);

  const upload = await connectClient(gateway.port);
  upload.write(`POST /big HTTP/1.1\r\nHost: x\r\nContent-Length: ${GIB}\r\n\r\n`);
  await new Promise<void>((resolve) => {
    let left = GIB;
    const more = (): void => {
      while (left > 0) {
        left -= chunk.length;
        if (!upload.socket.write(chunk)) {
          upload.socket.once('drain', more);
          return;
        }
      }
      resolve();
    };
    more();
  });
  await upload.until('done');
  upload.socket.end();

  const grown = (await gateway.memory()).peakKib - before;
  t.log(`grown by ${grown} KiB`);
  t.true(grown <= LARGE_BODY_GROWTH_KIB, `${grown} KiB`);
  t.is(await gateway.end('SIGTERM'), 0, gateway.output());
  const { stdout } = await runCli([
    'records',
    `--data-dir=${gateway.dataDir}`,
    '--json',
    '--query=path:/big',
  ]);
  const records = stdout
    .trim()
    .split('\n')
    .map(
      (line) =>
        JSON.parse(line) as {
          http: { request: { body: { bytes: number } }; response: { body: { bytes: number } } };
        },
    );
  t.is(records.length, 2);
  t.deepEqual(
    records.map((record) =>
      Math.max(record.http.request.body.bytes ?? 0, record.http.response.body.bytes ?? 0),
    ),
    [GIB, GIB],
  );
});

onLinux('a reader that stops reading stops its upstream', async (t) => {
  const chunk = Buffer.alloc(256 * 1024, 'x');
  let written = 0;
  const target = await startUpstream(t, (socket) => {
    socket.once('data', () => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${GIB}\r\n\r\n`);
      const more = (): void => {
        while (written < GIB) {
          written += chunk.length;
          if (!socket.write(chunk)) {
            socket.once('drain', more);
            return;
          }
        }
      };
      more();
    });
  });
  const gateway = await startProcess(t, [`--upstream=http://${target}`]);
  const before = (await gateway.memory()).rssKib;
  const client = net.connect(gateway.port, '127.0.0.1');
  client.pause();
  client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  // The stall is reached when the upstream could write nothing for a while.
  for (let last = -1; last !== written || written === 0;) {
    last = written;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  t.true(written < 64 * 1024 * 1024, `${written} bytes taken from the upstream`);
  t.true((await gateway.memory()).peakKib - before < LARGE_BODY_GROWTH_KIB);
  client.destroy();
  t.is(await gateway.end('SIGTERM'), 0);
});

onLinux('5,000 idle connections cost what is budgeted', async (t) => {
  const target = await startUpstream(t, (socket) => socket.resume());
  const gateway = await startProcess(t, [`--upstream=http://${target}`, '--max-connections=6000']);
  await warmIdle(gateway.port, 500);
  const before = (await gateway.memory()).rssKib;
  const count = 5000;
  const sockets: net.Socket[] = [];
  for (let opened = 0; opened < count; opened += 250)
    sockets.push(...(await Promise.all(Array.from({ length: 250 }, () => open(gateway.port)))));
  // Accepted last, so all before it are accepted too.
  const last = await connectClient(gateway.port);
  last.write('BROKEN\r\n\r\n');
  await last.until('400');
  const perConnection = ((await gateway.memory()).rssKib - before) / count;
  t.log(`${perConnection.toFixed(1)} KiB per idle connection`);
  t.true(perConnection <= IDLE_CONNECTION_KIB, `${perConnection} KiB`);
  for (const socket of sockets) socket.destroy();
  t.is(await gateway.end('SIGTERM'), 0);
});

async function warmIdle(port: number, count: number): Promise<void> {
  const sockets = await Promise.all(Array.from({ length: count }, () => open(port)));
  await Promise.all(
    sockets.map(
      (socket) =>
        new Promise<void>((resolve) => {
          socket.on('close', () => resolve());
          socket.resume();
          socket.end();
        }),
    ),
  );
}

function open(port: number): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1', () => resolve(socket));
    socket.on('error', reject);
  });
}

function send(socket: net.Socket, chunk: Buffer, total: number): void {
  socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${total}\r\n\r\n`);
  let left = total;
  const more = (): void => {
    while (left > 0) {
      left -= chunk.length;
      if (!socket.write(chunk)) {
        socket.once('drain', more);
        return;
      }
    }
    socket.end();
  };
  more();
}

test.serial('out of file descriptors: who is too many is told so, and places come back', async (t) => {
  const target = await startUpstream(
    t,
    answering(() => OK),
  );
  const gateway = await startProcess(t, [`--upstream=http://${target}`], undefined, 90);
  const clients = [];
  const answers = new Set<string>();
  for (let index = 0; index < 60; index++) {
    const client = await connectClient(gateway.port);
    client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    answers.add((await client.until('\r\n\r\n')).slice(9, 12));
    clients.push(client);
  }
  t.deepEqual([...answers], ['200', '503']);
  for (const client of clients) client.socket.destroy();
  let status = '';
  while (status !== '200') {
    const client = await connectClient(gateway.port);
    client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    status = (await client.until('\r\n\r\n')).slice(9, 12);
    client.socket.destroy();
  }
  t.is(await gateway.end('SIGTERM'), 0, gateway.output());
  t.regex(
    gateway.output(),
    /the limit of open files allows \d+ connections instead of 10000; raise it with ulimit -n/,
  );
  t.regex((await runCli(['verify', `--data-dir=${gateway.dataDir}`])).stdout, /^complete/);
});
