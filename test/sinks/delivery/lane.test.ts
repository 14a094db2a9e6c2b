import test from 'ava';
import fc from 'fast-check';
import type { RecordDocument } from '../../../src/records/record-document.ts';
import { DeadLetters } from '../../../src/sinks/delivery/dead-letters.ts';
import { newLaneMetrics } from '../../../src/sinks/delivery/lane-metrics.ts';
import { LaneReader } from '../../../src/sinks/delivery/lane-reader.ts';
import { Lane } from '../../../src/sinks/delivery/lane.ts';
import type { Book, BookEntry } from '../../../src/sinks/delivery/place-book.ts';
import type {
  SpoolSource,
  SpoolStream,
  Stretch,
  StretchBounds,
} from '../../../src/sinks/delivery/spool-source.ts';
import {
  type Batch,
  DELIVERED,
  DUPLICATE,
  type ItemResult,
  type Place,
  type SendResult,
  type Sink,
  SinkNotReady,
  type StreamKey,
} from '../../../src/sinks/sink.ts';
import { NO_TRACING } from '../../../src/telemetry/tracing.ts';
import { MetricRegistry } from '../../../src/telemetry/metric-registry.ts';
import { quiet, recordOf } from '../../support/records.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const STREAM: StreamKey = { run: 'r', thread: 0 };
const PER_SEGMENT = 7;
const MAX_IN_FLIGHT = 3;
const BUDGET = 6000;

/** A spool in memory: a record is one byte of "file", so that places are easy to read. */
class MemorySpool implements SpoolSource {
  readonly records: RecordDocument[] = [];
  isOpen = true;
  /** Stretches whose memory was given back. */
  released = 0;

  streams(): Promise<readonly SpoolStream[]> {
    const segments: { segment: number; size: number }[] = [];
    for (let at = 0; at < this.records.length; at += PER_SEGMENT)
      segments.push({ segment: at / PER_SEGMENT + 1, size: Math.min(PER_SEGMENT, this.records.length - at) });
    return Promise.resolve([{ ...STREAM, isOpen: this.isOpen, segments }]);
  }

  read(
    stream: SpoolStream,
    from: Place,
    bounds: StretchBounds,
    lastSequence: number | null,
  ): Promise<Stretch | null> {
    const found = stream.segments.find(({ segment }) => segment >= from.segment);
    if (found === undefined) return Promise.resolve(null);
    const start = found.segment === from.segment ? from.offset : 0;
    if (start >= found.size)
      return this.read(stream, { segment: found.segment + 1, offset: 0 }, bounds, lastSequence);
    let end = start;
    let bytes = 0;
    const limit = bounds.until?.segment === found.segment ? bounds.until.offset : found.size;
    while (end < limit && end - start < bounds.maxRecords) {
      const size = this.#at(found.segment, end).bytes.length;
      if (end > start && bytes + size > bounds.maxBytes) break;
      bytes += size;
      end++;
    }
    const place = { segment: found.segment, offset: start };
    return this.reread(stream, { from: place, to: { segment: found.segment, offset: end }, lastSequence });
  }

  reread(
    _stream: StreamKey,
    { from, to, lastSequence }: Pick<Stretch, 'from' | 'to' | 'lastSequence'>,
  ): Promise<Stretch> {
    const records: RecordDocument[] = [];
    for (let offset = from.offset; offset < to.offset; offset++) {
      const record = this.#at(from.segment, offset);
      records.push({ ...record, bytes: Buffer.from(record.bytes) });
    }
    const bytes = records.reduce((sum, record) => sum + record.bytes.length, 0);
    // Whoever reads them after that reads nonsense.
    const release = (): void => {
      this.released++;
      for (const record of records) record.bytes.fill(0);
    };
    return Promise.resolve({ records, bytes, from, to, lastSequence, release });
  }

  remove(): Promise<void> {
    return Promise.resolve();
  }

  #at(segment: number, offset: number): RecordDocument {
    return this.records[(segment - 1) * PER_SEGMENT + offset]!;
  }
}

