import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test, { type ExecutionContext } from 'ava';
import type { Clock, Log } from '../../../src/core/ports.ts';
import { Delivery } from '../../../src/sinks/delivery/delivery.ts';
import { DELIVERED, type Batch, type SendResult, type Sink } from '../../../src/sinks/sink.ts';
import { StoreSink } from '../../../src/sinks/store/store-sink.ts';
import { systemClock } from '../../../src/gateway/system-clock.ts';
import { encodeFrame } from '../../../src/spool/format.ts';
import { formatSegmentName } from '../../../src/spool/segment-name.ts';
import { METRICS } from '../../../src/telemetry/metric-declarations.ts';
import { NO_TRACING } from '../../../src/telemetry/tracing.ts';
import { MetricRegistry } from '../../../src/telemetry/metric-registry.ts';
import { DeadLetters } from '../../../src/sinks/delivery/dead-letters.ts';
import { makeDataDir } from '../../support/process.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { gapOf, quiet, recordOf } from '../../support/records.ts';

interface TestSink extends Sink {
  readonly sequences: number[];
  isDead: boolean;
  /** Resolves when so many records were taken. */
  taken(count: number): Promise<void>;
}

function testSink(name: string, isDead = false): TestSink {
  const waiters: { count: number; resolve: () => void }[] = [];
  const sink: TestSink = {
    name,
    sequences: [],
    isDead,
    limits: { maxBatchBytes: 1e6, maxBatchRecords: 3, maxWaitMs: 1, maxConcurrency: 2, timeoutMs: 5000 },
    ownPlaces: null,
    start: () => Promise.resolve(),
    epoch: () => '',
    stop: () => Promise.resolve(),
    send({ records }: Batch): Promise<SendResult> {
      if (sink.isDead)
        return Promise.resolve({
          kind: 'retry',
          reason: 'dead',
          retryAfterMs: null,
          isAmbiguous: false,
          isOverload: false,
        });
      sink.sequences.push(...records.map(({ sequence }) => sequence));
      for (const { count, resolve } of waiters) if (sink.sequences.length >= count) resolve();
      return Promise.resolve({ kind: 'answered', items: records.map(() => DELIVERED) });
    },
    taken: (count) =>
      new Promise((resolve) => {
        if (sink.sequences.length >= count) resolve();
        else waiters.push({ count, resolve });
      }),
  };
  return sink;
}

async function world(
  t: ExecutionContext,
  sinks: Sink[],
  maxSpoolBytes = 1e9,
  log: Log = quiet,
  clock: Clock = systemClock,
) {
  const folder = await makeDataDir(t);
  // The clock's timers keep no process alive; in a gateway the sockets do.
  const alive = setInterval(() => {}, 1000);
  t.teardown(() => clearInterval(alive));
  const paths = {
    spool: path.join(folder, 'spool'),
    delivery: path.join(folder, 'delivery'),
    deadLetters: path.join(folder, 'dead-letters.sqlite'),
  };
  mkdirSync(paths.spool);
  mkdirSync(paths.delivery);
  const metrics = new MetricRegistry();
  const newDelivery = (): Delivery =>
    new Delivery({
      paths,
      sinks,
      log,
      clock,
      random: () => 0.01,
      metrics,
      tracing: NO_TRACING,
      budgetBytes: 1e6,
      maxTries: 3,
      maxDeadLetterBytes: 1e6,
      maxSpoolBytes,
      isReleasing: true,
      makeGap: (_stream, facts) => gapOf(facts, 0),
      noteLoss: () => {},
    });
  const write = (segment: number, ...sequences: number[]): void =>
    writeFileSync(
      path.join(paths.spool, formatSegmentName({ run: 'r', thread: 0, segment })),
      Buffer.concat(sequences.map((one) => encodeFrame(recordOf(one)))),
    );
  return { paths, metrics, newDelivery, write, segments: () => readdirSync(paths.spool).length };
}

