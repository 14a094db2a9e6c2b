import { once } from 'node:events';
import { Readable } from 'node:stream';
import { Worker } from 'node:worker_threads';
import test from 'ava';
import { ownThread, type ProfiledThread, workerThread } from '../../src/profiling/profiled-thread.ts';
import { type ProfileEvent, profileTaker } from '../../src/profiling/take-profile.ts';
import type { CpuProfile, HeapProfile } from '../../src/profiling/v8-profile.ts';

const CPU = { kind: 'cpu', seconds: 1, intervalMicroseconds: 500 };
const HEAP = { kind: 'heap', seconds: 1, intervalBytes: 1024, isIncludingGarbage: true };
const never = new AbortController().signal;

/** A thread whose profiles are texts, and that tells what became of them. */
function scripted(name: string, text: string, told: string[]): ProfiledThread {
  const start = (): ReturnType<ProfiledThread['startCpuProfile']> =>
    Promise.resolve({
      stop: () => Promise.resolve(text),
      discard: () => Promise.resolve(void told.push(`${name} discarded`)),
    });
  return {
    name,
    startCpuProfile: start,
    startHeapProfile: start,
    heapSnapshot: () => Promise.resolve(Readable.from([text, text], { objectMode: false })),
  };
}

async function filesOf(events: AsyncIterable<ProfileEvent>): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const whole = new Set<string>();
  for await (const event of events) {
    if (event.type === 'part') files.set(event.thread, (files.get(event.thread) ?? '') + event.text);
    else if (event.type === 'whole') whole.add(event.thread);
  }
  return new Map([...files].filter(([thread]) => whole.has(thread)));
}

/** The functions of a thread that is stuck in them. */
const STUCK = `
  function wasteTime() { let sum = 0; const until = Date.now() + 5; while (Date.now() < until) sum += Math.sqrt(sum); return sum; }
  function wasteMemory() { return Array.from({ length: 1000 }, (_, index) => ({ index })); }
  for (;;) { wasteTime(); wasteMemory(); }`;

test('profiles of real threads name their functions, also of one that is stuck', async (t) => {
  const worker = new Worker(STUCK, { eval: true });
  t.teardown(() => worker.terminate());
  await once(worker, 'online');
  const take = profileTaker([ownThread('main'), workerThread('data-0', worker)]);
  const cpu = await filesOf(take(CPU, never));
  t.deepEqual([...cpu.keys()], ['main', 'data-0']);
  const { nodes, samples } = JSON.parse(cpu.get('data-0')!) as CpuProfile;
  t.true(samples.length > 10);
  t.true(nodes.some(({ callFrame }) => callFrame.functionName === 'wasteTime'));
  t.false(
    (JSON.parse(cpu.get('main')!) as CpuProfile).nodes.some(
      ({ callFrame }) => callFrame.functionName === 'wasteTime',
    ),
  );
  const heap = await filesOf(take({ ...HEAP, thread: 'data-0' }, never));
  t.deepEqual([...heap.keys()], ['data-0']);
  t.true((JSON.parse(heap.get('data-0')!) as HeapProfile).samples.length > 10);
  t.regex(heap.get('data-0')!, /"functionName":"wasteMemory"/);
});

test('texts are cut into parts and come whole; every second is told', async (t) => {
  const text = 'x'.repeat(600_000);
  const take = profileTaker([scripted('main', text, []), scripted('data-0', 'short', [])]);
  const types: string[] = [];
  const files = new Map<string, string>();
  for await (const event of take(CPU, never)) {
    types.push(event.type);
    if (event.type === 'part') files.set(event.thread, (files.get(event.thread) ?? '') + event.text);
  }
  t.deepEqual(types, ['begun', 'running', 'part', 'part', 'part', 'whole', 'part', 'whole']);
  t.is(files.get('main'), text);
  t.is(files.get('data-0'), 'short');
});

test('a snapshot that has piled up is cut into parts, too', async (t) => {
  const take = profileTaker([scripted('main', 'x'.repeat(5_000_000), [])]);
  const lengths: number[] = [];
  for await (const event of take({ kind: 'snapshot', isIncludingContents: true }, never))
    if (event.type === 'part') lengths.push(event.text.length);
  t.is(
    lengths.reduce((sum, length) => sum + length, 0),
    10_000_000,
  );
  t.true(Math.max(...lengths) <= 256 * 1024);
});

test('one profile at a time; one that is given up is discarded, and the next may begin', async (t) => {
  const told: string[] = [];
  const take = profileTaker([scripted('main', 'a', told), scripted('data-0', 'b', told)]);
  const first = take(CPU, never);
  await first.next();
  await t.throwsAsync(take(CPU, never).next(), { message: /another profile is being taken/ });
  await first.next();
  await first.return(undefined);
  t.deepEqual(told, ['main discarded', 'data-0 discarded']);
  t.is((await filesOf(take(CPU, never))).size, 2);
});

test('a signal ends it at once', async (t) => {
  const told: string[] = [];
  const leaving = new AbortController();
  const events = profileTaker([scripted('main', 'a', told)])({ ...CPU, seconds: 60 }, leaving.signal);
  await events.next();
  const next = events.next();
  leaving.abort();
  await t.throwsAsync(next, { name: 'AbortError' });
  t.deepEqual(told, ['main discarded']);
});

test('where one thread cannot, none is left running', async (t) => {
  const told: string[] = [];
  const broken: ProfiledThread = {
    ...scripted('data-0', '', told),
    startCpuProfile: () => Promise.reject(new Error('the thread has ended')),
  };
  const take = profileTaker([scripted('main', 'a', told), broken]);
  await t.throwsAsync(filesOf(take(CPU, never)), { message: 'the thread has ended' });
  t.deepEqual(told, ['main discarded']);
});

test('a thread that has ended cannot be profiled', async (t) => {
  const worker = new Worker('', { eval: true });
  await once(worker, 'exit');
  const thread = workerThread('data-0', worker);
  for (const fields of [CPU, HEAP, { kind: 'snapshot', isIncludingContents: true }])
    await t.throwsAsync(filesOf(profileTaker([thread])(fields, never)), { code: 'ERR_WORKER_NOT_RUNNING' });
});

test('a thread that is not there is named with those that are', async (t) => {
  const take = profileTaker([scripted('main', '', []), scripted('data-0', '', [])]);
  await t.throwsAsync(take({ ...CPU, thread: 'data-1' }, never).next(), {
    message: 'there is no thread "data-1"; there are main, data-0',
  });
});

test('snapshots only for who knows what is in them, one thread after the other', async (t) => {
  const take = profileTaker([scripted('main', 'a', []), scripted('data-0', 'b', [])]);
  await t.throwsAsync(take({ kind: 'snapshot' }, never).next(), { message: /--include-contents/ });
  t.deepEqual(
    [...(await filesOf(take({ kind: 'snapshot', isIncludingContents: true }, never)))],
    [
      ['main', 'aa'],
      ['data-0', 'bb'],
    ],
  );
});