/** A book whose disk a crash can be played with: what was set and not saved is lost. */
class MemoryBook implements Book {
  live = new Map<string, BookEntry>();
  disk = new Map<string, BookEntry>();
  entry({ run, thread }: StreamKey): BookEntry | null {
    return this.live.get(`${run}.${thread}`) ?? null;
  }
  set(entry: BookEntry): void {
    this.live.set(`${entry.run}.${entry.thread}`, structuredClone(entry));
  }
  keepOnly(): void {}
  save(): Promise<void> {
    this.disk = new Map(this.live);
    return Promise.resolve();
  }
  afterCrash(): MemoryBook {
    const book = new MemoryBook();
    book.live = new Map(this.disk);
    book.disk = new Map(this.disk);
    return book;
  }
}

/** What the server does with a request; what it may do wrong included. */
type Behaviour =
  | { kind: 'take' }
  | { kind: 'items'; pattern: readonly ('take' | 'later' | 'fault' | 'blocked')[] }
  | { kind: 'overload'; retryAfterMs: number | null }
  | { kind: 'broken'; isStored: boolean }
  | { kind: 'throws'; isStored: boolean }
  | { kind: 'short'; isStored: boolean }
  | { kind: 'hangs'; isStored: boolean; isDeaf: boolean }
  | { kind: 'bad-request' }
  | { kind: 'unauthorized' };

/** A sink that holds each id once, as Elasticsearch does, and never takes what is poisonous or too large. */
class Server {
  readonly held = new Map<string, number>();
  script: Behaviour[] = [];
  maxBytes = 3000;
  inFlight = 0;
  mostInFlight = 0;
  mostBytes = 0;
  bytesInFlight = 0;
  readonly faults: string[] = [];
  startFailures = 0;

  sink(): Sink {
    return {
      name: 'server',
      limits: {
        maxBatchBytes: 2000,
        maxBatchRecords: 5,
        maxWaitMs: 1000,
        maxConcurrency: MAX_IN_FLIGHT,
        timeoutMs: 5000,
      },
      ownPlaces: null,
      start: () =>
        this.startFailures-- > 0
          ? Promise.reject(new SinkNotReady('not yet', { isPermanent: this.startFailures % 2 === 0 }))
          : Promise.resolve(),
      epoch: () => 'one',
      stop: () => Promise.resolve(),
      send: async (batch, signal) => {
        this.inFlight++;
        this.bytesInFlight += batch.bytes;
        this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
        this.mostBytes = Math.max(this.mostBytes, this.bytesInFlight);
        try {
          await new Promise((resolve) => setImmediate(resolve));
          return await this.#answer(batch, signal);
        } finally {
          this.inFlight--;
          this.bytesInFlight -= batch.bytes;
        }
      },
    };
  }

