import type { ConnectionTotals } from '../net/connection-totals.ts';
import type { Exchange } from '../records/exchange.ts';
import type { ExchangeObserver } from '../records/exchange-observer.ts';
import { METRICS } from '../telemetry/metric-declarations.ts';
import type { Point } from '../telemetry/metric.ts';
import { type MetricSnapshot, MetricRegistry } from '../telemetry/metric-registry.ts';
import { observeThread } from '../telemetry/thread-metrics.ts';
import { type TrafficOutcome, TrafficTotals } from '../telemetry/traffic-totals.ts';
import type { Recording } from './recording.ts';

/** Methods that are told apart; every other is `_OTHER` (semantic conventions for HTTP: a client could invent any number). */
const KNOWN_METHODS = 'CONNECT,DELETE,GET,HEAD,OPTIONS,PATCH,POST,PUT,QUERY,TRACE';

/** Combinations of attributes whose series are kept at hand. */
const MAX_REMEMBERED = 1000;

export interface TrafficMetricsOptions {
  readonly thread: number;
  readonly totals: ConnectionTotals;
  readonly captureLimitBytes: number;
  /** Comma list instead of the known methods (OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS); undefined or empty for these. */
  readonly knownMethods: string | undefined;
  /** Shared with who looks at the requests of now. */
  readonly traffic?: TrafficTotals;
}

/** The series of exchanges that share all attributes. */
interface ExchangePoints {
  readonly duration: Point;
  readonly requestBody: Point;
  /** Null without an answer. */
  readonly responseBody: Point | null;
}

/** What tells exchanges apart that are counted apart; 0 and empty for what there is not. */
interface ExchangeKind {
  readonly method: string;
  readonly status: number;
  readonly protocol: string;
  readonly scheme: string;
  readonly error: string;
  readonly outcome: TrafficOutcome;
  readonly points: ExchangePoints;
}

/** What a data thread counts of its traffic. On the way of every record: five comparisons, four additions. */
export class TrafficMetrics implements ExchangeObserver {
  readonly #registry = new MetricRegistry();
  readonly #methods: ReadonlySet<string>;
  readonly #remembered = new Map<string, ExchangePoints>();
  readonly #duration = this.#registry.metric(METRICS.requestDuration);
  readonly #requestBody = this.#registry.metric(METRICS.requestBodySize);
  readonly #responseBody = this.#registry.metric(METRICS.responseBodySize);
  readonly #accepted = this.#registry.metric(METRICS.recordsAccepted).point();
  readonly #withoutBody = this.#registry
    .metric(METRICS.recordsDegraded)
    .point({ 'tapline.reason': 'body-dropped' });
  readonly #leftOut = this.#registry.metric(METRICS.recordsLeftOut);
  readonly #unobserve: () => void;
  readonly #name: string;
  readonly #traffic: TrafficTotals;
  readonly #active = { http: 0, https: 0 };
  #last: ExchangeKind | null = null;

