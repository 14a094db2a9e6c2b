import test, { type ExecutionContext } from 'ava';
import * as fc from 'fast-check';
import { recordEndpoints } from '../../../../src/admin/api/records/record-endpoints.ts';
import type { Endpoint } from '../../../../src/admin/endpoint.ts';
import { askEndpoint, bodyOf } from '../../../support/ask-endpoint.ts';
import { recordFile } from '../../../support/record-file.ts';
import { gapOf, recordOf } from '../../../support/records.ts';

interface StreamEvent {
  readonly type: string;
  readonly id: number;
  readonly data: Record<string, unknown>;
}

/** A client of the stream: what it has read so far, and no more than it has asked for. */
class Client {
  readonly #endpoints: readonly Endpoint[];
  readonly #end = new AbortController();
  #pieces: AsyncIterator<Buffer> | null = null;
  /** What a browser would send when it connects anew. */
  lastId: string | null = null;

  constructor(t: Pick<ExecutionContext, 'teardown'>, endpoints: readonly Endpoint[]) {
    this.#endpoints = endpoints;
    t.teardown(() => this.close());
  }

  async open(target: string, lastId: string | null = null): Promise<this> {
    const headers: Record<string, string> = lastId === null ? {} : { 'last-event-id': lastId };
    const { body, status } = await askEndpoint(this.#endpoints, 'GET', target, {
      headers,
      signal: this.#end.signal,
    });
    if (status !== 200) throw new Error(`answered ${status}`);
    this.#pieces = (body as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
    // Its beginning: how long to wait, and where it is.
    await this.read();
    return this;
  }

  /** The events of the next piece. */
  async read(): Promise<StreamEvent[]> {
    const { value } = (await this.#pieces!.next()) as { value: Buffer };
    const events: StreamEvent[] = [];
    for (const block of value.toString().split('\n\n')) {
      const fields = Object.fromEntries(
        block
          .split('\n')
          .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
      );
      if (fields['id'] !== undefined) this.lastId = fields['id'];
      if (fields['data'] !== undefined)
        events.push({
          type: fields['event']!,
          id: Number(fields['id']),
          data: JSON.parse(fields['data']) as Record<string, unknown>,
        });
    }
    return events;
  }

  async close(): Promise<void> {
    this.#end.abort();
    await this.#pieces?.return?.();
  }
}

const many = (from: number, count: number): ReturnType<typeof recordOf>[] =>
  Array.from({ length: count }, (_, index) => recordOf(from + index));

test('new records come as they are stored; whoever comes back gets what follows the last one', async (t) => {
  const { reader, insert } = recordFile(t);
  const endpoints = recordEndpoints(reader);
  insert(many(1, 3));
  const client = await new Client(t, endpoints).open('/api/records/stream?view=rows');
  t.is(client.lastId, '3', 'known before the first record');
  const reading = client.read();
  insert(many(4, 2));
  const first = await reading;
  t.deepEqual(
    first.map(({ type, id, data }) => [type, id, data['row']]),
    [
      ['record', 4, 4],
      ['record', 5, 5],
    ],
  );
  await client.close();
  insert(many(6, 2));
  const again = await new Client(t, endpoints).open('/api/records/stream', client.lastId);
  t.deepEqual(
    (await again.read()).map(({ data }) => (data['event'] as { sequence: number }).sequence),
    [6, 7],
  );
  const after = await new Client(t, endpoints).open('/api/records/stream?after=2&view=rows&query=sequence>5');
  t.deepEqual(
    (await after.read()).map(({ id }) => id),
    [6, 7],
  );
  const elsewhere = await new Client(t, endpoints).open('/api/records/stream?after=99');
  t.is(elsewhere.lastId, '7', 'a row of another store counts for nothing');
});

test('a slow client is not buffered for, and hears what it has missed', async (t) => {
  const { reader, store, insert } = recordFile(t);
  const client = await new Client(t, recordEndpoints(reader)).open('/api/records/stream?view=rows');
  for (let from = 1; from <= 50; from += 10) insert(many(from, 10));
  while (store.expire({ maxBytes: 1e12, maxAgeMs: 20_000, nowMs: 50_000 }));
  const [expired, ...records] = await client.read();
  t.deepEqual(expired, { type: 'expired', id: 29, data: { count: 29, fromRow: 1, toRow: 29 } });
  t.deepEqual(
    records.map(({ id }) => id),
    Array.from({ length: 21 }, (_, index) => 30 + index),
  );
  insert(many(51, 5));
  while (store.expire({ maxBytes: 0, maxAgeMs: 1e12, nowMs: 50_000 }));
  t.deepEqual(await client.read(), [{ type: 'expired', id: 55, data: { count: 5, fromRow: 51, toRow: 55 } }]);
});

