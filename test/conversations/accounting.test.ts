import type * as net from 'node:net';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { ANSWERS, REQUEST_PIECES } from '../support/conversation-pieces.ts';
import { answering, connectClient, OK, type RecordView, startFixture } from '../support/fixture.ts';

type Ending = 'fin' | 'reset' | 'wait';

const conversation = fc.record({
  pieces: fc.array(fc.constantFrom(...REQUEST_PIECES), { minLength: 1, maxLength: 5 }),
  cuts: fc.array(fc.nat(300), { maxLength: 3 }),
  answer: fc.constantFrom(...ANSWERS),
  upstreamEnding: fc.constantFrom<Ending>('fin', 'reset', 'wait'),
  clientEnding: fc.constantFrom<Ending>('fin', 'reset', 'wait'),
});

/** Plain ones, so that each rule has something to leave out whatever is drawn. */
const PLAIN = [
  'POST /c HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello',
  'GET /a HTTP/1.1\r\nHost: x\r\n\r\n',
].map((request) => ({
  pieces: [request],
  cuts: [] as number[],
  answer: ANSWERS[0]!,
  upstreamEnding: 'wait' as Ending,
  clientEnding: 'fin' as Ending,
}));

/** Runs conversations of every kind through a gateway and balances its books. */
async function account(
  t: ExecutionContext,
  args: readonly string[],
  numRuns: number,
): Promise<{ runs: number; records: RecordView[] }> {
  let answer = '';
  let upstreamEnding: Ending = 'wait';
  const fixture = await startFixture(
    t,
    (socket: net.Socket) => {
      const [mine, ending] = [answer, upstreamEnding];
      socket.on('data', () => {
        socket.write(mine);
        if (ending === 'fin') socket.end();
        if (ending === 'reset') setImmediate(() => socket.resetAndDestroy());
      });
      socket.on('end', () => socket.end());
    },
    ['--response-timeout=300ms', '--header-timeout=300ms', '--idle-timeout=500ms', ...args],
  );
  let runs = 0;
  const conversations: unknown[] = [];
  await fc.assert(
    fc.asyncProperty(conversation, async (one) => {
      runs++;
      conversations.push(one);
      ({ answer, upstreamEnding } = one);
      const text = one.pieces.join('');
      const places = [
        0,
        ...one.cuts.map((place) => place % (text.length + 1)).sort((a, b) => a - b),
        text.length,
      ];
      const client = await connectClient(fixture.port);
      for (let index = 1; index < places.length; index++) {
        client.write(text.slice(places[index - 1], places[index]));
        await new Promise((resolve) => setImmediate(resolve));
      }
      if (one.clientEnding === 'fin') client.socket.end();
      if (one.clientEnding === 'reset') client.socket.resetAndDestroy();
      client.socket.on('end', () => client.socket.end());
      await client.untilClose();
    }),
    { numRuns, examples: PLAIN.map((one): [typeof one] => [one]) },
  );
  const { records, report } = await fixture.finish();
  // Which one it was cannot be told from the sums: they are needed to look for it.
  if (!report.isComplete) t.log(JSON.stringify(conversations));
  t.true(report.isComplete, JSON.stringify(report.runs[0]));
  t.true(report.runs[0]!.bytes.isBalanced);
  t.false(
    fixture.logLines.some((line) => line.startsWith('error')),
    fixture.logLines.join('\n'),
  );
  return { runs, records };
}

test('whatever both sides do, every request is one record and every byte is in one', async (t) => {
  const { runs, records } = await account(t, [], 150);
  t.true(records.length >= runs / 4, `${records.length} records of ${runs} conversations`);
});

test('the same with capture rules: what has no record is in a summary, byte for byte', async (t) => {
  const { records } = await account(
    t,
    [
      '--capture-rule=full status>=502',
      '--capture-rule=heads method=PUT name=puts',
      '--capture-rule=count status=204 response-type=text/*',
      '--capture-rule=count method=POST status=200 name=posts',
      '--capture-rule=off path=/a,/ws name=quiet',
      '--inject=traceparent,x-request-id,forwarded,x-forwarded-for',
    ],
    60,
  );
  const summaries = records.filter(({ tapline }) => tapline.kind === 'summary');
  const rules = new Set(summaries.map(({ tapline }) => String(tapline.rule)));
  t.deepEqual(
    [...rules].toSorted((left, right) => (left < right ? -1 : 1)),
    ['posts', 'quiet'],
  );
  const quiet = records.filter(({ tapline, url }) => tapline.kind === 'exchange' && url.path === '/a');
  t.true(
    quiet.every(({ http }) => http.response.status_code >= 502),
    'only an earlier rule keeps one',
  );
});

test('several data threads: every record of each is accounted for', async (t) => {
  const fixture = await startFixture(
    t,
    answering(() => OK),
    ['--threads=3'],
  );
  const count = 60;
  await Promise.all(
    Array.from({ length: count }, () => fixture.exchange('GET / HTTP/1.1\r\nHost: x\r\n\r\n')),
  );
  const { records, report } = await fixture.finish();
  t.is(records.length, count);
  t.true(report.isComplete);
  t.is(report.runs.length, 3, 'each thread has a ledger of its own');
});