  constructor(options: TrafficMetricsOptions) {
    const { thread, totals, captureLimitBytes, knownMethods, traffic = new TrafficTotals() } = options;
    const registry = this.#registry;
    const name = (this.#name = `data-${thread}`);
    this.#traffic = traffic;
    const names = (knownMethods || KNOWN_METHODS).split(',').map((name) => name.trim());
    this.#methods = new Set(names);
    registry.metric(METRICS.captureLimit).set(captureLimitBytes);
    const accepted = registry.metric(METRICS.connections).point({ 'tapline.outcome': 'accepted' });
    const refused = registry.metric(METRICS.connections).point({ 'tapline.outcome': 'refused' });
    const open = registry.metric(METRICS.connectionsOpen).point({ 'tapline.thread': name });
    const active = registry.metric(METRICS.activeRequests);
    this.#unobserve = observeThread(registry, name);
    registry.onCollect(() => {
      accepted.set(totals.connections);
      refused.set(totals.refusedConnections);
      open.set(totals.openConnections);
      for (const scheme of ['http', 'https'] as const)
        // A scheme that was never spoken is no series.
        if (this.#active[scheme] > 0 || active.has({ 'url.scheme': scheme }))
          active.set(this.#active[scheme], { 'url.scheme': scheme });
    });
  }

  /** Where the records go from here. */
  watch({ recorder, lost }: Recording): void {
    const captured = this.#registry.metric(METRICS.captureBytes).point();
    const dropped = this.#registry.metric(METRICS.recordsDropped);
    // A counter that appears with its first loss would show no increase: it begins at 0.
    for (const reason of ['spool-full', 'disk-error']) dropped.add(0, { 'tapline.reason': reason });
    this.#registry.onCollect(() => {
      captured.set(recorder.heldBytes);
      for (const [reason, count] of lost) dropped.set(count, { 'tapline.reason': reason });
    });
  }

  /** @param count how many sessions are open; asked at each collection */
  watchSessions(count: () => number): void {
    const sessions = this.#registry.metric(METRICS.sessions).point({ 'tapline.thread': this.#name });
    this.#registry.onCollect(() => sessions.set(count()));
  }

  begun(exchange: Exchange): void {
    this.#active[exchange.connection.scheme]++;
  }

  leftOut(rule: string, effect: string): void {
    this.#leftOut.add(1, { 'tapline.rule': rule, 'tapline.capture': effect });
  }

  finished(exchange: Exchange, isRecorded: boolean): void {
    this.#active[exchange.connection.scheme]--;
    if (isRecorded) this.#accepted.add(1);
    if (exchange.request.body.isDropped || exchange.response.body.isDropped) this.#withoutBody.add(1);
    const head = exchange.requestHeadOrNull;
    // Bytes that no request followed have a record, but are no request.
    if (head === null && exchange.refusal === null) return;
    let kind = this.#last;
    // Most exchanges are like the one before.
    if (kind === null || !isOfKind(exchange, kind)) kind = this.#last = this.#kindOf(exchange);
    const { points } = kind;
    const endMs = (exchange.isTunnel ? exchange.firstResponseMs : null) ?? exchange.endMs!;
    const ms = endMs - exchange.startMs;
    points.duration.record(ms / 1e3);
    this.#traffic.count(ms, kind.outcome);
    points.requestBody.record(exchange.request.body.totalBytes);
    points.responseBody?.record(exchange.response.body.totalBytes);
  }

  collect(): MetricSnapshot[] {
    return this.#registry.collect();
  }

  stop(): void {
    this.#unobserve();
  }

  #kindOf(exchange: Exchange): ExchangeKind {
    const { requestHeadOrNull: head, responseHeadOrNull: response } = exchange;
    const { scheme } = exchange.connection;
    const method = head?.method ?? '';
    const protocol = head?.protocol ?? '';
    const points = this.#points(
      this.#methods.has(method) ? method : '_OTHER',
      response === null ? '' : String(response.status),
      protocol.slice('HTTP/'.length),
      scheme,
      errorType(exchange),
    );
    const error = exchange.error?.type ?? '';
    const status = response?.status ?? 0;
    return { method, status, protocol, scheme, error, outcome: outcomeOf(status, error), points };
  }

  #points(method: string, status: string, version: string, scheme: string, error: string): ExchangePoints {
    const key = `${method} ${status} ${version} ${scheme} ${error}`;
    let points = this.#remembered.get(key);
    if (points === undefined) {
      const shared = {
        'http.request.method': method,
        'http.response.status_code': status,
        'url.scheme': scheme,
      };
      points = {
        duration: this.#duration.point({
          ...shared,
          'network.protocol.version': version,
          'error.type': error,
        }),
        requestBody: this.#requestBody.point(shared),
        responseBody: status === '' ? null : this.#responseBody.point(shared),
      };
      if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear();
      this.#remembered.set(key, points);
    }
    return points;
  }
}

function isOfKind(exchange: Exchange, kind: ExchangeKind): boolean {
  const { requestHeadOrNull: head, responseHeadOrNull: response } = exchange;
  return (
    kind.method === (head?.method ?? '') &&
    kind.status === (response?.status ?? 0) &&
    kind.protocol === (head?.protocol ?? '') &&
    kind.scheme === exchange.connection.scheme &&
    kind.error === (exchange.error?.type ?? '')
  );
}

/** A client that goes away is no failure of the server, like the 4xx: other proxies log it as 499. */
function outcomeOf(status: number, error: string): TrafficOutcome {
  if (status >= 500) return 'error';
  if (status >= 400 || error === 'client-closed') return 'clientError';
  return error === '' ? 'ok' : 'error';
}

/** Why an exchange failed; the status where it is an error of the server (semantic conventions for HTTP). */
function errorType({ error, responseHeadOrNull: response }: Exchange): string {
  if (error !== null) return error.type;
  return response !== null && response.status >= 500 ? String(response.status) : '';
}
