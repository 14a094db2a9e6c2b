/**
 * What the embedded store costs: the way of a record from the bytes of its spool frame into the store, by part, in microseconds of CPU; what it costs the
 * data thread to hand its facts over; bytes on disk; and what queries take.
 *
 *   node load-tests/store-cost.ts [--records=100000] [--write]     prints a table; --write keeps it in load-tests/results/store-cost.json
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { RequestHead, ResponseHead } from '../src/codecs/http1/head.ts';
import { systemClock } from '../src/gateway/system-clock.ts';
import { ByteBudget } from '../src/records/byte-budget.ts';
import type { EcsDocument } from '../src/records/ecs-document.ts';
import type { RecordDocument } from '../src/records/record-document.ts';
import { encodeFacts, factsOf, factsOfBytes } from '../src/records/record-facts.ts';
import { Recorder } from '../src/records/recorder.ts';
import { SearchedPart } from '../src/records/searched-part.ts';
import { StoreSink } from '../src/sinks/store/store-sink.ts';
import { decodeFrames, encodeFrame } from '../src/spool/format.ts';
import { BlockWriter } from '../src/store/block-writer.ts';
import { parseQuery } from '../src/store/query.ts';
import { RecordStore } from '../src/store/record-store.ts';
import { WordFilter } from '../src/store/word-filter.ts';

const { values } = parseArgs({
  options: { records: { type: 'string', default: '100000' }, write: { type: 'boolean', default: false } },
});
const RECORDS = Number(values.records);
const BUDGETS = { takenMicroseconds: 15, handedOverMicroseconds: 2, bytesOnDisk: 1000 };
/** As the lane of the store reads them. */
const BATCH_BYTES = 1024 * 1024;
const RUN = '019aa000-0000-7000-8000-000000000000';

function newRecorder(): Recorder {
  let sequence = 0;
  return new Recorder(
    {
      maxBodyBytes: 65_536,
      maxInflatedBytes: 65_536,
      redact: { headers: [], keys: [] },
      hmacKey: Buffer.alloc(32),
      serviceName: 'load',
      runId: RUN,
      thread: 0,
      hostName: 'host',
      dataset: 'tapline.http',
      namespace: 'default',
      observerVersion: '0',
    },
    {
      clock: systemClock,
      randomBytes,
      nextSequence: () => ++sequence,
      budget: new ByteBudget(1 << 20),
      observer: null,
    },
  );
}

const AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

/** Orders of a shop: what differs between records is an id or two, a few words and numbers. */
function newRecord(recorder: Recorder, number: number): RecordDocument {
  const lines = [{ sku: `A-${number % 97}`, quantity: number % 7, note: 'leave at the door' }];
  const order = { order: number, customer: randomBytes(6).toString('hex'), lines };
  const answer = { id: randomBytes(8).toString('hex'), state: 'accepted', total: (number * 37) % 10_000 };
  const [body, answerBody] = [order, answer].map((content) => Buffer.from(JSON.stringify(content))) as [
    Buffer,
    Buffer,
  ];
  const exchange = recorder.exchange({
    id: (number % 50) + 1,
    remoteAddress: '127.0.0.1',
    remotePort: 40_000 + (number % 50),
    localAddress: '127.0.0.1',
    localPort: 8000,
    tls: null,
    upstream: '127.0.0.1:9000',
    scheme: 'http',
  });
  const requestFields = ['Host', 'shop.test', 'Content-Type', 'application/json', 'User-Agent', AGENT];
  requestFields.push('Accept', '*/*', 'Accept-Encoding', 'gzip, deflate, br');
  requestFields.push('Content-Length', `${body.length}`, 'X-Request-Id', randomBytes(8).toString('hex'));
  exchange.requestHead(new RequestHead('POST', `/api/orders?id=${number}`, 'HTTP/1.1', requestFields));
  exchange.requestBody(body);
  exchange.requestEnd();
  const responseFields = ['Content-Type', 'application/json', 'Date', new Date().toUTCString()];
  responseFields.push(
    'Content-Length',
    `${answerBody.length}`,
    'Connection',
    'keep-alive',
    'Server',
    'nginx',
  );
  exchange.responseHead(new ResponseHead('HTTP/1.1', number % 50 === 0 ? 503 : 200, 'OK', responseFields));
  exchange.responseBody(answerBody);
  exchange.responseEnd();
  return exchange.finish()!;
}

/** Segments' stretches as they come from the disk. */
function newStretches(): { stretches: Buffer[]; needle: string; documentBytes: number } {
  const recorder = newRecorder();
  const stretches: Buffer[] = [];
  let frames: Buffer[] = [];
  let [bytes, documentBytes, needle] = [0, 0, ''];
  for (let number = 1; number <= RECORDS; number++) {
    const record = newRecord(recorder, number);
    if (number === Math.ceil(RECORDS / 2))
      needle = /customer\\":\\"(\w+)/.exec(record.bytes.toString('latin1'))![1]!;
    frames.push(encodeFrame(record));
    bytes += record.bytes.length;
    documentBytes += record.bytes.length;
    if (bytes < BATCH_BYTES && number < RECORDS) continue;
    stretches.push(Buffer.concat(frames));
    frames = [];
    bytes = 0;
  }
  return { stretches, needle, documentBytes: documentBytes / RECORDS };
}

function cpuMicroseconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

