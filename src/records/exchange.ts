import type { GatewayAnswer } from '../codecs/http1/gateway-answer.ts';
import type { RequestHead, ResponseHead } from '../codecs/http1/head.ts';
import type { Clock } from '../core/ports.ts';
import { BodyCapture } from './body-capture.ts';
import type { ByteBudget } from './byte-budget.ts';
import type { CaptureEffect, CaptureRule } from './capture-rules/capture-rule.ts';
import type { CaptureRules, RuleDecision } from './capture-rules/capture-rules.ts';
import type { RecordDocument } from './record-document.ts';

/** What is known of a connection when it opens. */
export interface ConnectionFacts {
  readonly id: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string;
  readonly localPort: number;
  readonly tls: object | null;
  /** `host:port` of the upstream; empty where a script decides. */
  readonly upstream: string;
  readonly scheme: 'http' | 'https';
}

/** A request that was not forwarded. */
export interface RefusalFacts {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** The bytes that stand where its head should be. */
  readonly rawHead: Buffer;
}

/** One half of an exchange, as far as it has come. */
export interface Half {
  /** All bytes of it: head, framing, body, tunnel. */
  bytes: number;
  readonly body: BodyCapture;
  isEnded: boolean;
}

/** One request and its answer while they stream by: heads by reference, bodies up to the cap, numbers for the rest. */
export class Exchange {
  readonly connection: ConnectionFacts;
  readonly startWallMs: number;
  /** Monotonic, as are the other times in ms without `wall` in their name. */
  readonly startMs: number;
  readonly request: Half;
  readonly response: Half;
  readonly interimStatuses: number[] = [];
  requestHeadOrNull: RequestHead | null = null;
  responseHeadOrNull: ResponseHead | GatewayAnswer | null = null;
  refusal: RefusalFacts | null = null;
  error: { readonly type: string; readonly message: string } | null = null;
  isTunnel = false;
  /** Its record is written: what comes now must go elsewhere. */
  isFinished = false;
  /** The status that the gateway answered itself; null where the upstream answered. */
  gatewayStatus: number | null = null;
  requestEndMs: number | null = null;
  firstResponseMs: number | null = null;
  endMs: number | null = null;
  readonly #clock: Clock;
  readonly #rules: CaptureRules | null;
  readonly #write: (exchange: Exchange) => RecordDocument | null;
  #decision: RuleDecision | null = null;

  constructor(
    connection: ConnectionFacts,
    clock: Clock,
    budget: ByteBudget,
    maxBodyBytes: number,
    rules: CaptureRules | null,
    write: (exchange: Exchange) => RecordDocument | null,
  ) {
    this.connection = connection;
    this.#clock = clock;
    this.#rules = rules;
    this.#write = write;
    this.startWallMs = clock.wallMs();
    this.startMs = clock.monotonicMs();
    this.request = { bytes: 0, body: new BodyCapture(maxBodyBytes, budget), isEnded: false };
    this.response = { bytes: 0, body: new BodyCapture(maxBodyBytes, budget), isEnded: false };
  }

  requestHead(head: RequestHead): void {
    this.requestHeadOrNull = head;
    if (this.#rules === null) return;
    this.#decision = this.#rules.decide(head);
    this.#heed();
  }

  /** Bytes of the request, whatever they are. */
  requestBytes(count: number): void {
    this.request.bytes += count;
  }

  /** Bytes of its body, counted by `requestBytes` too; copied as far as they are kept. */
  requestBody(view: Buffer): void {
    this.request.body.push(view);
  }

  requestEnd(): void {
    this.request.isEnded = true;
    // Without a body it ended with its head, and there the exchange begins: that needs no look at the clock.
    const isHeadOnly = this.requestHeadOrNull?.framing.kind === 'none';
    this.requestEndMs = isHeadOnly ? this.startMs : this.#clock.monotonicMs();
  }

  responseHead(head: ResponseHead | GatewayAnswer): void {
    this.responseHeadOrNull = head;
    this.firstResponseMs ??= this.#clock.monotonicMs();
    if (this.#decision === null || this.#decision.isMade) return;
    this.#decision.atAnswer(head);
    this.#heed();
  }

  responseBytes(count: number): void {
    this.response.bytes += count;
  }

  responseBody(view: Buffer): void {
    this.response.body.push(view);
  }

  responseEnd(): void {
    this.response.isEnded = true;
    this.endMs = this.#clock.monotonicMs();
  }

  /** A 1xx answer has passed (RFC 9110 section 15.2). */
  interim(status: number): void {
    if (this.interimStatuses.length < 16) this.interimStatuses.push(status);
  }

  refuse(refusal: RefusalFacts): void {
    this.refusal = refusal;
    this.fail({ type: refusal.code, message: refusal.message });
  }

  /** From here on the bytes are not HTTP. */
  tunnel(): void {
    this.isTunnel = true;
  }

  /** What went wrong; the first reason stands. */
  fail(error: { type: string; message: string }): void {
    this.error ??= error;
  }

  answeredByGateway(status: number): void {
    this.gatewayStatus = status;
  }

  /** From its first byte to its last, nanoseconds; of a finished exchange. */
  get durationNs(): number {
    return nanoseconds(this.endMs! - this.startMs);
  }

  /** From its first byte to the last of its request, nanoseconds; null where that did not end. An answer may have come before. */
  get requestEndNs(): number | null {
    return this.requestEndMs === null ? null : nanoseconds(this.requestEndMs - this.startMs);
  }

  /** From its first byte to the head of its answer, nanoseconds; null without an answer. */
  get firstByteNs(): number | null {
    return this.firstResponseMs === null ? null : nanoseconds(this.firstResponseMs - this.startMs);
  }

  /** The capture rule that leaves out something of this exchange, and how much; null where it is kept whole. */
  get leftOutBy(): { readonly rule: CaptureRule; readonly effect: Exclude<CaptureEffect, 'full'> } | null {
    const rule = this.#decision?.rule ?? null;
    if (rule === null || rule.effect === 'full') return null;
    // What was refused always has a record.
    return { rule, effect: this.refusal === null ? rule.effect : 'heads' };
  }

  /** Writes the record and lets go of heads and bodies; null where a capture rule wants none. Call it once. */
  finish(): RecordDocument | null {
    this.isFinished = true;
    this.endMs ??= this.#clock.monotonicMs();
    if (this.#decision !== null && !this.#decision.isMade) {
      this.#decision.atEnd();
      this.#heed();
    }
    try {
      return this.#write(this);
    } finally {
      this.request.body.release();
      this.response.body.release();
      // A head is a view of all that one read gave: who still knows of this exchange must not keep that.
      this.requestHeadOrNull = null;
      this.responseHeadOrNull = null;
      this.refusal = null;
      this.#decision = null;
    }
  }

  /** Bodies that no rule wants are let go as soon as that is known. */
  #heed(): void {
    if (this.leftOutBy === null) return;
    this.request.body.leaveOut();
    this.response.body.leaveOut();
  }
}

function nanoseconds(ms: number): number {
  return Math.round(ms * 1e6);
}