  async #answer(batch: Batch, signal: AbortSignal): Promise<SendResult> {
    const behaviour = this.script.shift() ?? { kind: 'take' };
    const retry = (isAmbiguous: boolean, retryAfterMs: number | null = null): SendResult => ({
      kind: 'retry',
      reason: behaviour.kind,
      retryAfterMs,
      isAmbiguous,
      isOverload: behaviour.kind === 'overload',
    });
    if (batch.bytes > this.maxBytes) return { kind: 'too-large', reason: 'too large' };
    const isPoisoned = batch.records.some(isPoison);
    if (batch.mayBeStoredSince === null)
      for (const { id } of batch.records)
        if (this.held.has(id)) this.faults.push(`${id} is sent again without the mark that it may be there`);
    switch (behaviour.kind) {
      case 'take':
        return { kind: 'answered', items: batch.records.map((record) => this.#take(record)) };
      case 'items':
        return {
          kind: 'answered',
          items: batch.records.map((record, index): ItemResult => {
            const what = behaviour.pattern[index % behaviour.pattern.length]!;
            if (what === 'take') return this.#take(record);
            if (what === 'blocked') return { kind: 'blocked', reason: 'read-only' };
            return { kind: 'retry', reason: what, isLimited: what === 'fault' };
          }),
        };
      case 'overload':
        return retry(false, behaviour.retryAfterMs);
      case 'broken':
        if (behaviour.isStored) for (const record of batch.records) this.#take(record);
        return retry(true);
      case 'throws':
        if (behaviour.isStored) for (const record of batch.records) this.#take(record);
        throw new Error('a fault of the sink');
      case 'short': {
        const items = batch.records.map((record) => (behaviour.isStored ? this.#take(record) : DELIVERED));
        return { kind: 'answered', items: items.slice(1) };
      }
      case 'hangs': {
        if (behaviour.isStored) for (const record of batch.records) this.#take(record);
        // The lane gives it up by itself; it can only be counted as under way until then.
        if (behaviour.isDeaf) {
          this.inFlight--;
          this.bytesInFlight -= batch.bytes;
        }
        await new Promise<void>((resolve) => {
          if (!behaviour.isDeaf) signal.addEventListener('abort', () => resolve());
        });
        return retry(true);
      }
      case 'bad-request':
        return isPoisoned
          ? { kind: 'refused', type: 'bad', reason: 'bad', status: 400 }
          : { kind: 'answered', items: batch.records.map((record) => this.#take(record)) };
      case 'unauthorized':
        return { kind: 'paused', reason: 'give a key' };
    }
  }

  #take(record: RecordDocument): ItemResult {
    if (isPoison(record)) return { kind: 'refused', type: 'mapping', reason: 'no', status: 400 };
    const copies = this.held.get(record.id) ?? 0;
    if (copies > 0) return DUPLICATE;
    this.held.set(record.id, 1);
    return DELIVERED;
  }
}

const isPoison = ({ sequence }: RecordDocument): boolean => sequence % 11 === 0;
/** Larger than the server takes, until its body is cut. */
const isLarge = (sequence: number): boolean => sequence % 13 === 0;

class World {
  readonly clock = new VirtualClock();
  readonly spool = new MemorySpool();
  readonly server = new Server();
  readonly letters = DeadLetters.open(':memory:', { maxBytes: 1e9 });
  readonly registry = new MetricRegistry();
  readonly #random: () => number;
  book = new MemoryBook();
  lane: Lane;

  constructor(random: () => number) {
    this.#random = random;
    this.lane = this.newLane();
  }

  newLane(): Lane {
    const sink = this.server.sink();
    const { clock, spool, book, letters } = this;
    const reader = new LaneReader({ sink, source: spool, book, clock });
    return new Lane({
      sink,
      reader,
      source: spool,
      letters: () => letters,
      lettersIfAny: () => letters,
      metrics: newLaneMetrics(this.registry, sink.name),
      tracing: NO_TRACING,
      clock,
      random: this.#random,
      log: quiet,
      budgetBytes: BUDGET,
      maxTries: 4,
      onProgress: () => void book.save(),
    });
  }

  async append(count: number): Promise<void> {
    for (let index = 0; index < count; index++) {
      const sequence = this.spool.records.length + 1;
      const content = 'x'.repeat(isLarge(sequence) ? 40_000 : 10);
      this.spool.records.push(recordOf(sequence, { http: { response: { body: { content } } } }));
    }
    this.lane.wake();
    await this.settle();
  }

  /** Lets everything happen that needs no time. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 25; turn++) await new Promise((resolve) => setImmediate(resolve));
  }

  async advance(ms: number): Promise<void> {
    this.clock.advance(ms);
    await this.settle();
  }

  /** The process dies: what is under way is lost, or not. A new one begins with what is on disk. */
  async crash(): Promise<void> {
    const dead = this.lane;
    // What a dead process would have done later must not happen.
    void dead.stop(0);
    await this.settle();
    this.book = this.book.afterCrash();
    this.server.inFlight = 0;
    this.server.bytesInFlight = 0;
    this.lane = this.newLane();
    await this.lane.start();
    await this.settle();
  }

  /** Everybody behaves from now on, and time goes on until nothing is left. */
  async recover(): Promise<void> {
    this.server.script = [];
    this.server.startFailures = 0;
    for (let step = 0; step < 3000; step++) {
      const { acknowledged } = this;
      if (acknowledged === this.spool.records.length && this.lane.isIdle) return;
      await this.advance(2000);
    }
    throw new Error(
      `not through: ${JSON.stringify(this.lane.status)}, acknowledged ${this.acknowledged} of ${this.spool.records.length}`,
    );
  }

  get acknowledged(): number {
    const at = this.lane.reader.acknowledged(STREAM);
    return at === null ? 0 : (at.segment - 1) * PER_SEGMENT + at.offset;
  }
}

const behaviour: fc.Arbitrary<Behaviour> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Behaviour>({ kind: 'take' }) },
  fc.record({
    kind: fc.constant('items' as const),
    pattern: fc.array(fc.constantFrom('take', 'later', 'fault', 'blocked'), { minLength: 1, maxLength: 5 }),
  }),
  fc.record({
    kind: fc.constant('overload' as const),
    retryAfterMs: fc.option(fc.integer({ min: 1, max: 10_000 })),
  }),
  fc.record({ kind: fc.constantFrom('broken', 'throws', 'short'), isStored: fc.boolean() }),
  fc.record({ kind: fc.constant('hangs' as const), isStored: fc.boolean(), isDeaf: fc.boolean() }),
  fc.constant<Behaviour>({ kind: 'bad-request' }),
  fc.constant<Behaviour>({ kind: 'unauthorized' }),
);

type Step =
  | { do: 'append'; count: number }
  | { do: 'behave'; script: Behaviour[] }
  | { do: 'advance'; ms: number }
  | { do: 'crash' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('append' as const), count: fc.integer({ min: 1, max: 20 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('behave' as const),
      script: fc.array(behaviour, { minLength: 1, maxLength: 8 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.integer({ min: 1, max: 20_000 }) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('crash' as const) }) },
);

test('whatever the sink does, and wherever the gateway dies, every record has exactly one end', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 25 }),
      fc.integer({ min: 0, max: 4 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      async (steps, startFailures, random) => {
        const world = new World(() => random);
        world.server.startFailures = startFailures;
        await world.lane.start();
        for (const one of steps) {
          if (one.do === 'append') await world.append(one.count);
          else if (one.do === 'behave') world.server.script.push(...one.script);
          else if (one.do === 'advance') await world.advance(one.ms);
          else await world.crash();
        }
        await world.recover();
        const { server, spool, letters } = world;
        const dead = new Map([...letters.list()].map((letter) => [letter.sequence, letter]));
        for (const record of spool.records) {
          const copies = server.held.get(record.id) ?? 0;
          const letter = dead.get(record.sequence);
          // A record that was stored by a try whose answer was lost may also have used up its tries: both is told, nothing is lost.
          if (copies + (letter === undefined ? 0 : 1) < 1)
            throw new Error(`record ${record.sequence} is nowhere`);
          if (copies > 1) throw new Error(`record ${record.sequence} is held ${copies} times`);
          if (isPoison(record) !== (copies === 0 && letter !== undefined) && letter?.type !== 'tries-used-up')
            throw new Error(`record ${record.sequence}: ${copies} copies, letter ${JSON.stringify(letter)}`);
        }
        if (server.faults.length > 0) throw new Error(server.faults[0]);
        if (server.mostInFlight > MAX_IN_FLIGHT) throw new Error(`${server.mostInFlight} under way`);
        // One batch always may be: a single record can be larger than the budget.
        if (server.mostInFlight > 1 && server.mostBytes > BUDGET + 42_000)
          throw new Error(`${server.mostBytes} bytes under way`);
        await world.lane.stop(0);
        world.letters.close();
      },
    ),
    { numRuns: 600, includeErrorInReport: true },
  );
  t.pass();
});

