import test from 'ava';
import { type MeasuredClient, measuredDataThread } from '../support/measured-data-thread.ts';

// Bytes of the heap and of what it keeps outside, counted after a collection: the same on every machine. Each bound is less than twice what
// was measured, so that a doubling fails.

const CONNECTIONS = 500;

const exchangeAll = (clients: readonly MeasuredClient[], times = 1): Promise<unknown> =>
  Promise.all(
    clients.map(async (client) => {
      for (let time = 0; time < times; time++) await client.exchange();
    }),
  );
const closeAll = (clients: readonly MeasuredClient[]): Promise<unknown> =>
  Promise.all(clients.map((client) => client.close()));

test('what an idle connection keeps: before its first byte, between exchanges, and nothing when it is closed', async (t) => {
  const thread = await measuredDataThread(t);
  // Code is compiled, and tables grow, with the first connections.
  const first = await thread.connect(CONNECTIONS);
  await exchangeAll(first, 3);
  await closeAll(first);
  const base = (await thread.settled()).retainedBytes;
  const clients = await thread.connect(CONNECTIONS);
  const silent = ((await thread.settled()).retainedBytes - base) / CONNECTIONS;
  await exchangeAll(clients);
  const waiting = ((await thread.settled()).retainedBytes - base) / CONNECTIONS;
  await closeAll(clients);
  const closed = ((await thread.settled()).retainedBytes - base) / CONNECTIONS;
  t.log(
    `${silent.toFixed(0)} bytes silent, ${waiting.toFixed(0)} between exchanges, ${closed.toFixed(0)} closed`,
  );
  t.true(silent > 1024, 'connections that were closed before are still kept');
  t.true(silent < 4 * 1024, `${silent} bytes for a connection that has said nothing`);
  t.true(waiting < 20 * 1024, `${waiting} bytes for a connection between exchanges`);
  t.true(closed < 512, `${closed} bytes for a connection that is closed`);
});

test('what a connection keeps between exchanges does not grow with their bodies', async (t) => {
  const thread = await measuredDataThread(t, { bodyBytes: 60_000 });
  const [first] = await thread.connect(1);
  await exchangeAll([first!], 100);
  const base = (await thread.settled()).retainedBytes;
  const count = 50;
  const clients = await thread.connect(count);
  await exchangeAll(clients);
  const waiting = ((await thread.settled()).retainedBytes - base) / count;
  t.log(`${waiting.toFixed(0)} bytes`);
  t.true(waiting < 24 * 1024, `${waiting} bytes`);
});

test('a request leaves nothing behind', async (t) => {
  const thread = await measuredDataThread(t);
  const [client] = await thread.connect(1);
  const send = async (count: number): Promise<void> => {
    for (let sent = 0; sent < count; sent += 50) await client!.exchange(50);
  };
  // Code goes on being compiled for a while, and memory that is used again is made as it is needed first: some pieces of 256 KB.
  const requests = 20_000;
  const bound = 8;
  await send(requests);
  let before = (await thread.settled()).retainedBytes;
  const kept: number[] = [];
  // Where the machine is busy, one more of these pieces is needed, and kept from then on: 13 bytes a request, once. What is left behind comes every time.
  while (kept.length < 3 && (kept.at(-1) ?? Infinity) >= bound) {
    await send(requests);
    const after = (await thread.settled()).retainedBytes;
    kept.push((after - before) / requests);
    before = after;
  }
  t.log(`${kept.map((bytes) => bytes.toFixed(2)).join(', ')} bytes`);
  t.true(kept.at(-1)! < bound, `${kept.join(', ')} bytes a request`);
});
