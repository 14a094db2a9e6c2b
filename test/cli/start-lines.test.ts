import test from 'ava';
import { startPageGateway } from '../support/page-gateway.ts';

test('what is told at the start stands in the log of the page, too', async (t) => {
  const gateway = await startPageGateway(t);
  const log = await (await fetch(`${gateway.page}/api/log`)).text();
  t.regex(log, new RegExp(`^\\d{4}-\\d\\d-\\d\\d [\\d:]+ \\[info\\] Listening on ${gateway.traffic}`, 'm'));
  t.regex(log, /\[info\] Records: \S+/);
  t.regex(log, new RegExp(`\\[info\\] Page: ${gateway.page}`));
});
