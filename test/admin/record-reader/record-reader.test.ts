import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { Worker } from 'node:worker_threads';
import test, { type ExecutionContext } from 'ava';
import { recordEndpoints } from '../../../src/admin/api/records/record-endpoints.ts';
import type { PageQuestion } from '../../../src/admin/record-reader/question.ts';
import { RecordReader } from '../../../src/admin/record-reader/record-reader.ts';
import { RecordStore } from '../../../src/store/record-store.ts';
import { askEndpoint, bodyOf } from '../../support/ask-endpoint.ts';
import { recordFile } from '../../support/record-file.ts';
import { recordOf } from '../../support/records.ts';

const PAGE: PageQuestion = {
  type: 'page',
  query: { kind: 'all' },
  order: 'newest',
  afterRow: 0,
  beforeRow: Infinity,
  sinceMs: -Infinity,
  untilMs: Infinity,
  limit: 10,
  form: 'rows',
};

const FOLLOW = { type: 'follow', query: { kind: 'all' }, form: 'rows', sample: null } as const;

const patient = new AbortController().signal;

/** The next thread that this process starts. */
function nextWorker(t: ExecutionContext): Promise<Worker> {
  return new Promise((resolve) => {
    process.once('worker', resolve);
    t.teardown(() => process.removeListener('worker', resolve));
  });
}

test.serial(
  'the thread begins with the first question, ends when nobody asks for a while, and begins anew',
  async (t) => {
    const { reader, insert } = recordFile(t, { idleMs: 50 });
    insert([recordOf(1)]);
    // An idle thread keeps no process alive.
    const alive = setInterval(() => {}, 1000);
    t.teardown(() => clearInterval(alive));
    t.false(reader.isRunning);
    for (let turn = 0; turn < 2; turn++) {
      const started = nextWorker(t);
      t.is((await reader.ask(PAGE, patient)).records, 1);
      t.true(reader.isRunning);
      const worker = await started;
      await new Promise((resolve) => worker.once('exit', resolve));
      t.false(reader.isRunning);
    }
  },
);

test.serial(
  'who waits for records keeps the thread, and is answered when they come or the time is over',
  async (t) => {
    const { reader, insert } = recordFile(t, { idleMs: 1 });
    insert([recordOf(1)]);
    const over = await reader.ask({ ...FOLLOW, afterRow: 1, waitMs: 200 }, patient);
    t.deepEqual([over.records, over.row], [0, 1]);
    const waiting = reader.ask({ ...FOLLOW, afterRow: 1, waitMs: 60_000 }, patient);
    insert([recordOf(2), recordOf(3)]);
    const found = await waiting;
    t.deepEqual([found.records, found.row], [2, 3]);
  },
);

test.serial('where the thread dies its questions fail, and the next one starts another', async (t) => {
  const { reader, insert } = recordFile(t);
  insert([recordOf(1)]);
  const started = nextWorker(t);
  const waiting = reader.ask({ ...FOLLOW, afterRow: 1, waitMs: 60_000 }, patient);
  const worker = await started;
  await reader.ask(PAGE, patient);
  await worker.terminate();
  const error = await t.throwsAsync(waiting, { name: 'ReaderFault' });
  t.is((error as unknown as { kind: string }).kind, 'failed');
  t.regex(error!.message, /has ended\. Ask again/);
  t.is((await reader.ask(PAGE, patient)).records, 1);
});

test.serial('why the thread has failed is logged, without a word of what it read', async (t) => {
  const { file, insert } = recordFile(t);
  insert([recordOf(1)]);
  const lines: string[] = [];
  const reader = new RecordReader({ file, log: { write: (level, line) => lines.push(`${level} ${line}`) } });
  t.teardown(() => reader.stop());
  const started = nextWorker(t);
  const waiting = reader.ask({ ...FOLLOW, afterRow: 1, waitMs: 60_000 }, patient);
  const worker = await started;
  // As Node does where a thread throws, or meets the bound of its memory.
  worker.emit('error', Object.assign(new Error('secret'), { code: 'ERR_WORKER_OUT_OF_MEMORY' }));
  await worker.terminate();
  const error = await t.throwsAsync(waiting, { name: 'ReaderFault' });
  t.regex(error!.message, /has failed \(ERR_WORKER_OUT_OF_MEMORY\)/);
  t.deepEqual(lines, [
    'error [gui] the thread that reads records has failed (ERR_WORKER_OUT_OF_MEMORY); the next question starts another',
  ]);
});

test.serial('a question of somebody who has gone is given up', async (t) => {
  const { reader, insert } = recordFile(t);
  insert([recordOf(1)]);
  const gone = new AbortController();
  const waiting = reader.ask({ ...FOLLOW, afterRow: 1, waitMs: 60_000 }, gone.signal);
  await reader.ask(PAGE, patient);
  gone.abort();
  await t.throwsAsync(waiting, { name: 'AbortError' });
  await t.throwsAsync(reader.ask(PAGE, gone.signal), { name: 'AbortError' });
  t.is((await reader.ask(PAGE, patient)).records, 1);
});