const folder = mkdtempSync(path.join(os.tmpdir(), 'tapline-store-'));
const file = path.join(folder, 'store.sqlite');
const { stretches, needle, documentBytes } = newStretches();
const batches: (readonly RecordDocument[])[] = [];
const perRecord = (work: () => void): number => cpuMicroseconds(work) / RECORDS;
const frames = perRecord(() => {
  for (const stretch of stretches) batches.push(decodeFrames(stretch).records);
});
const documents = batches.flat().map(({ bytes }) => JSON.parse(bytes.toString('utf8')) as EcsDocument);
const handedOver = perRecord(() => documents.forEach((document) => encodeFacts(factsOf(document))));
documents.length = 0;
const derived = perRecord(() => batches.flat().forEach(({ bytes }) => factsOfBytes(bytes)));
const filter = new WordFilter();
const searched = new SearchedPart();
const words = perRecord(() => {
  for (const batch of batches) {
    filter.reset();
    for (const { bytes, facts, id } of batch) {
      searched.find(bytes);
      filter.addJson(bytes, searched.from, searched.to);
      filter.addJson(facts!, 0, facts!.length);
      filter.addWhole(id);
    }
    filter.toBytes();
  }
});
const writer = new BlockWriter();
const packed = perRecord(() => batches.forEach((batch) => writer.pack(batch)));

const log = { write: (_level: string, text: string): void => void process.stderr.write(`${text}\n`) };
const sink = new StoreSink({ file, log, maxBytes: 1e12, maxAgeMs: 1e12 });
await sink.start();
const before = process.cpuUsage();
let slowestMs = 0;
for (const [index, records] of batches.entries()) {
  const begun = performance.now();
  const stream = { run: RUN, thread: 0 };
  const place = { segment: 1, offset: index + 1 };
  const batch = { stream, records, bytes: 0, place, tries: 1, mayBeStoredSince: null };
  const result = await sink.send(batch);
  if (result.kind !== 'answered') throw new Error(JSON.stringify(result));
  slowestMs = Math.max(slowestMs, performance.now() - begun);
}
const usage = process.cpuUsage(before);
const stored = (usage.user + usage.system) / RECORDS;
await sink.stop();
const bytesOnDisk = statSync(file).size / RECORDS;

const QUERIES = [
  '',
  'status:503',
  'status>=500 path:/api/orders',
  'path:/nowhere/*',
  'duration>10s',
  'method:POST',
  `body:${needle}`,
  `body:${needle.slice(0, 8)}*`,
  'needle',
  '"leave at the door" status:503',
  `header.x-request-id:${needle}*`,
  `sequence:${Math.ceil(RECORDS / 2)}`,
];
const store = RecordStore.open(file, { isReadOnly: true });
const queries = QUERIES.map((text) => {
  const query = parseQuery(text);
  const count = (limit: number): number => [...store.query(query, { limit })].length;
  const first50Ms = cpuMicroseconds(() => count(50)) / 1000;
  let found = 0;
  const allMs =
    cpuMicroseconds(() => {
      for (const _ of store.query(query, { limit: RECORDS })) found++;
    }) / 1000;
  return {
    query: text.replaceAll(needle, '<word>').replaceAll(needle.slice(0, 8), '<word>'),
    found,
    first50Ms: round(first50Ms),
    allMs: round(allMs),
  };
});
store.close();
rmSync(folder, { recursive: true, force: true });

const result = {
  date: new Date().toISOString().slice(0, 10),
  machine: `${os.cpus().length} x ${os.cpus()[0]!.model}, node ${process.version}`,
  records: RECORDS,
  documentBytes: Math.round(documentBytes),
  microseconds: {
    frames: round(frames),
    words: round(words),
    packed: round(packed),
    stored: round(stored),
    taken: round(frames + stored),
    factsHandedOver: round(handedOver),
    factsReadFromDocument: round(derived),
  },
  slowestBatchMs: round(slowestMs),
  bytesOnDisk: Math.round(bytesOnDisk),
  queries,
};
if (values.write)
  writeFileSync(
    path.join(import.meta.dirname, 'results/store-cost.json'),
    `${JSON.stringify(result, null, 2)}\n`,
  );
const { microseconds } = result;
process.stdout.write(`${RECORDS} records of ${result.documentBytes} bytes, CPU per record\n`);
for (const [part, cost] of Object.entries({
  'frames read': microseconds.frames,
  'packed into blocks': microseconds.packed,
  '  of that the filter of words': microseconds.words,
  'stored by the sink (packing included)': microseconds.stored,
  'facts, where they are not handed over': microseconds.factsReadFromDocument,
}))
  process.stdout.write(`      ${part}: ${cost} us\n`);
for (const { query, found, first50Ms, allMs } of queries)
  process.stdout.write(`      ${query || '(all)'}: 50 in ${first50Ms} ms, all ${found} in ${allMs} ms\n`);
process.stdout.write(`      slowest batch: ${result.slowestBatchMs} ms\n`);
const rows: [string, number, number, string][] = [
  ['a record from its frame into the store', microseconds.taken, BUDGETS.takenMicroseconds, 'us'],
  [
    'handing its facts over, on the data thread',
    microseconds.factsHandedOver,
    BUDGETS.handedOverMicroseconds,
    'us',
  ],
  ['bytes on disk per record', result.bytesOnDisk, BUDGETS.bytesOnDisk, ''],
];
for (const [what, value, budget, unit] of rows)
  process.stdout.write(
    `${value <= budget ? 'pass' : 'FAIL'}  ${what}: ${value}${unit} (at most ${budget}${unit})\n`,
  );
process.exitCode = rows.every(([, value, budget]) => value <= budget) ? 0 : 1;

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
