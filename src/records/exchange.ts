import type { GatewayAnswer } from '../codecs/http1/gateway-answer.ts';
import type { RequestHead, ResponseHead } from '../codecs/http1/head.ts';
import type { Clock } from '../core/ports.ts';
import { BodyCapture } from './body-capture.ts';
import type { ByteBudget } from './byte-budget.ts';
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
  readonly startNs: bigint;
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
  requestEndNs: bigint | null = null;
  firstResponseNs: bigint | null = null;
  endNs: bigint | null = null;
  readonly #clock: Clock;
  readonly #write: (exchange: Exchange) => RecordDocument;

  constructor(
    connection: ConnectionFacts,
    clock: Clock,
    budget: ByteBudget,
    maxBodyBytes: number,
    write: (exchange: Exchange) => RecordDocument,
  ) {
    this.connection = connection;
    this.#clock = clock;
    this.#write = write;
    this.startWallMs = clock.wallMs();
    this.startNs = clock.monotonicNs();
    this.request = { bytes: 0, body: new BodyCapture(maxBodyBytes, budget), isEnded: false };
    this.response = { bytes: 0, body: new BodyCapture(maxBodyBytes, budget), isEnded: false };
  }

  requestHead(head: RequestHead): void {
    this.requestHeadOrNull = head;
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
    this.requestEndNs ??= this.#clock.monotonicNs();
  }

  responseHead(head: ResponseHead | GatewayAnswer): void {
    this.responseHeadOrNull = head;
    this.firstResponseNs ??= this.#clock.monotonicNs();
  }

  responseBytes(count: number): void {
    this.response.bytes += count;
  }

  responseBody(view: Buffer): void {
    this.response.body.push(view);
  }

  responseEnd(): void {
    this.response.isEnded = true;
    this.endNs = this.#clock.monotonicNs();
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

  /** Writes the record and lets go of the bodies. Call it once. */
  finish(): RecordDocument {
    this.isFinished = true;
    this.endNs ??= this.#clock.monotonicNs();
    try {
      return this.#write(this);
    } finally {
      this.request.body.release();
      this.response.body.release();
    }
  }
}