test.serial('so many questions wait and no more', async (t) => {
  const { reader } = recordFile(t);
  const gone = new AbortController();
  const waiting = Array.from({ length: 64 }, () =>
    reader.ask({ ...FOLLOW, afterRow: 0, waitMs: 60_000 }, gone.signal),
  );
  const answer = await askEndpoint(recordEndpoints(reader), 'GET', '/api/records');
  t.is(answer.status, 503);
  t.is(answer.headers!['Retry-After'], '1');
  t.regex(await bodyOf(answer), /Too many questions/);
  gone.abort();
  t.true((await Promise.allSettled(waiting)).every(({ status }) => status === 'rejected'));
  t.is((await askEndpoint(recordEndpoints(reader), 'GET', '/api/records')).status, 200);
});

test.serial('a short question does not wait for a long one', async (t) => {
  const { reader, insert } = recordFile(t);
  for (let from = 1; from <= 6000; from += 200)
    insert(Array.from({ length: 200 }, (_, index) => recordOf(from + index)));
  await reader.ask(PAGE, patient);
  const order: string[] = [];
  const long = reader
    .ask(
      {
        type: 'summary',
        query: { kind: 'not', part: { kind: 'words', columns: ['other'], text: 'no', isPrefix: false } },
        sinceMs: -Infinity,
        untilMs: Infinity,
        buckets: 10,
      },
      patient,
    )
    .then(() => order.push('long'));
  await reader.ask(PAGE, patient).then(() => order.push('short'));
  await long;
  t.deepEqual(order, ['short', 'long']);
});

test.serial(
  'a store that is not there yet, was made by another version or is damaged is told as such; it is found when it is there',
  async (t) => {
    const { file, store, reader, insert } = recordFile(t);
    insert([recordOf(1)]);
    store.close();
    const endpoints = recordEndpoints(reader);
    const told = async (): Promise<[number, string]> => {
      const answer = await askEndpoint(endpoints, 'GET', '/api/records?view=rows');
      return [answer.status, await bodyOf(answer)];
    };
    t.is((await told())[0], 200);
    renameSync(file, `${file}.aside`);
    const absent = await told();
    t.is(absent[0], 503);
    t.regex(absent[1], /no store yet/);
    const old = new DatabaseSync(file);
    old.exec('PRAGMA user_version = 1');
    old.close();
    t.regex((await told())[1], /older version: start the gateway/);
    const newer = new DatabaseSync(file);
    newer.exec('PRAGMA user_version = 99');
    newer.close();
    t.regex((await told())[1], /newer version/);
    writeFileSync(file, 'no database at all, and longer than its head '.repeat(99));
    t.deepEqual((await told())[0], 503);
    rmSync(file);
    renameSync(`${file}.aside`, file);
    const [status, lines] = await told();
    t.is(status, 200);
    t.is(lines.trim().split('\n').length, 1);
  },
);

test.serial('a store that is replaced is read anew, and nothing of the old one is counted', async (t) => {
  const { file, store, reader, insert } = recordFile(t);
  insert([recordOf(1), recordOf(2)]);
  const endpoints = recordEndpoints(reader);
  const matching = async (): Promise<number> =>
    (
      JSON.parse(await bodyOf(await askEndpoint(endpoints, 'GET', '/api/records/summary'))) as {
        matching: number;
      }
    ).matching;
  t.is(await matching(), 2);
  store.close();
  renameSync(file, `${file}.damaged`);
  for (const suffix of ['-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
  const fresh = RecordStore.open(file);
  t.teardown(() => fresh.close());
  fresh.insert([recordOf(7)], { run: 's', thread: 0, segment: 1, offset: 1 });
  t.is(await matching(), 1);
});

test.serial('after its end nothing is asked', async (t) => {
  const { reader } = recordFile(t);
  const waiting = reader.ask({ ...FOLLOW, afterRow: 0, waitMs: 60_000 }, patient);
  await reader.stop();
  await t.throwsAsync(waiting, { name: 'ReaderFault' });
  await t.throwsAsync(reader.ask(PAGE, patient), { message: /The gateway stops/ });
  await reader.stop();
  await new RecordReader({ file: '/nowhere' }).stop();
});

// Elsewhere a thread has no priority of its own.
(process.platform === 'linux' ? test.serial : test.skip)(
  'where the processors are busy, the thread stands behind those that carry traffic',
  async (t) => {
    const { reader, insert } = recordFile(t);
    insert([recordOf(1)]);
    await reader.ask(PAGE, patient);
    const others = new Map<string, Set<number>>();
    for (const thread of readdirSync('/proc/self/task')) {
      const stat = readFileSync(`/proc/self/task/${thread}/stat`, 'latin1');
      // The name, which may hold anything, is in brackets; niceness is the 17th value after it.
      const [, name = '', rest = ''] = /\((.*)\) (.*)/s.exec(stat) ?? [];
      const kind = name === 'record-reader' ? name : 'other';
      others.set(kind, (others.get(kind) ?? new Set()).add(Number(rest.split(' ')[16])));
    }
    const [usual] = others.get('other')!;
    t.deepEqual(
      others,
      new Map([
        ['other', new Set([usual])],
        ['record-reader', new Set([usual! + 5])],
      ]),
    );
  },
);
