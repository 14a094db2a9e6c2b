import type { Log } from '../../core/ports.ts';
import {
  type Batch,
  DUPLICATE,
  type ItemResult,
  type SendResult,
  type Sink,
  type SinkLimits,
  SinkNotReady,
} from '../sink.ts';
import { backingIndices, heldIds, NotAllowed, writeBlock } from './backing-indices.ts';
import { type BulkReading, readBulkAnswer } from './bulk-answer.ts';
import { bulkBody } from './bulk-body.ts';
import type { ElasticsearchClient } from './client.ts';
import { connect, type Connected } from './connect.ts';
import { ConnectionFault } from './connection-fault.ts';
import { Credentials } from './credentials.ts';
import { type BatchOptions, dataStreamName, type ElasticsearchOptions } from './options.ts';
import { CredentialsRefused } from './server.ts';
import { isSetUp, makeStream, setUp } from './set-up.ts';

const ANSWER_FIELDS = [
  'errors',
  ...['_id', '_index', 'status', 'failure_store', 'error'].map((field) => `items.*.${field}`),
];
/** A 401 right after the start of a server can mean that its security index is being made. */
const TRANSIENT_REFUSALS = 3;

export interface ElasticsearchSinkPorts {
  readonly log: Log;
  /** Wall clock, milliseconds since 1970. */
  readonly nowMs?: () => number;
}

/** Elasticsearch 8 and 9 and OpenSearch 3 as a sink: a data stream, fed by bulk requests. */
export function newElasticsearchSink(
  options: ElasticsearchOptions & BatchOptions,
  ports: ElasticsearchSinkPorts,
): Sink {
  return new ElasticsearchSink(options, ports);
}

/**
 * Sends records under their own ids, so that a second copy is refused (409) and counts as stored. Ids are unique in one backing index only;
 * where an earlier try may have stored records and the stream has rolled over since, the older indices are asked for the ids first.
 *
 * An index that is blocked for writing diverts records into the failure store where there is one (as if they were wrong); the sink looks for a
 * block after each diversion and waits then, so that it is one batch at most.
 *
 * What is left, and only `tapline verify --elasticsearch` finds: a request that a stalled server carries out after it was asked for the ids
 * and after it rolled over; records of an index that expired between two tries; and, for a document in the failure store, a second copy
 * there after an ambiguous try, since it has an id of its own in it.
 */
class ElasticsearchSink implements Sink {
  readonly name = 'elasticsearch';
  readonly limits: SinkLimits;
  readonly ownPlaces = null;
  readonly #options: ElasticsearchOptions;
  readonly #log: Log;
  readonly #nowMs: () => number;
  readonly #stream: string;
  #credentials: Credentials | null = null;
  #connected: Connected | null = null;
  /** The index that records were last seen to be written to. */
  #writeIndex = '';
  #refusals = 0;
  /** Records have gone to the failure store: of themselves, or because the index is blocked. */
  #mayBeBlocked = false;
  readonly #warned = new Set<string>();

  constructor(
    options: ElasticsearchOptions & BatchOptions,
    { log, nowMs = Date.now }: ElasticsearchSinkPorts,
  ) {
    this.#options = options;
    this.#log = log;
    this.#nowMs = nowMs;
    this.#stream = dataStreamName(options);
    this.limits = {
      maxBatchBytes: options.deliveryBatchBytes,
      maxBatchRecords: options.deliveryBatchCount,
      maxWaitMs: options.deliveryIntervalMs,
      maxConcurrency: options.deliveryConcurrency,
      timeoutMs: options.elasticsearchTimeoutMs,
    };
  }

  async start(signal: AbortSignal): Promise<void> {
    await this.stop();
    this.#credentials ??= new Credentials(this.#options);
    this.#warnOfPlainCredentials(this.#credentials);
    const connected = await this.#connect(this.#credentials, signal);
    try {
      if (this.#options.elasticsearchSetup === 'on') await this.#setUp(connected, signal);
      const stream = await this.#backingIndices(connected.client, signal);
      this.#writeIndex = stream?.names.at(-1) ?? '';
      if (stream === null && !connected.server.has.requireDataStream)
        await makeStream(connected, this.#stream, signal);
      signal.throwIfAborted();
    } catch (error) {
      await connected.client.close();
      throw notReady(error);
    }
    this.#connected = connected;
    this.#log.write('info', `[elasticsearch] delivering to ${this.#stream} of ${connected.server.name}`);
  }

  #warnOfPlainCredentials({ authorization }: Credentials): void {
    const plain = this.#options.elasticsearch.find(
      (url) =>
        url.startsWith('http:') && !/^(?:127(?:\.\d+){3}|localhost|\[::1\])$/.test(new URL(url).hostname),
    );
    if (authorization === null || plain === undefined || this.#warned.has(plain)) return;
    this.#warned.add(plain);
    this.#log.write(
      'warn',
      `[elasticsearch] credentials and records go to ${plain} in the clear: whoever is in between can read them; use https://`,
    );
  }

