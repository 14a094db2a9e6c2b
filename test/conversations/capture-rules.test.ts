import test from 'ava';
import { answering, OK, type RecordView, startFixture } from '../support/fixture.ts';
import { DataDirectory } from '../../src/spool/data-directory.ts';
import { verifyRecords } from '../../src/store/verify.ts';
import { reportText } from '../../src/cli/verify.ts';

const get = (path: string, more = ''): string => `GET ${path} HTTP/1.1\r\nHost: x\r\n${more}\r\n`;
const post = (path: string, body: string): string =>
  `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

/** Waits until what was written tells of so many exchanges; the test's own timeout bounds it. */
async function untilLeftOut(dataDir: string, count: number): Promise<void> {
  for (;;) {
    const directory = DataDirectory.open(dataDir, { isReadOnly: true });
    const { leftOut } = verifyRecords({ directory });
    directory.close();
    if (leftOut[0]?.count === count) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const exchangesOf = (records: RecordView[]): RecordView[] =>
  records.filter(({ tapline }) => tapline.kind !== 'summary');
const summariesOf = (records: RecordView[]): RecordView[] =>
  records.filter(({ tapline }) => tapline.kind === 'summary');

test('heads: a record without bodies, and the rule that wanted it', async (t) => {
  const fixture = await startFixture(
    t,
    answering(() => OK),
    ['--capture-rule=heads path=/upload/* name=uploads'],
  );
  await fixture.exchange(post('/upload/a', 'hello') + post('/other', 'hello'));
  const { records, report } = await fixture.finish();
  const [upload, other] = records;
  t.is(upload.tapline.rule, 'uploads');
  t.is(upload.tapline.capture, 'heads');
  t.is(upload.http.request.body.content, undefined);
  t.is(upload.http.request.body.bytes, 5);
  t.is(upload.tapline.request.body.dropped, 'capture-rule');
  t.is(upload.http.response.body.content, undefined);
  t.is(upload.http.request.headers['content-type'], 'text/plain');
  t.is(other.http.request.body.content, 'hello');
  t.is(other.tapline.rule, undefined);
  t.true(report.isComplete);
  t.deepEqual(report.leftOut, []);
});

test('a rule that needs the answer lets bodies go when the answer is there', async (t) => {
  const fixture = await startFixture(
    t,
    answering((head) => (head.includes('/bad') ? 'HTTP/1.1 500 No\r\nContent-Length: 3\r\n\r\nwhy' : OK)),
    ['--capture-rule=full status>=500', '--capture-rule=heads name=rest'],
  );
  await fixture.exchange(post('/bad', 'hello') + post('/good', 'hello'));
  const { records } = await fixture.finish();
  t.is(records[0].http.request.body.content, 'hello');
  t.is(records[0].http.response.body.content, 'why');
  t.is(records[1].http.request.body.content, undefined);
  t.is(records[1].http.response.body.content, undefined);
  t.is(records[1].tapline.rule, 'rest');
});

test('count and off: no records, and summaries that hold every byte', async (t) => {
  const fixture = await startFixture(
    t,
    answering((head) => (head.includes('/missing') ? 'HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n' : OK)),
    ['--capture-rule=count health name=probes', '--capture-rule=off path=/static/*,/missing name=static'],
  );
  const requests = [
    get('/healthz'),
    get('/static/a.css'),
    get('/', 'User-Agent: kube-probe/1.33\r\n'),
    get('/missing'),
    get('/orders'),
  ];
  await fixture.exchange(requests.join(''));
  const { records, report } = await fixture.finish();
  t.true(report.isComplete, JSON.stringify(report));
  t.true(report.runs[0]!.bytes.isBalanced);
  t.deepEqual(
    exchangesOf(records).map(({ url }) => url.path),
    ['/orders'],
  );
  t.deepEqual(
    records.map(({ event }) => event.sequence).toSorted((a, b) => a - b),
    records.map((_, index) => index + 1),
    'summaries are numbered like every record',
  );
  const sum = (rule: string, of: (summary: RecordView) => number): number =>
    summariesOf(records)
      .filter(({ tapline }) => tapline.rule === rule)
      .reduce((total, { tapline }) => total + of(tapline.summary), 0);
  t.is(
    sum('probes', (one) => one.count),
    2,
  );
  t.is(
    sum('probes', (one) => one.source_bytes),
    requests[0]!.length + requests[2]!.length,
  );
  t.is(
    sum('probes', (one) => one.destination_bytes),
    2 * OK.length,
  );
  t.is(
    sum('probes', (one) => one.status['2xx'] ?? 0),
    2,
  );
  t.is(
    sum('static', (one) => one.count),
    2,
  );
  t.is(
    sum('static', (one) => one.source_bytes),
    requests[1]!.length + requests[3]!.length,
  );
  t.true(
    summariesOf(records).every(
      ({ tapline }) => (tapline.capture === 'off') === (tapline.summary.status === undefined),
    ),
  );
  t.deepEqual(report.leftOut, [
    { rule: 'probes', capture: 'count', count: 2 },
    { rule: 'static', capture: 'off', count: 2 },
  ]);
  t.true(reportText(report).includes('2 exchanges have no record by rule "probes" (count)'));
});

test('what is refused has a record, whatever the rules', async (t) => {
  const fixture = await startFixture(
    t,
    answering(() => OK),
    ['--capture-rule=off'],
  );
  await fixture.exchange('GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n');
  await fixture.exchange('POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n');
  const { records, report } = await fixture.finish();
  t.deepEqual(
    exchangesOf(records).map(({ tapline }) => tapline.kind),
    ['refusal', 'refusal'],
  );
  t.true(report.runs[0]!.bytes.isBalanced);
});

test('a request that got no answer: rules that ask for one do not match', async (t) => {
  const fixture = await startFixture(t, (socket) => socket.on('data', () => socket.destroy()), [
    '--capture-rule=off status=200',
    '--capture-rule=heads path=/a name=late',
  ]);
  const client = await fixture.connect();
  client.write(post('/a', 'hello'));
  await client.untilClose();
  const { records } = await fixture.finish();
  t.is(records[0].tapline.rule, 'late');
  t.is(records[0].http.response.status_code, 502);
});

test('summaries come while the gateway runs, at the flush interval', async (t) => {
  const fixture = await startFixture(
    t,
    answering(() => OK),
    ['--capture-rule=count', '--flush-interval=20ms', '--threads=2'],
  );
  for (let round = 1; round <= 3; round++) {
    await fixture.exchange(get('/'));
    await untilLeftOut(fixture.dataDir, round);
  }
  const { records, report } = await fixture.finish();
  t.is(summariesOf(records).length, 3, 'each is told of in its own interval');
  t.is(report.leftOut[0]!.count, 3);
  t.true(report.isComplete);
});