test('a healthy sink gets full batches at once, and the rest when it is old enough', async (t) => {
  const world = new World(() => 0.5);
  await world.lane.start();
  await world.append(3);
  t.is(world.server.held.size, 0, 'three records are no batch yet');
  await world.advance(1000);
  t.is(world.server.held.size, 3);
  await world.lane.stop(0);
});

test('the memory of records is used again once the sink has answered for them, and not where a try may still go on', async (t) => {
  const world = new World(() => 0.5);
  await world.lane.start();
  world.server.script = [
    { kind: 'broken', isStored: true },
    { kind: 'hangs', isStored: false, isDeaf: true },
  ];
  await world.append(5);
  await world.advance(1000);
  t.is(world.server.script.length, 1, 'the first try is over');
  t.is(world.spool.released, 0);
  await world.advance(30_000);
  t.is(world.server.script.length, 0, 'and the second');
  t.is(world.spool.released, 0);
  await world.recover();
  t.is(world.spool.released, 1);
});

test('concurrency grows with success and falls to one at a failure', async (t) => {
  const world = new World(() => 0.5);
  await world.lane.start();
  await world.append(200);
  await world.recover();
  t.is(world.server.mostInFlight, MAX_IN_FLIGHT);
  world.server.mostInFlight = 0;
  world.server.script = Array.from({ length: 4 }, () => ({ kind: 'broken' as const, isStored: false }));
  await world.append(5);
  for (let turn = 0; turn < 10; turn++) await world.advance(1000);
  t.is(world.server.mostInFlight, 1);
});

