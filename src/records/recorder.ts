import { createHmac } from 'node:crypto';
import { TrustedProxies } from '../codecs/forwarded/trusted-proxies.ts';
import type { Clock } from '../core/ports.ts';
import { RandomPool } from '../core/random-pool.ts';
import { type EcsIdentity, exchangeDocument, gapDocument, summaryDocument } from './as-ecs.ts';
import { BodyReader } from './body-reader.ts';
import type { ByteBudget } from './byte-budget.ts';
import type { CaptureRule } from './capture-rules/capture-rule.ts';
import { CaptureRules } from './capture-rules/capture-rules.ts';
import { LeftOut, type LeftOutFacts } from './capture-rules/left-out.ts';
import { type ConnectionFacts, Exchange } from './exchange.ts';
import type { ExchangeObserver } from './exchange-observer.ts';
import type { EcsDocument } from './ecs-document.ts';
import type { GapFacts, RecordDocument } from './record-document.ts';
import { encodeFacts, factsOf } from './record-facts.ts';
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
  /** Proxies in front, in CIDR notation: the client's address is taken from what they forward. */
  readonly trustedProxies?: readonly string[];
  /** What to keep of which exchanges; in order, the first that matches decides. */
  readonly captureRules?: readonly CaptureRule[];
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
  /** Null where nobody counts. */
  readonly observer?: ExchangeObserver | null;
}

/** Makes the records of one run and data thread. */
export class Recorder {
  readonly #options: RecorderOptions;
  readonly #ports: RecorderPorts;
  readonly #ids: RecordIds;
  readonly #names: SecretNames;
  readonly #bodies: BodyReader;
  readonly #identity: EcsIdentity;
  readonly #trusted: TrustedProxies;
  readonly #rules: CaptureRules | null;
  readonly #leftOut = new LeftOut();

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
    this.#trusted = new TrustedProxies(options.trustedProxies ?? []);
    const { captureRules = [] } = options;
    const random = new RandomPool(ports.randomBytes);
    this.#rules = captureRules.length === 0 ? null : new CaptureRules(captureRules, () => random.fraction());
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
    const { clock, budget, observer } = this.#ports;
    const { maxBodyBytes } = this.#options;
    const exchange = new Exchange(connection, clock, budget, maxBodyBytes, this.#rules, (finished) =>
      this.#write(finished),
    );
    observer?.begun(exchange);
    return exchange;
  }

  /** Bytes of bodies that open exchanges hold now. */
  get heldBytes(): number {
    return this.#ports.budget.usedBytes;
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

  /** Records that stand for the exchanges that rules left without one since the last call; none where there were none. */
  summaries(): RecordDocument[] {
    return this.#leftOut.take().map((facts) => this.#summary(facts));
  }

  #summary(facts: LeftOutFacts): RecordDocument {
    const timestampMs = this.#ports.clock.wallMs();
    const id = this.#ids.next(timestampMs);
    const sequence = this.#ports.nextSequence();
    const document = summaryDocument(facts, this.#identity, { id, sequence, timestampMs });
    return {
      bytes: Buffer.from(JSON.stringify(document)),
      id,
      sequence,
      timestampMs,
      kind: 'summary',
      sourceBytes: facts.sourceBytes,
      destinationBytes: facts.destinationBytes,
    };
  }

  #write(exchange: Exchange): RecordDocument | null {
    const { leftOutBy } = exchange;
    const { observer } = this.#ports;
    if (leftOutBy !== null) {
      const { rule, effect } = leftOutBy;
      observer?.leftOut(rule.name, effect);
      if (effect !== 'heads') {
        this.#leftOut.add(rule, exchange);
        observer?.finished(exchange, false);
        return null;
      }
    }
    const timestampMs = exchange.startWallMs;
    // A server that was given an id finds the record under it.
    const id = exchange.requestHeadOrNull?.injected?.recordId ?? this.#ids.next(timestampMs);
    const sequence = this.#ports.nextSequence();
    const document = exchangeDocument(
      exchange,
      this.#identity,
      { id, sequence, timestampMs },
      this.#names,
      this.#bodies,
      this.#trusted,
    );
    observer?.finished(exchange, true);
    return {
      bytes: Buffer.from(JSON.stringify(document)),
      id,
      sequence,
      timestampMs,
      kind: 'exchange',
      sourceBytes: exchange.request.bytes,
      destinationBytes: exchange.response.bytes,
      facts: encodeFacts(factsOf(document as EcsDocument)),
    };
  }
}
