import { createHmac } from 'node:crypto';
import type { Clock } from '../core/ports.ts';
import { type EcsIdentity, exchangeDocument, gapDocument } from './as-ecs.ts';
import { BodyReader } from './body-reader.ts';
import type { ByteBudget } from './byte-budget.ts';
import { type ConnectionFacts, Exchange } from './exchange.ts';
import type { GapFacts, RecordDocument } from './record-document.ts';
import { RecordIds } from './record-id.ts';
import { SecretNames } from './redaction/secret-names.ts';

export interface RecorderOptions {
  /** Bytes kept of each body as received. */
  readonly maxBodyBytes: number;
  /** Bytes kept of each body once its content coding is removed. */
  readonly maxInflatedBytes: number;
  /** Names beside the built-in ones. */
  readonly redact: { readonly headers: readonly string[]; readonly keys: readonly string[] };
  /** Key of the hashes of bodies: a short secret cannot be guessed back from a hash without it. */
  readonly hmacKey: Buffer;
  readonly serviceName: string;
  readonly runId: string;
  readonly thread: number;
  readonly observerVersion: string;
  readonly hostName: string;
  /** Parts of the name of the data stream. */
  readonly dataset: string;
  readonly namespace: string;
}

export interface RecorderPorts {
  readonly clock: Clock;
  readonly randomBytes: (size: number) => Buffer;
  /** The next `event.sequence`. */
  readonly nextSequence: () => number;
  readonly budget: ByteBudget;
}

/** Makes the records of one run and data thread. */
export class Recorder {
  readonly #options: RecorderOptions;
  readonly #ports: RecorderPorts;
  readonly #ids: RecordIds;
  readonly #names: SecretNames;
  readonly #bodies: BodyReader;
  readonly #identity: EcsIdentity;

  constructor(options: RecorderOptions, ports: RecorderPorts) {
    this.#options = options;
    this.#ports = ports;
    this.#ids = new RecordIds(ports.randomBytes);
    this.#names = new SecretNames(options.redact);
    this.#bodies = new BodyReader({
      names: this.#names,
      maxBytes: options.maxInflatedBytes,
      hash: (bytes) => `hmac-sha256:${createHmac('sha256', options.hmacKey).update(bytes).digest('hex')}`,
    });
    this.#identity = {
      serviceName: options.serviceName,
      runId: options.runId,
      thread: options.thread,
      observerVersion: options.observerVersion,
      hostName: options.hostName,
      dataset: options.dataset,
      namespace: options.namespace,
    };
  }

  /** A request has begun. */
  exchange(connection: ConnectionFacts): Exchange {
    const { clock, budget } = this.#ports;
    return new Exchange(connection, clock, budget, this.#options.maxBodyBytes, (exchange) =>
      this.#write(exchange),
    );
  }

  /** The record that stands for records that were lost. Takes a sequence number of its own, unless one is given. */
  gap(facts: GapFacts, sequence = this.#ports.nextSequence()): RecordDocument {
    const timestampMs = this.#ports.clock.wallMs();
    const id = this.#ids.next(timestampMs);
    const document = gapDocument(facts, this.#identity, { id, sequence, timestampMs });
    return {
      bytes: Buffer.from(JSON.stringify(document)),
      id,
      sequence,
      timestampMs,
      kind: 'gap',
      sourceBytes: facts.sourceBytes,
      destinationBytes: facts.destinationBytes,
    };
  }

  #write(exchange: Exchange): RecordDocument {
    const timestampMs = exchange.startWallMs;
    const id = this.#ids.next(timestampMs);
    const sequence = this.#ports.nextSequence();
    const document = exchangeDocument(
      exchange,
      this.#identity,
      { id, sequence, timestampMs },
      this.#names,
      this.#bodies,
    );
    return {
      bytes: Buffer.from(JSON.stringify(document)),
      id,
      sequence,
      timestampMs,
      kind: 'exchange',
      sourceBytes: exchange.request.bytes,
      destinationBytes: exchange.response.bytes,
    };
  }
}
