import { encodeProxyHeader } from '../codecs/proxy-protocol/encode.ts';
import { Data } from '../core/data.ts';
import { type Event, SessionEnd } from '../core/event.ts';
import type { FilterDeclaration, FilterSite } from '../core/filter.ts';
import { couplePeer } from '../core/flow.ts';
import { countError, FAILED, Stage } from '../core/pipeline.ts';
import type { Dialed, DialListener, DialOptions, DialTlsOptions } from '../core/ports.ts';
import { byteSize, durationMs } from '../core/quantity.ts';

type TargetSource = string | (() => unknown);

/** Opens one connection per session and couples the stream with it (spec filters, connect). */
export const connect: FilterDeclaration = {
  name: 'connect',
  origin: 'spec',
  summary: 'Connects to a host and exchanges the bytes of the stream with it.',
  parameters: [
    {
      name: 'target',
      type: 'string|function',
      meaning: 'host:port, or a function that returns it; asked once per session',
    },
    {
      name: 'options',
      type: 'object',
      isOptional: true,
      meaning: 'limits, retries and TLS',
      options: [
        {
          name: 'bufferLimit',
          type: 'number|string',
          defaultValue: '0',
          meaning:
            'bytes waiting to be sent; more ends the session with BufferOverflow; 0 for no limit but back pressure',
        },
        {
          name: 'retryCount',
          type: 'number',
          defaultValue: '0',
          meaning: 'further attempts after a failed one; negative without end',
        },
        {
          name: 'retryDelay',
          type: 'number|string',
          defaultValue: '0',
          meaning: 'pause before each further attempt, seconds or duration',
        },
        {
          name: 'connectTimeout',
          type: 'number|string',
          defaultValue: '10s',
          meaning: 'limit of one attempt; then Timeout',
        },
        {
          name: 'idleTimeout',
          type: 'number|string',
          defaultValue: '0',
          meaning: 'no byte either way for this long ends the session with Timeout; 0 never',
        },
        {
          name: 'proxyProtocol',
          type: 'number',
          defaultValue: '0',
          meaning:
            '1 or 2: begin with a PROXY header of that version that tells the addresses of the inbound connection',
        },
        {
          name: 'tls',
          type: 'object',
          defaultValue: 'none',
          meaning: 'TLS to the target: cert, key, trusted (PEM or array), sni, verify (default true)',
        },
      ],
    },
  ],
  examples: ["pipy().listen(8000).connect('127.0.0.1:8080', { connectTimeout: '2s' })"],
  prepare(args, site) {
    const target = args[0] as TargetSource;
    const given = (args[1] ?? {}) as Record<string, unknown>;
    const options = readOptions(given, site);
    const version = given['proxyProtocol'] ?? 0;
    if (version !== 0 && version !== 1 && version !== 2) site.reject('option proxyProtocol expects 1 or 2');
    return () => new ConnectStage(target, options, version as 0 | 1 | 2, site);
  },
};

class ConnectStage extends Stage implements DialListener {
  readonly #target: TargetSource;
  readonly #options: DialOptions;
  readonly #proxyVersion: 0 | 1 | 2;
  readonly #site: FilterSite;
  #dialed: Dialed | null = null;
  #uncouple: () => void = () => {};
  #state: 'idle' | 'open' | 'ended' = 'idle';

  constructor(target: TargetSource, options: DialOptions, proxyVersion: 0 | 1 | 2, site: FilterSite) {
    super();
    this.#target = target;
    this.#options = options;
    this.#proxyVersion = proxyVersion;
    this.#site = site;
  }

  receive(event: Event): void {
    if (this.#state === 'ended') return;
    if (event.kind === 'session-end') {
      this.#endInput(event);
      return;
    }
    if (this.#dialed === null && !this.#dial()) return;
    if (event.kind === 'data') for (const view of event.views) this.#dialed!.write(view);
  }

  override release(): void {
    this.#close();
  }

  onBytes(bytes: Buffer): void {
    this.emit(Data.of(bytes));
    this.emit(Data.flushMark());
    this.session.context.group.notify();
  }

  onEnd(error: SessionEnd['error'], message: string): void {
    if (this.#state === 'ended') return;
    this.#close();
    const { clock } = this.#site.ports;
    if (error !== '') countError(this.counts, `${error}: ${message}`, clock.wallMs(), this.#site.place);
    this.emit(new SessionEnd(error, message));
  }

  #dial(): boolean {
    let target: unknown = this.#target;
    if (typeof target === 'function') {
      target = this.session.call(this, target as () => unknown);
      if (target === FAILED) return false;
    }
    const options = this.#proxyVersion === 0 ? this.#options : { ...this.#options, preface: this.#preface() };
    const dialed = this.#site.ports.dialer.dial(String(target), options, this);
    this.#dialed = dialed;
    this.#state = 'open';
    this.#uncouple = couplePeer(dialed, this.session.stream);
    return true;
  }

  #preface(): Buffer {
    const { inbound } = this.session.context;
    return encodeProxyHeader(this.#proxyVersion as 1 | 2, {
      source: inbound && { address: inbound.remoteAddress, port: inbound.remotePort },
      destination: inbound && { address: inbound.localAddress, port: inbound.localPort },
    });
  }

  #endInput(event: SessionEnd): void {
    if (this.#dialed === null) {
      this.#state = 'ended';
      this.emit(event);
    } else if (event.error === '') this.#dialed.end();
    // A refused request was answered by the gateway: what was sent before it may still be answered by the peer.
    else if (event.error !== 'Refused') this.#close();
  }

  #close(): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#uncouple();
    this.#dialed?.destroy();
  }
}

function readOptions(options: Record<string, unknown>, site: FilterSite): DialOptions {
  const duration = (name: string, otherwise: number): number => {
    const value = options[name];
    if (value === undefined || value === null) return otherwise;
    const ms = durationMs(value);
    return ms ?? site.reject(`option ${name} expects seconds or a duration such as '500ms'`);
  };
  const secure = options['tls'];
  if (secure !== undefined && secure !== null && typeof secure !== 'object')
    site.reject('option tls must be an object');
  const limit = options['bufferLimit'] === undefined ? 0 : byteSize(options['bufferLimit']);
  if (limit === null) site.reject("option bufferLimit expects bytes or a size such as '1m'");
  return {
    connectTimeoutMs: duration('connectTimeout', 10_000),
    idleTimeoutMs: duration('idleTimeout', 0),
    retryCount: Number(options['retryCount'] ?? 0),
    retryDelayMs: duration('retryDelay', 0),
    bufferLimitBytes: limit ?? 0,
    tls: secure ? readTls(secure as Record<string, unknown>, site.isCompat) : null,
  };
}

function readTls(secure: Record<string, unknown>, isCompat: boolean): DialTlsOptions {
  const pem = (value: unknown): string | Buffer | undefined =>
    value instanceof Data ? value.bytes() : typeof value === 'string' ? value : undefined;
  const trusted = secure['trusted'];
  return {
    cert: pem(secure['cert']),
    key: pem(secure['key']),
    trusted: Array.isArray(trusted) ? trusted.map((one) => pem(one)!) : pem(trusted),
    sni: typeof secure['sni'] === 'string' ? secure['sni'] : undefined,
    verify: isCompat ? secure['verify'] === true : secure['verify'] !== false,
  };
}