test('Retry-After is honoured, and a mistaken one does not stop delivery for days', async (t) => {
  const world = new World(() => 0);
  await world.lane.start();
  world.server.script = [{ kind: 'overload', retryAfterMs: 7000 }];
  await world.append(5);
  await world.advance(1000);
  t.is(world.lane.status.state, 'backing-off');
  await world.advance(6500);
  t.is(world.server.held.size, 0);
  await world.advance(1000);
  t.is(world.server.held.size, 5);
  world.server.script = [{ kind: 'overload', retryAfterMs: 86_400_000 }];
  await world.append(5);
  await world.advance(1000);
  await world.advance(600_001);
  t.is(world.server.held.size, 10);
});

test('a request refused as a whole is halved until the record to blame stands alone', async (t) => {
  const world = new World(() => 0.5);
  await world.lane.start();
  world.server.script = Array.from({ length: 40 }, () => ({ kind: 'bad-request' as const }));
  await world.append(14);
  for (let turn = 0; turn < 5; turn++) await world.advance(1000);
  await world.recover();
  t.deepEqual(
    [...world.letters.list()].map(({ sequence, type }) => `${sequence} ${type}`),
    ['11 bad'],
  );
  t.is(world.server.held.size, 13);
});

test('a server that refuses every request pauses the lane instead of burying everything', async (t) => {
  const world = new World(() => 0.5);
  const { server } = world;
  const sink = server.sink();
  let isOpposed = true;
  const opposed: Sink = {
    ...sink,
    send: (batch, signal) =>
      isOpposed
        ? Promise.resolve({ kind: 'refused', type: 'http', reason: 'status 400', status: 400 })
        : sink.send(batch, signal),
  };
  server.sink = () => opposed;
  world.lane = world.newLane();
  await world.lane.start();
  await world.append(60);
  for (let turn = 0; turn < 30; turn++) await world.advance(2000);
  t.is(world.lane.status.state, 'paused');
  t.regex(world.lane.status.reason, /every request is refused: status 400/);
  t.true([...world.letters.list()].length <= 5);
  isOpposed = false;
  await world.recover();
  t.is(server.held.size + [...world.letters.list()].length, 60);
});

test('a single record that is too large is delivered with its bodies cut and marked', async (t) => {
  const world = new World(() => 0.5);
  const seen: Batch[] = [];
  const sink = world.server.sink();
  world.server.sink = () => ({
    ...sink,
    send: (batch, signal) => {
      seen.push(batch);
      return sink.send(batch, signal);
    },
  });
  world.lane = world.newLane();
  await world.lane.start();
  await world.append(13);
  await world.recover();
  const large = seen.flatMap(({ records }) => records).filter(({ sequence }) => sequence === 13);
  const last = JSON.parse(large.at(-1)!.bytes.toString()) as {
    http: { response: { body: { content: string } } };
    tapline: { response: { body: object } };
  };
  t.is(last.http.response.body.content, '');
  t.like(last.tapline.response.body, { truncated: true, cut_for_sink: true });
  t.is(world.server.held.size, 12);
});