  async #connect(credentials: Credentials, signal: AbortSignal): Promise<Connected> {
    try {
      const connected = await connect(this.#options, credentials, signal);
      this.#refusals = 0;
      return connected;
    } catch (error) {
      if (!(error instanceof CredentialsRefused)) throw error;
      credentials.reload();
      throw new SinkNotReady(error.message, { isPermanent: ++this.#refusals > TRANSIENT_REFUSALS });
    }
  }

  async #setUp({ client, server }: Connected, signal: AbortSignal): Promise<void> {
    try {
      const steps = await setUp(client, server, this.#options, signal);
      for (const { what, outcome, note } of steps)
        if (outcome !== 'unchanged')
          this.#log.write(
            outcome === 'absent' && what === 'lifecycle' ? 'warn' : 'info',
            `[elasticsearch] ${what}: ${outcome}${note === '' ? '' : ` (${note})`}`,
          );
    } catch (error) {
      if (!(error instanceof NotAllowed)) throw error;
      // A gateway with few privileges cannot look; whoever may, has set up, or has not.
      if (!(await isSetUp(client, this.#options, signal)))
        throw new SinkNotReady(
          `${error.message}; run "tapline setup elasticsearch" once with an account that may, then start the gateway again`,
          { isPermanent: true },
        );
      this.#log.write(
        'info',
        `[elasticsearch] ${this.#stream} is there; our privileges do not suffice to check its templates (tapline setup elasticsearch does)`,
      );
    }
  }

  async send(batch: Batch, signal: AbortSignal): Promise<SendResult> {
    const { records } = batch;
    if (this.#connected === null) return retry('not connected', false);
    if (signal.aborted) return retry('stopped', false);
    const { client } = this.#connected;
    let hasBegun = batch.mayBeStoredSince !== null;
    try {
      const block = this.#mayBeBlocked ? await writeBlock(client, this.#writeIndex, signal) : null;
      this.#mayBeBlocked = block !== null;
      if (block !== null)
        return { kind: 'answered', items: records.map(() => ({ kind: 'blocked', reason: block })) };
      const before =
        batch.mayBeStoredSince === null
          ? null
          : await this.#heldBefore(client, batch, batch.mayBeStoredSince, signal);
      const toSend =
        before === null || before.held.size === 0
          ? records
          : records.filter(({ id }) => !before.held.has(id));
      if (toSend.length === 0) return { kind: 'answered', items: records.map(() => DUPLICATE) };
      const body = await bulkBody(toSend);
      if (signal.aborted) return retry('stopped', hasBegun);
      hasBegun = true;
      const reading = await this.#bulk(this.#connected, toSend, body, signal);
      if (before !== null) await this.#lookAgain(client, before.writeIndex, reading, signal);
      return reading.result.kind === 'answered' && before !== null
        ? { kind: 'answered', items: mergeItems(records, before.held, reading.result.items) }
        : reading.result;
    } catch (error) {
      if (error instanceof ConnectionFault)
        return retry(error.message, error.isAmbiguous || batch.mayBeStoredSince !== null);
      return retry((error as Error).message, hasBegun);
    }
  }

  async #bulk(
    { client, server }: Connected,
    records: Batch['records'],
    body: Buffer,
    signal: AbortSignal,
  ): Promise<BulkReading> {
    // The server gives up first, so that it is heard what became of each record.
    const timeout = `&timeout=${Math.ceil(this.limits.timeoutMs * 0.8)}ms`;
    const required = server.has.requireDataStream ? '&require_data_stream=true' : '';
    const answer = await client.request({
      method: 'POST',
      path: `/${this.#stream}/_bulk?filter_path=${ANSWER_FIELDS.join(',')}${timeout}${required}`,
      body,
      isGzipped: true,
      signal,
    });
    if (answer.status === 401 && this.#credentials!.reload())
      return {
        result: retry(
          'the credentials were refused; they have changed in their file and are tried now',
          false,
        ),
        createdIn: new Map(),
      };
    const reading = readBulkAnswer(answer, {
      records,
      stream: this.#stream,
      credentialAdvice: this.#credentials!.advice,
      nowMs: this.#nowMs(),
    });
    const { result } = reading;
    this.#mayBeBlocked = result.kind === 'answered' && result.items.some(({ kind }) => kind === 'diverted');
    for (const index of reading.createdIn.keys())
      if (isLater(index, this.#writeIndex)) this.#writeIndex = index;
    return reading;
  }

  /** Which records an earlier try has stored in an index that is not written to any more. */
  async #heldBefore(
    client: ElasticsearchClient,
    { records }: Batch,
    since: string,
    signal: AbortSignal,
  ): Promise<{ held: Set<string>; writeIndex: string }> {
    const nothing = { held: new Set<string>(), writeIndex: '' };
    const stream = await this.#backingIndices(client, signal);
    if (stream === null) return nothing;
    const writeIndex = stream.names.at(-1)!;
    this.#writeIndex = writeIndex;
    // An index that is gone, or that did not exist yet: all of them may have been written to since.
    const from = Math.max(0, stream.names.indexOf(since));
    const older = stream.names.slice(from, -1);
    if (older.length === 0) return { held: nothing.held, writeIndex };
    const ids = records.map(({ id }) => id);
    return { held: await this.#held(client, older, ids, signal), writeIndex };
  }

  /** The stream may have rolled over while the request was under way: then what an earlier try stored may be in the index before. */
  async #lookAgain(
    client: ElasticsearchClient,
    expected: string,
    { createdIn }: BulkReading,
    signal: AbortSignal,
  ): Promise<void> {
    if (expected === '') return;
    const elsewhere = [...createdIn].flatMap(([index, ids]) => (index === expected ? [] : ids));
    if (elsewhere.length === 0) return;
    try {
      const twice = await this.#held(client, [expected], elsewhere, signal);
      if (twice.size > 0)
        this.#log.write(
          'warn',
          `[elasticsearch] ${twice.size === 1 ? '1 record is' : `${twice.size} records are`} held twice: ${this.#stream} rolled over between two tries; "tapline verify --elasticsearch" names ${twice.size === 1 ? 'it' : 'them'}`,
        );
    } catch (error) {
      this.#log.write(
        'warn',
        `[elasticsearch] ${this.#stream} rolled over between two tries, and could not be asked for records that are held twice (${(error as Error).message}); "tapline verify --elasticsearch" finds them`,
      );
    }
  }

  async #held(
    client: ElasticsearchClient,
    indices: readonly string[],
    ids: readonly string[],
    signal: AbortSignal,
  ): Promise<Set<string>> {
    try {
      return await heldIds(client, indices, ids, signal);
    } catch (error) {
      if (!(error instanceof NotAllowed)) throw error;
      this.#warnOnce(`cannot look for records of earlier tries: ${error.message}`);
      return new Set();
    }
  }

  async #backingIndices(
    client: ElasticsearchClient,
    signal: AbortSignal,
  ): Promise<Awaited<ReturnType<typeof backingIndices>>> {
    try {
      return await backingIndices(client, this.#stream, signal);
    } catch (error) {
      if (!(error instanceof NotAllowed)) throw error;
      this.#warnOnce(`cannot see when ${this.#stream} rolls over: ${error.message}`);
      return null;
    }
  }

  #warnOnce(what: string): void {
    if (this.#warned.has(what)) return;
    this.#warned.add(what);
    this.#log.write(
      'warn',
      `[elasticsearch] ${what}; until then a record may be held twice where a try was cut off and the stream rolled over before the next`,
    );
  }

  epoch(): string {
    return this.#writeIndex;
  }

  async stop(): Promise<void> {
    const connected = this.#connected;
    this.#connected = null;
    await connected?.client.close();
  }
}

function retry(reason: string, isAmbiguous: boolean): SendResult {
  return { kind: 'retry', reason, retryAfterMs: null, isAmbiguous, isOverload: false };
}

/** One result per record, in their order: those that were not sent again are stored. */
function mergeItems(
  records: Batch['records'],
  held: ReadonlySet<string>,
  sent: readonly ItemResult[],
): ItemResult[] {
  let next = 0;
  return records.map(({ id }) => (held.has(id) ? DUPLICATE : sent[next++]!));
}

/** Names of backing indices end with a number that counts up. */
function isLater(index: string, than: string): boolean {
  const generation = (name: string): number => Number(/-(\d+)$/.exec(name)?.[1] ?? 0);
  return than === '' || generation(index) > generation(than);
}

function notReady(error: unknown): unknown {
  if (error instanceof SinkNotReady) return error;
  if (error instanceof ConnectionFault)
    return new SinkNotReady(error.message, { isPermanent: error.isPermanent });
  return error;
}