test('a dead sink holds nobody up, keeps its records on disk, and gets them when it is back', async (t) => {
  const [alive, dead] = [testSink('alive'), testSink('dead', true)];
  const { newDelivery, write, segments, metrics } = await world(t, [alive, dead]);
  write(1, 1, 2, 3, 4);
  write(2, 5, 6);
  const delivery = newDelivery();
  await delivery.start();
  await alive.taken(6);
  t.is(segments(), 2);
  const status = delivery.status().sinks.find(({ name }) => name === 'dead')!;
  t.true(status.pendingBytes > 0);
  const lag = metrics.collect().find(({ declaration }) => declaration === METRICS.sinkLag)!;
  t.true(lag.series.find(({ attributes }) => attributes['tapline.sink'] === 'dead')!.value > 0);
  dead.isDead = false;
  await dead.taken(6);
  const { left } = await delivery.stop(1000);
  t.is(left, 0);
  t.deepEqual(dead.sequences, [1, 2, 3, 4, 5, 6]);
  t.is(segments(), 0, 'what all have taken is deleted');
});

test('each sink goes on at its own place after a restart', async (t) => {
  const [alive, dead] = [testSink('alive'), testSink('dead', true)];
  const { newDelivery, write } = await world(t, [alive, dead]);
  write(1, 1, 2, 3);
  const first = newDelivery();
  await first.start();
  await alive.taken(3);
  const { left, bySink } = await first.stop(200);
  t.true(left > 0);
  t.is(bySink.get('alive'), 0);
  dead.isDead = false;
  write(2, 4);
  const second = newDelivery();
  await second.start();
  await dead.taken(4);
  await alive.taken(4);
  await second.stop(1000);
  t.deepEqual(alive.sequences, [1, 2, 3, 4]);
  t.deepEqual(dead.sequences, [1, 2, 3, 4]);
});

test('a spool that one dead sink fills gives up its oldest segments for that sink, by name', async (t) => {
  const [alive, dead] = [testSink('alive'), testSink('dead', true)];
  const bytes = encodeFrame(recordOf(1)).length * 3;
  const { newDelivery, write, paths, segments, metrics } = await world(t, [alive, dead], bytes * 3);
  for (let segment = 1; segment <= 5; segment++) {
    const first = (segment - 1) * 3 + 1;
    write(segment, first, first + 1, first + 2);
  }
  const delivery = newDelivery();
  await delivery.start();
  await alive.taken(15);
  await delivery.stop(200);
  t.is(segments(), 2);
  const letters = DeadLetters.open(paths.deadLetters, { maxBytes: 1 });
  t.deepEqual(letters.givenUp(), [
    { sink: 'dead', run: 'r', thread: 0, first: 1, last: 9, count: 9, reason: 'spool full' },
  ]);
  letters.close();
  const counted = metrics.collect().find(({ declaration }) => declaration === METRICS.sinkGivenUp)!;
  t.deepEqual(
    counted.series.map(({ attributes, value }) => [attributes['tapline.sink'], value]),
    [
      ['alive', 0],
      ['dead', 9],
    ],
  );
  dead.isDead = false;
  const again = newDelivery();
  await again.start();
  await dead.taken(6);
  await again.stop(1000);
  t.deepEqual(dead.sequences, [10, 11, 12, 13, 14, 15]);
});

test('what all have taken is deleted even where nothing can be given up', async (t) => {
  const [alive, slow] = [testSink('alive'), testSink('slow')];
  const bytes = encodeFrame(recordOf(1)).length * 3;
  const stuck: Sink = {
    ...slow,
    send: async (batch, signal) => {
      await alive.taken(9);
      slow.isDead = batch.records[0]!.sequence > 3;
      return slow.send(batch, signal);
    },
  };
  const { newDelivery, write, paths, segments } = await world(t, [alive, stuck], bytes);
  for (const segment of [1, 2, 3]) write(segment, segment * 3 - 2, segment * 3 - 1, segment * 3);
  // Nothing can be noted as given up.
  mkdirSync(paths.deadLetters);
  const delivery = newDelivery();
  await delivery.start();
  await alive.taken(9);
  await slow.taken(3);
  await delivery.stop(200);
  t.is(segments(), 2);
});

test('what is refused as a whole is halved down to single records first, before its other half', async (t) => {
  const sink = testSink('opposed');
  let requests = 0;
  const opposed: Sink = {
    ...sink,
    limits: { ...sink.limits, maxBatchRecords: 1000 },
    send: () => {
      requests++;
      return Promise.resolve({ kind: 'refused', type: 'http', reason: 'status 400', status: 400 });
    },
  };
  const { newDelivery, write } = await world(t, [opposed]);
  write(1, ...Array.from({ length: 128 }, (_, index) => index + 1));
  const delivery = newDelivery();
  await delivery.start();
  while (delivery.status().sinks[0]!.state !== 'paused')
    await new Promise((resolve) => setImmediate(resolve));
  await delivery.stop(0);
  t.true(requests < 30, `${requests} requests before it is known that it is not the records`);
});