test('dead letters that are queued again are sent, and gone when they are taken', async (t) => {
  const world = new World(() => 0.5);
  await world.lane.start();
  await world.append(12);
  await world.recover();
  t.deepEqual(
    [...world.letters.list()].map(({ sequence }) => sequence),
    [11],
  );
  // Refused once more: it stays, and is not sent again by itself.
  t.is(world.letters.requeue({}), 1);
  world.lane.noteLetters();
  await world.advance(1000);
  const [still] = [...world.letters.list()];
  t.like(still, { sequence: 11, isRequeued: false, tries: 2 });
  const sink = world.server.sink();
  const kind = await world.lane.stop(0);
  t.is(kind, undefined);
  const marks: (string | null)[] = [];
  world.server.sink = () => ({
    ...sink,
    send: (batch) => {
      marks.push(batch.mayBeStoredSince);
      return Promise.resolve({ kind: 'answered', items: batch.records.map(() => DELIVERED) });
    },
  });
  t.is(world.letters.requeue({ sink: 'server' }), 1);
  world.lane = world.newLane();
  await world.lane.start();
  await world.advance(1000);
  t.deepEqual([...world.letters.list()], []);
  t.deepEqual(marks, [''], 'a gateway that died before it could forget the letter may have sent it');
});

test('a stop delivers what is left; with a dead sink it ends after one try and leaves the rest', async (t) => {
  const world = new World(() => 0.5);
  await world.lane.start();
  await world.append(3);
  const stopping = world.lane.stop(5000);
  await stopping;
  t.is(world.server.held.size, 3, 'the batch was not full, and was sent all the same');

  const other = new World(() => 0.5);
  await other.lane.start();
  other.server.script = Array.from({ length: 20 }, () => ({ kind: 'broken' as const, isStored: false }));
  await other.append(5);
  await other.advance(1000);
  t.is(other.lane.status.state, 'backing-off');
  const stopped = other.lane.stop(60_000);
  await other.settle();
  await stopped;
  t.is(other.server.script.length, 18, 'one try before, one at the stop');
  t.is(other.acknowledged, 0);
});

test('a stop that comes while the lane looks for work looks once more', async (t) => {
  const world = new World(() => 0.5);
  const held = Promise.withResolvers<void>();
  let isHeld = false;
  const streams = world.spool.streams.bind(world.spool);
  world.spool.streams = async () => {
    const seen = await streams();
    if (isHeld) await held.promise;
    return seen;
  };
  await world.lane.start();
  isHeld = true;
  world.lane.wake();
  await world.settle();
  world.spool.records.push(recordOf(1));
  const stopping = world.lane.stop(5000);
  isHeld = false;
  held.resolve();
  await stopping;
  t.is(world.server.held.size, 1);
});

test('a sink that does not answer is asked with little, and gets the rest when it does', async (t) => {
  const world = new World(() => 0.5);
  const { server } = world;
  server.maxBytes = 1e9;
  const sizes: number[] = [];
  const sink = server.sink();
  server.sink = () => ({
    ...sink,
    limits: { ...sink.limits, maxBatchBytes: 1e6, maxBatchRecords: 100 },
    send: (batch, signal) => {
      sizes.push(batch.bytes);
      return sink.send(batch, signal);
    },
  });
  world.lane = world.newLane();
  await world.lane.start();
  server.script = Array.from({ length: 6 }, () => ({ kind: 'broken' as const, isStored: true }));
  for (let sequence = 1; sequence <= 7; sequence++)
    world.spool.records.push(
      recordOf(sequence, { http: { response: { body: { content: 'x'.repeat(20_000) } } } }),
    );
  world.lane.wake();
  for (let turn = 0; turn < 12; turn++) await world.advance(5000);
  t.true(sizes[0]! > 130_000, 'all of it at first');
  t.is(new Set(sizes.slice(1, 6)).size, 1, 'the same little every time');
  t.true(sizes[1]! <= 65_536, `${sizes[1]}`);
  await world.recover();
  t.is(server.held.size, 7);
  t.deepEqual(server.faults, []);
  t.true(sizes.length <= 10, sizes.join());
});

