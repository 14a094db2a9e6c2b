import type { EcsDocument } from '../../records/ecs-document.ts';
import type { OtlpMapping } from '../../records/as-otlp.ts';
import type { RecordDocument } from '../../records/record-document.ts';
import {
  type Batch,
  DELIVERED,
  type ItemResult,
  type SendResult,
  type Sink,
  type SinkLimits,
  SinkNotReady,
} from '../sink.ts';
import { loadEncoder, type OtlpEncoder, type OtlpRequest } from './encoder.ts';
import { grpcTransport } from './grpc-transport.ts';
import { httpTransport } from './http-transport.ts';
import { quoterOf } from './quote.ts';
import type { OtlpTarget } from './target.ts';
import type { OtlpTransport, OtlpVerdict } from './verdict.ts';

/** What a sink says beside its results. */
export interface OtlpPorts {
  /**
   * The receiver took a request but not all of its records, and does not say which. They are lost: the specification forbids to send them
   * again. With 0 rejected it is a warning. `message` is the receiver's, without words of the records.
   */
  onPartialSuccess(sink: string, rejected: number, message: string): void;
}

export interface OtlpSinkOptions {
  readonly target: OtlpTarget;
  readonly mapping: OtlpMapping;
  readonly limits: Pick<SinkLimits, 'maxBatchBytes' | 'maxBatchRecords' | 'maxWaitMs' | 'maxConcurrency'>;
  readonly userAgent: string;
}

/** Most receivers take no larger message by gRPC, and some no larger request by HTTP. */
export const MAX_REQUEST_BYTES = 4 * 1024 * 1024 - 64 * 1024;

/**
 * Bytes of documents in a request: some hundred records, as the SDKs send them. Its encoding stays below what receivers take (JSON of OTLP is up
 * to three times as large as the documents where headers are many), does not hold up the thread for long, and takes little memory.
 */
const MAX_DOCUMENT_BYTES = 512 * 1024;

/** One that cannot be read would else hold up all behind it for ever. */
const UNREADABLE: ItemResult = {
  kind: 'refused',
  type: 'unreadable-document',
  reason: 'the document is not that of a record',
  status: null,
};

interface Ready {
  readonly encoder: OtlpEncoder;
  readonly transport: OtlpTransport;
}

/** Exchanges as log records (`otlp-logs`) or as server spans (`otlp-traces`, which has them of exchanges only). */
export class OtlpSink implements Sink {
  readonly name: 'otlp-logs' | 'otlp-traces';
  readonly limits: SinkLimits;
  readonly ownPlaces = null;
  readonly #options: OtlpSinkOptions;
  readonly #ports: OtlpPorts;
  readonly #stopped = new AbortController();
  #ready: Promise<Ready> | null = null;

  constructor(options: OtlpSinkOptions, ports: OtlpPorts) {
    const { target, limits } = options;
    this.name = `otlp-${target.signal}`;
    this.limits = {
      ...limits,
      maxBatchBytes: Math.min(limits.maxBatchBytes, MAX_DOCUMENT_BYTES),
      timeoutMs: target.timeoutMs,
    };
    this.#options = options;
    this.#ports = ports;
  }

  /**
   * OTLP has no handshake: an empty request shows at the start what would else show at the first record, a wrong address, port, protocol or
   * password. A receiver that is away or refuses empty requests counts as ready.
   */
  async start(signal: AbortSignal): Promise<void> {
    const { encoder, transport } = await this.#prepare();
    const empty = encoder.request(0).finish();
    const verdict = await this.#within(signal, (total) => transport.send(empty, () => '', total));
    if (verdict.kind === 'paused') throw new SinkNotReady(verdict.reason, { isPermanent: true });
  }