test('what waits for a sink that is not configured any more is not let go without a word', async (t) => {
  const [alive, dead] = [testSink('alive'), testSink('dead', true)];
  const sinks: Sink[] = [alive, dead];
  const lines: string[] = [];
  const { newDelivery, write } = await world(t, sinks, 1e9, { write: (_, line) => void lines.push(line) });
  write(1, 1, 2, 3);
  const first = newDelivery();
  await first.start();
  await alive.taken(3);
  await first.stop(200);
  sinks.pop();
  const second = newDelivery();
  await second.start();
  await second.stop(200);
  t.true(
    lines.some((line) =>
      /^\[dead\] is not configured now, and [\d]+ bytes of the spool wait for it/.test(line),
    ),
    lines.join('\n'),
  );
});

test('an empty segment that a crash left is no reason to keep it', async (t) => {
  const sink = testSink('a');
  const { newDelivery, write, paths, segments } = await world(t, [sink]);
  writeFileSync(path.join(paths.spool, formatSegmentName({ run: 'q', thread: 0, segment: 1 })), '');
  write(1, 1, 2, 3);
  const delivery = newDelivery();
  await delivery.start();
  await sink.taken(3);
  await delivery.stop(1000);
  t.is(segments(), 0);
});

test('after its stop it looks for nothing any more', async (t) => {
  const clock = new VirtualClock();
  const { newDelivery } = await world(t, [testSink('a')], 1e9, quiet, clock);
  const delivery = newDelivery();
  await delivery.start();
  clock.advance(1000);
  // The look at the folder is under way.
  await delivery.stop(0);
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  t.is(clock.pending, 0);
});

test('where the book of a sink cannot be read, what is in the spool may have been stored before', async (t) => {
  const sink = testSink('a');
  const marks: (string | null)[] = [];
  const marking: Sink = {
    ...sink,
    send: (batch, signal) => {
      marks.push(batch.mayBeStoredSince);
      return sink.send(batch, signal);
    },
  };
  const { newDelivery, write, paths } = await world(t, [marking]);
  for (const text of ['{ broken', '{}']) {
    writeFileSync(path.join(paths.delivery, 'a.json'), text);
    write(1, 1, 2, 3);
    const delivery = newDelivery();
    await delivery.start();
    await delivery.stop(1000);
  }
  t.deepEqual(marks, ['', '']);
});

test('stop is safe before start and twice', async (t) => {
  const { newDelivery } = await world(t, [testSink('a')]);
  const delivery = newDelivery();
  await delivery.stop(0);
  await delivery.stop(0);
  t.pass();
});

test('a sink that keeps its own places and is not ready at first is asked for them when it is', async (t) => {
  const sink = testSink('own');
  const half = encodeFrame(recordOf(1)).length * 2;
  let isReady = false;
  const own: Sink = {
    ...sink,
    ownPlaces: { acknowledged: () => (isReady ? { segment: 1, offset: half } : null) },
    start: () => (isReady ? Promise.resolve() : Promise.reject(new Error('the disk is full'))),
  };
  const { newDelivery, write } = await world(t, [own]);
  write(1, 1, 2, 3, 4);
  const delivery = newDelivery();
  await delivery.start();
  t.true(delivery.status().sinks[0]!.pendingBytes > 0, 'somebody looks meanwhile');
  isReady = true;
  await sink.taken(2);
  await delivery.stop(1000);
  t.deepEqual(sink.sequences, [3, 4]);
});

test('a store that cannot be opened says so, and nobody who looks stumbles over it', async (t) => {
  const folder = await makeDataDir(t);
  const file = path.join(folder, 'store.sqlite');
  const newer = new DatabaseSync(file);
  newer.exec('PRAGMA user_version = 99');
  newer.close();
  const sink = new StoreSink({ file, log: quiet, maxBytes: 1e9, maxAgeMs: 1e9 });
  const { newDelivery, write } = await world(t, [sink]);
  write(1, 1, 2);
  const delivery = newDelivery();
  await delivery.start();
  const [status] = delivery.status().sinks;
  t.regex(status!.reason, /newer version/);
  t.true(status!.pendingBytes > 0);
  t.true((await delivery.stop(100)).left > 0);
});