test('a lane whose sink takes its time to start, or to answer a probe, does not look again and again', async (t) => {
  const world = new World(() => 0.5);
  const { server, clock } = world;
  const started = Promise.withResolvers<void>();
  const sink = server.sink();
  server.sink = () => ({ ...sink, start: () => started.promise });
  world.lane = world.newLane();
  const starting = world.lane.start();
  await world.append(5);
  t.is(clock.pending, 0, 'its start wakes the lane');
  started.resolve();
  await starting;
  await world.append(100);
  await world.recover();
  server.script = [
    ...Array.from({ length: MAX_IN_FLIGHT }, () => ({ kind: 'unauthorized' as const })),
    { kind: 'hangs', isStored: false, isDeaf: true },
  ];
  await world.append(20);
  await world.advance(1000);
  t.is(world.lane.status.state, 'paused');
  while (server.script.length > 0) await world.advance(1000);
  await world.advance(100);
  t.is(clock.pending, 1, 'the probe has a timeout, and its end wakes the lane');
});

test('what is given up while it is read is not sent, and places never go back', async (t) => {
  const world = new World(() => 0.5);
  const { spool, server } = world;
  const held = Promise.withResolvers<void>();
  const read = spool.read.bind(spool);
  spool.read = async (...asked) => {
    const stretch = await read(...asked);
    await held.promise;
    return stretch;
  };
  await world.lane.start();
  await world.append(PER_SEGMENT + 3);
  await world.advance(1000);
  world.lane.skipTo(STREAM, { segment: 2, offset: 0 });
  held.resolve();
  await world.recover();
  t.deepEqual(
    [...server.held.keys()],
    [8, 9, 10].map((sequence) => recordOf(sequence).id),
  );
});

test('records whose file was deleted while they waited are named as lost, once that can be noted', async (t) => {
  const world = new World(() => 0.5);
  const { spool, letters, server } = world;
  const giveUp = letters.giveUp.bind(letters);
  let isFull = true;
  letters.giveUp = (...what) => {
    if (isFull) throw new Error('database or disk is full');
    giveUp(...what);
  };
  const reread = spool.reread.bind(spool);
  await world.lane.start();
  server.script = [{ kind: 'items', pattern: ['take', 'take', 'take', 'later', 'later'] }];
  await world.append(7);
  await world.advance(1000);
  spool.reread = () => Promise.reject(Object.assign(new Error('no such file'), { code: 'ENOENT' }));
  await world.advance(60_000);
  t.deepEqual(letters.givenUp(), []);
  t.is(world.acknowledged, 0, 'it is not forgotten');
  isFull = false;
  await world.advance(60_000);
  t.deepEqual(letters.givenUp(), [
    { sink: 'server', ...STREAM, first: 1, last: 5, count: 2, reason: 'spool file deleted' },
  ]);
  spool.reread = reread;
  await world.recover();
});

test('records that a sink rejects without saying which are given up by number', async (t) => {
  const world = new World(() => 0.5);
  const sink = world.server.sink();
  world.server.sink = () => ({
    ...sink,
    send: ({ records }) =>
      Promise.resolve({ kind: 'answered', items: records.map(() => DELIVERED), rejected: 2 }),
  });
  world.lane = world.newLane();
  await world.lane.start();
  await world.append(5);
  await world.advance(1000);
  t.deepEqual(world.letters.givenUp(), [
    {
      sink: 'server',
      ...STREAM,
      first: 1,
      last: 5,
      count: 2,
      reason: 'rejected by the receiver, which does not say which',
    },
  ]);
});