  async send(batch: Batch, signal: AbortSignal): Promise<SendResult> {
    try {
      const { encoder, transport } = await this.#prepare();
      const request = encoder.request(batch.bytes);
      const { results, sent } = this.#read(batch.records, request);
      if (sent === 0) return answered(results, DELIVERED);
      const message = request.finish();
      if (message.length > MAX_REQUEST_BYTES)
        return { kind: 'too-large', reason: `${message.length} bytes are more than OTLP receivers take` };
      const verdict = await this.#within(signal, (total) => transport.send(message, quoterOf(batch), total));
      // Whoever accepts has read all of it; else some of it may still wait in a socket.
      if (verdict.kind === 'accepted') request.release();
      return this.#result(verdict, results, sent);
    } catch (error) {
      return {
        kind: 'retry',
        // Not its message, which may quote a record.
        reason: `cannot be sent: ${(error as NodeJS.ErrnoException).code ?? (error as Error).name}`,
        retryAfterMs: null,
        isAmbiguous: true,
        isOverload: false,
      };
    }
  }

  /** A receiver keeps no ids, so nothing tells it a second copy; `log.record.uid` and the span id are the same at every try. */
  epoch(): string {
    return '';
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    const ready = this.#ready;
    this.#ready = null;
    await (await ready?.catch(() => null))?.transport.close();
  }

  #prepare(): Promise<Ready> {
    this.#ready ??= this.#load().catch((error: unknown) => {
      this.#ready = null;
      throw error;
    });
    return this.#ready;
  }

  async #load(): Promise<Ready> {
    this.#stopped.signal.throwIfAborted();
    const { target, mapping, userAgent } = this.#options;
    const encoder = await loadEncoder(target.signal, target.protocol, mapping);
    const transport =
      target.protocol === 'grpc'
        ? await grpcTransport(target, userAgent)
        : await httpTransport(target, userAgent, this.limits.maxConcurrency);
    return { encoder, transport };
  }

  /** Puts into the request what is to be sent, and gives for each record what has become of it already; null for one that is sent. */
  #read(
    records: readonly RecordDocument[],
    request: OtlpRequest,
  ): { sent: number; results: (ItemResult | null)[] } {
    let sent = 0;
    const results = records.map((record) => {
      if (record.kind !== 'exchange' && this.#options.target.signal === 'traces') return DELIVERED;
      try {
        if (!request.add(JSON.parse(record.bytes.toString('utf8')) as EcsDocument)) return DELIVERED;
        sent++;
        return null;
      } catch {
        return UNREADABLE;
      }
    });
    return { sent, results };
  }

  #result(verdict: OtlpVerdict, results: readonly (ItemResult | null)[], sent: number): SendResult {
    if (verdict.kind === 'failing')
      return answered(results, { kind: 'retry', reason: verdict.reason, isLimited: true });
    if (verdict.kind !== 'accepted') return verdict;
    const { rejected, message } = verdict;
    if (rejected > 0 || message !== '') this.#ports.onPartialSuccess(this.name, rejected, message);
    if (rejected === 0) return answered(results, DELIVERED);
    const reason = `the receiver rejected ${Math.min(rejected, sent)} of the ${sent} records of a request${message === '' ? '' : `: ${message}`}`;
    // All of them: then it is known which.
    if (rejected >= sent)
      return answered(results, { kind: 'refused', type: 'otlp-partial-success', reason, status: 200 });
    return { ...answered(results, { kind: 'diverted', reason }), rejected };
  }

  /** A try has one timeout, to the last byte of its answer. */
  async #within<T>(signal: AbortSignal, run: (total: AbortSignal) => Promise<T>): Promise<T> {
    const total = new AbortController();
    const abort = (): void => total.abort();
    const timer = setTimeout(abort, this.limits.timeoutMs);
    const signals = [signal, this.#stopped.signal];
    for (const each of signals) {
      if (each.aborted) abort();
      each.addEventListener('abort', abort, { once: true });
    }
    try {
      return await run(total.signal);
    } finally {
      clearTimeout(timer);
      for (const each of signals) each.removeEventListener('abort', abort);
    }
  }
}

/** `sent` is what has become of the records that were sent. */
function answered(
  results: readonly (ItemResult | null)[],
  sent: ItemResult,
): SendResult & { readonly kind: 'answered' } {
  return { kind: 'answered', items: results.map((result) => result ?? sent) };
}
