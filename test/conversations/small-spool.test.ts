import test from 'ava';
import { startPageGateway } from '../support/page-gateway.ts';

test('a spool smaller than one of its files is emptied by sinks that keep up: it never stays full', async (t) => {
  const gateway = await startPageGateway(t, ['--spool-size=128k', '--flush-interval=20ms']);
  const body = 'x'.repeat(30_000);
  for (let count = 0; count < 12; count++)
    await (await fetch(`${gateway.traffic}/api/orders`, { method: 'POST', body })).text();
  // What comes too quick may be lost, and is told; what comes later must not be.
  const isThere = async (number: number): Promise<boolean> => {
    await (await fetch(`${gateway.traffic}/later-${number}`)).text();
    const found = await fetch(`${gateway.page}/api/records?query=path:/later-*&limit=1`);
    return (await found.text()).includes('/later-');
  };
  const untilMs = Date.now() + 20_000;
  let number = 0;
  while (!(await isThere(++number)) && Date.now() < untilMs)
    await new Promise((resolve) => setTimeout(resolve, 50));
  t.true(await isThere(++number));
});
