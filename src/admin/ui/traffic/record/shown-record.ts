import type { HeaderLine } from './header-lines.ts';

/** A record as the page shows it: what its document says, each part of the type that it has here, or null. */
export interface ShownRecord {
  readonly id: string | null;
  /** exchange, refusal, tunnel, broken, gap, summary, or whatever a script has written. */
  readonly kind: string;
  readonly sequence: number | null;
  readonly runId: string | null;
  readonly thread: number | null;
  readonly connectionId: number | null;
  readonly timestampMs: number | null;
  readonly startMs: number | null;
  readonly endMs: number | null;
  /** Nanoseconds from the first byte of the request, as are the two below. */
  readonly durationNs: number | null;
  /** To the end of the request; null where it did not end, or where nobody noted it. */
  readonly requestEndNs: number | null;
  /** To the head of the answer; null without an answer. */
  readonly firstByteNs: number | null;
  readonly outcome: string | null;
  readonly method: string | null;
  readonly url: ShownUrl;
  /** `1.1` */
  readonly version: string | null;
  readonly status: number | null;
  readonly request: ShownMessage;
  readonly response: ShownMessage;
  readonly error: { readonly type: string; readonly message: string } | null;
  readonly isFromGateway: boolean;
  /** Statuses of answers before the answer, such as 100. */
  readonly interimStatuses: readonly number[];
  /** The client as the gateway believes it to be, behind trusted proxies. */
  readonly client: string | null;
  /** Who was connected. */
  readonly source: string | null;
  readonly upstream: string | null;
  /** The field that told the client's address; null where it is the peer's own. */
  readonly clientFrom: string | null;
  readonly isClientDoubtful: boolean;
  readonly traceId: string | null;
  readonly spanId: string | null;
  readonly parentSpanId: string | null;
  readonly requestId: string | null;
  readonly service: string | null;
  readonly host: string | null;
  readonly redactedCount: number;
  readonly rule: string | null;
  /** What the rule keeps: heads, count, off. */
  readonly capture: string | null;
  readonly injected: readonly HeaderLine[];
  /** Names of fields that the server was not sent. */
  readonly removed: readonly string[];
  readonly refused: {
    readonly head: string;
    readonly bytes: number | null;
    readonly isTruncated: boolean;
  } | null;
  readonly gap: ShownGap | null;
  readonly summary: ShownSummary | null;
}

export interface ShownUrl {
  readonly full: string | null;
  readonly original: string | null;
  readonly scheme: string | null;
  readonly domain: string | null;
  readonly port: number | null;
  readonly path: string | null;
  readonly query: string | null;
}

/** A request or an answer. */
export interface ShownMessage {
  readonly headers: readonly HeaderLine[];
  /** Head, framing and body as they were on the wire. */
  readonly bytes: number | null;
  readonly body: ShownBody;
}

export interface ShownBody {
  /** As received, content coding included. */
  readonly bytes: number | null;
  /** What is kept as text, content coding removed, secrets covered; null where nothing is. */
  readonly text: string | null;
  /** Sniffed from its content. */
  readonly mimeType: string | null;
  /** Content-Type as it was sent. */
  readonly declaredType: string | null;
  /** Content-Encoding as it was sent. */
  readonly coding: string | null;
  readonly isTruncated: boolean;
  readonly isCutForSink: boolean;
  /** Why nothing of it is kept: capture-rule, capture-budget, capture-limit; null where that is not so. */
  readonly dropped: string | null;
  readonly hash: string | null;
  readonly decodeError: string | null;
  readonly redactedCount: number;
}

export interface ShownGap {
  readonly from: number | null;
  readonly to: number | null;
  readonly count: number | null;
  readonly reason: string | null;
  readonly sourceBytes: number | null;
  readonly destinationBytes: number | null;
}

export interface ShownSummary {
  readonly count: number | null;
  readonly sourceBytes: number | null;
  readonly destinationBytes: number | null;
  /** Nanoseconds, of all together. */
  readonly durationNs: number | null;
  readonly statuses: readonly { readonly name: string; readonly count: number }[];
}
