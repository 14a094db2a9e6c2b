import { isIP } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import type { Client, Metadata, ServiceError } from '@grpc/grpc-js';
import { readExportResponse } from './export-response.ts';
import { judgeGrpc } from './judge-grpc.ts';
import { hostOf } from './judge-http.ts';
import type { OtlpTarget } from './target.ts';
import { type OtlpTransport, type OtlpVerdict, type Quote, unanswered } from './verdict.ts';

const METHODS = {
  logs: '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
  traces: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
} as const;

/** Without these the channel waits up to two minutes before it looks for a server again, whatever its user does. */
const FIRST_RECONNECT_MS = 100;
const LONGEST_RECONNECT_MS = 1000;
const MAX_ANSWER_BYTES = 1024 * 1024;

/** OTLP over gRPC; messages are bytes already, so no service is generated. */
export async function grpcTransport(target: OtlpTarget, userAgent: string): Promise<OtlpTransport> {
  const grpc = await import('@grpc/grpc-js');
  const { ca, key, cert } = target.tls;
  const host = target.url.hostname.replace(/^\[|\]$/g, '');
  const isAddress = isIP(host) !== 0;
  const verify = isAddress
    ? {
        checkServerIdentity: (_: string, certificate: PeerCertificate) =>
          checkServerIdentity(host, certificate),
      }
    : {};
  const credentials = target.isEncrypted
    ? grpc.credentials.createSsl(ca, key, cert, verify)
    : grpc.credentials.createInsecure();
  // A URL leaves the port of its scheme out, for which the channel would take 443.
  const port = target.url.port || (target.isEncrypted ? '443' : '80');
  const connect = (): Client =>
    new grpc.Client(`dns:${target.url.hostname}:${port}`, credentials, {
      'grpc.initial_reconnect_backoff_ms': FIRST_RECONNECT_MS,
      'grpc.max_reconnect_backoff_ms': LONGEST_RECONNECT_MS,
      'grpc.max_receive_message_length': MAX_ANSWER_BYTES,
      // When to try again is not the channel's to say, nor is a service configuration from DNS to be followed.
      'grpc.enable_retries': 0,
      'grpc.service_config_disable_resolution': 1,
      'grpc.enable_http_proxy': 0,
      'grpc.use_local_subchannel_pool': 1,
      // The channel would ask for the address by SNI, which Node refuses (RFC 6066 section 3).
      ...(target.isEncrypted && isAddress ? { 'grpc.ssl_target_name_override': 'localhost' } : {}),
      'grpc.primary_user_agent': userAgent,
      'grpc.default_compression_algorithm':
        grpc.compressionAlgorithms[target.compression === 'gzip' ? 'gzip' : 'identity'],
    });
  const metadata = new grpc.Metadata();
  for (const [name, value] of target.headers)
    metadata.set(name, name.endsWith('-bin') ? Buffer.from(value, 'base64') : value);
  return new GrpcTransport(connect, metadata, target);
}

class GrpcTransport implements OtlpTransport {
  readonly #connect: () => Client;
  readonly #metadata: Metadata;
  readonly #target: OtlpTarget;
  #client: Client;
  #isClosed = false;

  constructor(connect: () => Client, metadata: Metadata, target: OtlpTarget) {
    this.#connect = connect;
    this.#metadata = metadata;
    this.#target = target;
    this.#client = connect();
  }

  send(message: Uint8Array, quote: Quote, signal: AbortSignal): Promise<OtlpVerdict> {
    const client = this.#client;
    return new Promise((resolve) => {
      const call = client.makeUnaryRequest(
        METHODS[this.#target.signal],
        (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
        (bytes: Buffer) => bytes,
        message,
        this.#metadata,
        (error: ServiceError | null, answer?: Buffer) => {
          signal.removeEventListener('abort', cancel);
          if (error !== null && signal.aborted) this.#replace(client);
          resolve(error === null ? this.#success(answer!) : this.#failure(error, quote, signal));
        },
      );
      const cancel = (): void => call.cancel();
      if (signal.aborted) cancel();
      else signal.addEventListener('abort', cancel, { once: true });
    });
  }

  close(): Promise<void> {
    this.#isClosed = true;
    this.#client.close();
    return Promise.resolve();
  }

  /** A call without an answer may mean a dead connection, which the channel would go on using until TCP gives it up. */
  #replace(client: Client): void {
    if (client !== this.#client || this.#isClosed) return;
    this.#client = this.#connect();
    client.close();
  }

  #success(answer: Buffer): OtlpVerdict {
    try {
      return readExportResponse(answer, false);
    } catch {
      return unanswered(`${hostOf(this.#target)} answered OK, but not in OTLP`);
    }
  }

  #failure({ code, details, metadata }: ServiceError, quote: Quote, signal: AbortSignal): OtlpVerdict {
    if (signal.aborted) return unanswered(`no answer from ${hostOf(this.#target)} in time`);
    const [statusDetails] = metadata?.get('grpc-status-details-bin') ?? [];
    return judgeGrpc(
      { code, details: details ?? '', statusDetails: Buffer.isBuffer(statusDetails) ? statusDetails : null },
      this.#target,
      quote,
    );
  }
}
