import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as path from 'node:path';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import test from 'ava';
import { newStdoutSink } from '../../../src/sinks/stdout/stdout-sink.ts';
import { batchOf, outcomeOf, patient } from '../../support/batches.ts';

/** A stream whose reader takes a chunk only when told to. */
function slowStream(): { stream: Writable; taken: Buffer[]; take: () => void } {
  const taken: Buffer[] = [];
  let release: (() => void) | null = null;
  const stream = new Writable({
    write(chunk: Buffer, _, callback) {
      taken.push(chunk);
      release = () => callback();
    },
  });
  return { stream, taken, take: () => release!() };
}

test('a line a record, delivered when the system has taken it', async (t) => {
  const { stream, taken, take } = slowStream();
  const sink = newStdoutSink({ stream });
  await sink.start(patient());
  const batch = batchOf(1, 3);
  let isDone = false;
  const sending = sink.send(batch, patient()).finally(() => (isDone = true));
  await new Promise((resolve) => setImmediate(resolve));
  t.false(isDone);
  take();
  t.deepEqual(outcomeOf(await sending), ['delivered', 'delivered', 'delivered']);
  const lines = Buffer.concat(taken).toString().split('\n');
  t.is(lines.pop(), '');
  t.deepEqual(
    lines,
    batch.records.map(({ bytes }) => bytes.toString()),
  );
});

test('a reader that stalls: the try is given up, and what is on its way is not written again', async (t) => {
  const { stream, taken, take } = slowStream();
  const sink = newStdoutSink({ stream });
  await sink.start(patient());
  const timeout = new AbortController();
  const first = sink.send(batchOf(1, 2), timeout.signal);
  await new Promise((resolve) => setImmediate(resolve));
  timeout.abort();
  t.like(await first, { kind: 'retry', isAmbiguous: true });
  // Nothing is piled up behind it meanwhile.
  const impatient = new AbortController();
  const second = sink.send(batchOf(1, 2), impatient.signal);
  impatient.abort();
  t.like(await second, { kind: 'retry', isAmbiguous: false });
  const third = sink.send(batchOf(1, 3), patient());
  take();
  while (taken.length < 2) await new Promise((resolve) => setImmediate(resolve));
  take();
  t.deepEqual(outcomeOf(await third), ['duplicate', 'duplicate', 'delivered']);
  t.is(Buffer.concat(taken).toString().trim().split('\n').length, 3);
});

test('a reader that has gone pauses the sink with a word, and kills nobody', async (t) => {
  const child = spawn(
    process.execPath,
    [path.join(import.meta.dirname, '../../support/stdout-sink-process.ts')],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  t.teardown(() => child.kill('SIGKILL'));
  const said = text(child.stderr);
  const ended = once(child, 'exit');
  await once(child.stdout, 'data');
  child.stdout.destroy();
  t.deepEqual(await ended, [0, null]);
  const results = (await said).trim().split('\n');
  t.is(results.length, 2);
  for (const result of results) {
    t.like(JSON.parse(result), { kind: 'paused' });
    t.regex(result, /nobody reads standard output any more \(EPIPE\)/);
    t.notRegex(result, /body number/);
  }
});