test('a sample counts what it leaves out, and never a gap', async (t) => {
  const { reader, insert } = recordFile(t);
  const client = await new Client(t, recordEndpoints(reader)).open('/api/records/stream?view=rows&sample=5');
  const gap = gapOf({ from: 1, to: 2, count: 2, reason: 'x', sourceBytes: 0, destinationBytes: 0 }, 31);
  insert([...many(1, 30), gap, ...many(32, 9)]);
  const events = await client.read();
  t.deepEqual(
    events.map(({ type, id, data }) => (type === 'skipped' ? data : id)),
    [1, 2, 3, 4, 5, { count: 25, fromRow: 6, toRow: 30 }, 31, { count: 9, fromRow: 32, toRow: 40 }],
  );
  t.is(client.lastId, '40');
});

test('line ends and other odd bytes of a document do not end an event', async (t) => {
  const { reader, insert } = recordFile(t);
  const client = await new Client(t, recordEndpoints(reader)).open('/api/records/stream');
  insert([{ ...recordOf(1), bytes: Buffer.from('{\n\n"event":\r\n\r\n"record\\n\\n"}') }]);
  t.deepEqual(await client.read(), [{ type: 'record', id: 1, data: { event: 'record\n\n' } }]);
});

test('so many streams and no more; one that is never read counts no longer than its client is there', async (t) => {
  const { reader } = recordFile(t);
  const endpoints = recordEndpoints(reader);
  const ends: AbortController[] = [];
  const open = async (): Promise<number> => {
    const end = new AbortController();
    ends.push(end);
    return (await askEndpoint(endpoints, 'GET', '/api/records/stream', { signal: end.signal })).status;
  };
  for (let count = 0; count < 32; count++) t.is(await open(), 200);
  const refused = await askEndpoint(endpoints, 'GET', '/api/records/stream');
  t.is(refused.status, 503);
  t.truthy(refused.headers!['Retry-After']);
  t.regex(await bodyOf(refused), /32 streams/);
  ends[3]!.abort();
  t.is(await open(), 200);
  t.is(await open(), 503);
});

test('however a client comes and goes, every record is sent or counted once', async (t) => {
  const step = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({ type: fc.constant('insert' as const), size: fc.integer({ min: 1, max: 60 }) }),
    },
    { weight: 1, arbitrary: fc.constant({ type: 'merge' as const }) },
    {
      weight: 1,
      arbitrary: fc.record({ type: fc.constant('expire' as const), kept: fc.integer({ min: 1, max: 100 }) }),
    },
    { weight: 3, arbitrary: fc.constant({ type: 'read' as const }) },
    { weight: 2, arbitrary: fc.constant({ type: 'reconnect' as const }) },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 5, maxLength: 25 }),
      fc.constantFrom('', '&sample=3', '&sample=40'),
      async (steps, sample) => {
        const ends: (() => unknown)[] = [];
        const own = { teardown: (end: unknown) => ends.push(end as () => unknown) };
        try {
          const { reader, store, insert } = recordFile(own as never);
          const endpoints = recordEndpoints(reader);
          const target = `/api/records/stream?view=rows${sample}`;
          let client = await new Client(own as never, endpoints).open(target);
          let stored = 0;
          let told = 0;
          const read = async (): Promise<void> => {
            for (const { type, id, data } of await client.read()) {
              const from = type === 'record' ? id : (data['fromRow'] as number);
              if (from !== told + 1) throw new Error(`${type} ${from} after ${told}`);
              if (type !== 'record' && data['count'] !== id - from + 1)
                throw new Error(`${type} counts wrong`);
              told = id;
            }
          };
          for (const one of steps)
            if (one.type === 'insert') {
              insert(many(stored + 1, one.size));
              stored += one.size;
            } else if (one.type === 'merge') store.merge();
            else if (one.type === 'expire')
              while (store.expire({ maxBytes: 1e12, maxAgeMs: one.kept * 1000, nowMs: stored * 1000 }));
            else if (one.type === 'read') {
              if (told < stored) await read();
            } else {
              await client.close();
              client = await new Client(own as never, endpoints).open(target, client.lastId);
            }
          while (told < stored) await read();
        } finally {
          for (const end of ends) await end();
        }
      },
    ),
    { numRuns: 15 },
  );
  t.pass();
});
