import test from 'ava';
import { measuredDataThread } from '../support/measured-data-thread.ts';

test('what the data thread allocates for a request', async (t) => {
  const thread = await measuredDataThread(t);
  const [client] = await thread.connect(1);
  const send = async (count: number): Promise<number> => {
    const before = (await thread.measure()).allocatedBytes;
    for (let sent = 0; sent < count; sent += 20) await client!.exchange(20);
    return ((await thread.settled()).allocatedBytes - before) / count;
  };
  // Before code is optimized it allocates more.
  await send(5000);
  const bytes = await send(5000);
  t.log(`${bytes.toFixed(0)} bytes`);
  t.true(bytes < 50 * 1024, `${bytes} bytes a request`);
});
