import { createHmac } from 'node:crypto';
import { TrustedProxies } from '../codecs/forwarded/trusted-proxies.ts';
import type { Clock } from '../core/ports.ts';
import { RandomPool } from '../core/random-pool.ts';
import { BodyReader } from './body-reader.ts';
import type { ByteBudget } from './byte-budget.ts';
import type { CaptureRule } from './capture-rules/capture-rule.ts';
import { CaptureRules } from './capture-rules/capture-rules.ts';
import { LeftOut, type LeftOutFacts } from './capture-rules/left-out.ts';
import { ExchangeText } from './ecs/exchange-text.ts';
import { gapDocument } from './ecs/gap-document.ts';
import type { EcsIdentity, RecordIdentity } from './ecs/identity.ts';
import { summaryDocument } from './ecs/summary-document.ts';
import { type ConnectionFacts, Exchange } from './exchange.ts';
import type { ExchangeObserver } from './exchange-observer.ts';
import type { GapFacts, RecordDocument } from './record-document.ts';
import { RecordIds } from './record-id.ts';
import { RecordSpace } from './record-space.ts';
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
  /** So many exchanges are under way that may each take a number. */
  readonly expectSequences?: (count: number) => void;
  readonly budget: ByteBudget;
  /** Null where nobody counts. */
  readonly observer?: ExchangeObserver | null;
  /** Where documents stand; without it they have no room before them and are not written over. */
  readonly space?: RecordSpace;
  /** Does something as soon as no peer's bytes wait for it; at once where it is not given. */
  readonly afterWrites?: (task: () => void) => void;
}

/** Makes the records of one run and data thread. */
export class Recorder {
  readonly #options: RecorderOptions;
  readonly #ports: RecorderPorts;
  readonly #ids: RecordIds;
  readonly #identity: EcsIdentity;
  readonly #exchangeText: ExchangeText;
  readonly #space: RecordSpace;
  readonly #rules: CaptureRules | null;
  readonly #leftOut = new LeftOut();
  #underWay = 0;

  constructor(options: RecorderOptions, ports: RecorderPorts) {
    this.#options = options;
    this.#ports = ports;
    this.#ids = new RecordIds(ports.randomBytes);
    this.#space = ports.space ?? new RecordSpace({ roomBefore: 0, isReused: false });
    const names = new SecretNames(options.redact);
    const bodies = new BodyReader({
      names,
      maxBytes: options.maxInflatedBytes,
      hash: (bytes) => `hmac-sha256:${createHmac('sha256', options.hmacKey).update(bytes).digest('hex')}`,
    });
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
    const trusted = new TrustedProxies(options.trustedProxies ?? []);
    this.#exchangeText = new ExchangeText(this.#identity, names, bodies, trusted);
  }

  /** A request has begun. */
  exchange(connection: ConnectionFacts): Exchange {
    const { clock, budget, observer } = this.#ports;
    const { maxBodyBytes } = this.#options;
    const exchange = new Exchange(connection, clock, budget, maxBodyBytes, this.#rules, this.#writeFinished);
    observer?.begun(exchange);
    this.#ports.expectSequences?.(++this.#underWay);
    return exchange;
  }

  /** Does `task` when nobody's bytes wait for it. */
  afterWrites(task: () => void): void {
    const { afterWrites } = this.#ports;
    if (afterWrites === undefined) task();
    else afterWrites(task);
  }

  /** Bytes of bodies that open exchanges hold now. */
  get heldBytes(): number {
    return this.#ports.budget.usedBytes;
  }

  /** The record that stands for records that were lost. Takes a sequence number of its own, unless one is given. */
  gap(facts: GapFacts, sequence = this.#ports.nextSequence()): RecordDocument {
    const identity = this.#identify(this.#ports.clock.wallMs(), sequence);
    const text = JSON.stringify(gapDocument(facts, this.#identity, identity));
    return this.#record('gap', text, identity, facts.sourceBytes, facts.destinationBytes);
  }

  /** Records that stand for the exchanges that rules left without one since the last call; none where there were none. */
  summaries(): RecordDocument[] {
    return this.#leftOut.take().map((facts) => this.#summary(facts));
  }

  #summary(facts: LeftOutFacts): RecordDocument {
    const identity = this.#identify(this.#ports.clock.wallMs(), this.#ports.nextSequence());
    const text = JSON.stringify(summaryDocument(facts, this.#identity, identity));
    return this.#record('summary', text, identity, facts.sourceBytes, facts.destinationBytes);
  }

  readonly #writeFinished = (exchange: Exchange): RecordDocument | null => {
    const { leftOutBy } = exchange;
    const { observer } = this.#ports;
    this.#underWay--;
    if (leftOutBy !== null) {
      const { rule, effect } = leftOutBy;
      observer?.leftOut(rule.name, effect);
      if (effect !== 'heads') {
        this.#leftOut.add(rule, exchange);
        observer?.finished(exchange, false);
        return null;
      }
    }
    const sequence = this.#ports.nextSequence();
    // A server that was given an id finds the record under it.
    const identity = this.#identify(
      exchange.startWallMs,
      sequence,
      exchange.requestHeadOrNull?.injected?.recordId,
    );
    const { document, facts } = this.#exchangeText.of(exchange, identity);
    observer?.finished(exchange, true);
    return this.#record(
      'exchange',
      document,
      identity,
      exchange.request.bytes,
      exchange.response.bytes,
      facts,
    );
  };

  #identify(timestampMs: number, sequence: number, id?: string | null): RecordIdentity {
    return { id: id ?? this.#ids.next(timestampMs), sequence, timestampMs };
  }

  #record(
    kind: RecordDocument['kind'],
    text: string,
    { id, sequence, timestampMs }: RecordIdentity,
    sourceBytes: number,
    destinationBytes: number,
    facts: string = '',
  ): RecordDocument {
    const { bytes, before, roomBefore } = this.#space.place(text, facts);
    return {
      bytes,
      roomBefore,
      facts: facts === '' ? undefined : before,
      id,
      sequence,
      timestampMs,
      kind,
      sourceBytes,
      destinationBytes,
    };
  }
}
