import type { HrTime } from '@opentelemetry/api';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { ProtobufWriter, sizeOfVarint } from '../../codecs/protobuf-writer.ts';
import type { OtlpMapping } from '../../records/as-otlp.ts';

/** SpanFlags: that `is_remote` is known, and that it is so (opentelemetry/proto/trace/v1/trace.proto). */
const HAS_IS_REMOTE = 0x100;
const IS_REMOTE = 0x200;
const NANOSECONDS = 1_000_000_000n;

type Attributes = Readonly<Record<string, unknown>>;

/**
 * An ExportLogsServiceRequest or ExportTraceServiceRequest, written item by item, so that only its bytes have to be kept: the serializers of
 * `@opentelemetry/otlp-transformer` want all items at a time, which is most of what a batch costs in memory, and write each twice. The bytes are
 * the same (a test compares them).
 */
export class ProtobufRequest {
  readonly #writer: ProtobufWriter;
  readonly #head: RequestHead;

  /** @param bytes to write into; a larger one takes its place where it is too small */
  constructor(head: RequestHead, bytes: Buffer) {
    this.#head = head;
    this.#writer = new ProtobufWriter(bytes, head.maxBytes);
  }

  addLog(log: ReadableLogRecord): void {
    const writer = this.#writer;
    const start = writer.open(ITEMS);
    writer.fixed64Field(1, nanosecondsOf(log.hrTime));
    if (log.severityNumber) writer.varintField(2, log.severityNumber);
    if (log.severityText) writer.textField(3, log.severityText);
    if (log.body !== undefined) {
      const body = writer.open(5);
      writeValue(writer, log.body);
      writer.close(body);
    }
    writeAttributes(writer, log.attributes, 6);
    writer.varintField(7, log.droppedAttributesCount);
    if (log.spanContext !== undefined) {
      const { traceFlags, traceId, spanId } = log.spanContext;
      if (traceFlags !== 0) writer.fixed32Field(8, traceFlags);
      writer.hexField(9, traceId);
      writer.hexField(10, spanId);
    }
    writer.fixed64Field(11, nanosecondsOf(log.hrTimeObserved));
    if (log.eventName) writer.textField(12, log.eventName);
    writer.close(start);
  }

  /** Spans of records have neither events nor links. */
  addSpan(span: ReadableSpan): void {
    const writer = this.#writer;
    const { traceId, spanId, traceState, traceFlags } = span.spanContext();
    const start = writer.open(ITEMS);
    writer.hexField(1, traceId);
    writer.hexField(2, spanId);
    const state = traceState?.serialize();
    if (state) writer.textField(3, state);
    const parent = span.parentSpanContext;
    if (parent !== undefined) writer.hexField(4, parent.spanId);
    writer.textField(5, span.name);
    // 0 means unspecified there, and internal in the SDK.
    writer.varintField(6, span.kind + 1);
    writer.fixed64Field(7, nanosecondsOf(span.startTime));
    writer.fixed64Field(8, nanosecondsOf(span.endTime));
    writeAttributes(writer, span.attributes, 9);
    writer.varintField(10, span.droppedAttributesCount);
    writer.varintField(12, span.droppedEventsCount);
    writer.varintField(14, span.droppedLinksCount);
    const status = writer.open(15);
    if (span.status.message) writer.textField(2, span.status.message);
    writer.varintField(3, span.status.code);
    writer.close(status);
    writer.fixed32Field(
      16,
      (traceFlags & 0xff) | HAS_IS_REMOTE | (parent?.isRemote === true ? IS_REMOTE : 0),
    );
    writer.close(start);
  }

  /** Where the next item goes, for `rewind`. */
  get position(): number {
    return this.#writer.position;
  }

  /** Takes back what was added behind a position. */
  rewind(position: number): void {
    this.#writer.rewind(position);
  }

  /** What it was written into. */
  get buffer(): Buffer {
    return this.#writer.buffer;
  }

  /** The whole request; of the buffer, so good until that is written to again. */
  finish(): Buffer {
    const { maxBytes } = this.#head;
    const items = this.#writer.position - maxBytes;
    if (items === 0) return this.buffer.subarray(0, 0);
    const head = this.#head.of(items);
    const start = maxBytes - head.length;
    head.copy(this.buffer, start);
    return this.buffer.subarray(start, this.#writer.position);
  }
}

/** `log_records` of ScopeLogs, `spans` of ScopeSpans. */
const ITEMS = 2;
/** No request has so many bytes: four of length are enough for any. */
const LONGEST_LENGTH = 0x0fff_ffff;

/** What stands in a request before its items: who made them. */
export class RequestHead {
  /** It has at most so many bytes. */
  readonly maxBytes: number;
  readonly #resource: Buffer;
  readonly #scope: Buffer;

  constructor({ resource, scope }: Pick<OtlpMapping, 'resource' | 'scope'>) {
    this.#resource = written((writer) => {
      const start = writer.open(1);
      writeAttributes(writer, resource.attributes, 1);
      writer.varintField(2, 0);
      writer.close(start);
    });
    this.#scope = written((writer) => {
      const start = writer.open(1);
      writer.textField(1, scope.name);
      if (scope.version) writer.textField(2, scope.version);
      writer.close(start);
    });
    this.maxBytes = this.of(LONGEST_LENGTH - this.#resource.length - this.#scope.length - 16).length;
  }

  /** Before so many bytes of items. */
  of(itemBytes: number): Buffer {
    const scopeLength = this.#scope.length + itemBytes;
    const resourceLength = this.#resource.length + 1 + sizeOfVarint(scopeLength) + scopeLength;
    return written((writer) => {
      writer.lengthOf(1, resourceLength);
      writer.raw(this.#resource);
      writer.lengthOf(2, scopeLength);
      writer.raw(this.#scope);
    });
  }
}

function written(write: (writer: ProtobufWriter) => void): Buffer {
  const writer = new ProtobufWriter(Buffer.allocUnsafeSlow(256));
  write(writer);
  return writer.buffer.subarray(0, writer.position);
}

function writeAttributes(writer: ProtobufWriter, attributes: Attributes, number: number): void {
  for (const key of Object.keys(attributes)) {
    const start = writer.open(number);
    writer.textField(1, key);
    const value = writer.open(2);
    writeValue(writer, attributes[key]);
    writer.close(value);
    writer.close(start);
  }
}

/** AnyValue (opentelemetry/proto/common/v1/common.proto), of the kinds that records have. */
function writeValue(writer: ProtobufWriter, value: unknown): void {
  if (typeof value === 'string') writer.textField(1, value);
  else if (typeof value === 'boolean') writer.varintField(2, value ? 1 : 0);
  else if (typeof value === 'number') {
    if (Number.isInteger(value) && Math.abs(value) < 2 ** 63) writer.varintField(3, value);
    else writer.doubleField(4, value);
  } else if (Array.isArray(value)) {
    const list = writer.open(5);
    for (const each of value) {
      const start = writer.open(1);
      writeValue(writer, each);
      writer.close(start);
    }
    writer.close(list);
  }
}

function nanosecondsOf([seconds, nanoseconds]: HrTime): bigint {
  return BigInt.asUintN(64, BigInt(seconds) * NANOSECONDS + BigInt(nanoseconds));
}
