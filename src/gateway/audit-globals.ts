import { readFileSync } from 'node:fs';
import type { Options } from '../config/options.ts';
import type { Inbound } from '../core/context.ts';
import { ExchangeList } from '../records/exchange-list.ts';
import type { Recorder } from '../records/recorder.ts';
import type { RecordBatch } from './record-batch.ts';

/** The object `audit` of scripts: the gateway's options in the filters' words, and the way into the records. */
export interface AuditGlobals {
  readonly listen: string;
  readonly listenOptions: object;
  readonly upstream: string;
  readonly connectOptions: object;
  readonly requestLimits: object;
  readonly responseLimits: object;
  /** What `injectRequestHeaders` adds (--inject). */
  readonly injection: object;
  readonly flushInterval: string;
  readonly batch: RecordBatch;
  /** The exchange list of a connection; call it once per connection. */
  exchanges(inbound: Inbound): ExchangeList;
}

/** @param recording null where the program is only looked at */
export function auditGlobals(
  options: Options,
  recording: { readonly recorder: Recorder; readonly batch: RecordBatch } | null,
): AuditGlobals {
  const { recorder, batch } = recording ?? NOWHERE;
  const upstream = options.upstream === null ? null : new URL(options.upstream);
  const isSecure = upstream?.protocol === 'https:';
  const target =
    upstream === null ? '' : `${upstream.hostname}:${upstream.port || (isSecure ? '443' : '80')}`;
  const front =
    options.tlsCert === null ? null : { cert: readPem(options.tlsCert), key: readPem(options.tlsKey!) };
  return Object.freeze({
    listen: options.listen.text,
    listenOptions: {
      ...(front === null ? {} : { tls: front }),
      ...(options.proxyProtocol ? { proxyProtocol: true } : {}),
    },
    upstream: target,
    connectOptions: {
      connectTimeout: `${options.connectTimeoutMs}ms`,
      ...(options.upstreamProxyProtocol === 'off'
        ? {}
        : { proxyProtocol: Number(options.upstreamProxyProtocol) }),
      ...(isSecure
        ? {
            tls: {
              verify: !options.upstreamInsecure,
              ...(options.upstreamCa === null ? {} : { trusted: readPem(options.upstreamCa) }),
              ...(options.upstreamSni === null ? {} : { sni: options.upstreamSni }),
            },
          }
        : {}),
    },
    requestLimits: {
      maxHeadBytes: options.maxHeadBytes,
      maxLineBytes: options.maxHeaderLineBytes,
      maxHeaders: options.maxHeaders,
      headerTimeout: `${options.headerTimeoutMs}ms`,
    },
    responseLimits: { responseTimeout: `${options.responseTimeoutMs}ms` },
    injection: {
      fields: options.inject,
      trustedProxies: options.trustedProxies,
      proto: front === null ? 'http' : 'https',
      maxLineBytes: options.maxHeaderLineBytes,
    },
    flushInterval: `${options.flushIntervalMs}ms`,
    batch,
    exchanges: (inbound: Inbound) =>
      new ExchangeList(recorder, {
        id: inbound.id,
        remoteAddress: inbound.remoteAddress,
        remotePort: inbound.remotePort,
        localAddress: inbound.localAddress,
        localPort: inbound.localPort,
        tls: front === null ? null : {},
        upstream: target,
        scheme: front === null ? 'http' : 'https',
      }),
  });
}

/** What a program gets that is loaded and not run. */
const NOWHERE = {
  recorder: null as unknown as Recorder,
  batch: null as unknown as RecordBatch,
};

function readPem(path: string): string {
  return readFileSync(path, 'utf8');
}
