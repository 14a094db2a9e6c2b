import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { EcsDocument } from '../../records/ecs-document.ts';
import type { OtlpMapping } from '../../records/as-otlp.ts';
import { SpareBuffers } from '../spare-buffers.ts';
import { ProtobufRequest, RequestHead } from './protobuf-request.ts';
import type { OtlpProtocol, OtlpSignal } from './target.ts';

/** From documents to requests. */
export interface OtlpEncoder {
  /** @param bytes of the documents that will be added */
  request(bytes: number): OtlpRequest;
}

/** An Export…ServiceRequest that grows by one document at a time. */
export interface OtlpRequest {
  /** Adds the log record or span of a document; false where it has none. Throws where the document is no record; nothing is added then. */
  add(document: EcsDocument): boolean;
  finish(): Uint8Array;
  /** Nobody reads what `finish` gave any more: its memory may be used again. */
  release(): void;
}

/** Requests in Protocol Buffers are written as they are read; those in JSON by the serializers of OpenTelemetry, loaded only where they are wanted. */
export async function loadEncoder(
  signal: OtlpSignal,
  protocol: OtlpProtocol,
  mapping: OtlpMapping,
): Promise<OtlpEncoder> {
  const { otlpLogOf, otlpSpanOf } = await import('../../records/as-otlp.ts');
  if (protocol === 'http/json') {
    const transformer = await import('@opentelemetry/otlp-transformer');
    if (signal === 'logs')
      return jsonEncoder(
        (document) => otlpLogOf(document, mapping),
        (logs) => transformer.JsonLogsSerializer.serializeRequest(logs)!,
      );
    return jsonEncoder(
      (document) => otlpSpanOf(document, mapping),
      (spans) => transformer.JsonTraceSerializer.serializeRequest(spans)!,
    );
  }
  if (signal === 'logs')
    return protobufEncoder(
      mapping,
      (document) => otlpLogOf(document, mapping),
      (request, log: ReadableLogRecord) => request.addLog(log),
    );
  return protobufEncoder(
    mapping,
    (document) => otlpSpanOf(document, mapping),
    (request, span: ReadableSpan) => request.addSpan(span),
  );
}

function jsonEncoder<T>(
  itemOf: (document: EcsDocument) => T | null,
  encode: (items: T[]) => Uint8Array,
): OtlpEncoder {
  return {
    request() {
      const items: T[] = [];
      return {
        add(document) {
          const item = itemOf(document);
          if (item !== null) items.push(item);
          return item !== null;
        },
        finish: () => encode(items),
        release() {},
      };
    },
  };
}

function protobufEncoder<T>(
  mapping: OtlpMapping,
  itemOf: (document: EcsDocument) => T | null,
  addTo: (request: ProtobufRequest, item: T) => void,
): OtlpEncoder {
  const head = new RequestHead(mapping);
  const buffers = new SpareBuffers();
  return {
    request(bytes) {
      const request = new ProtobufRequest(head, buffers.take(head.maxBytes + bytes));
      return {
        add(document) {
          const item = itemOf(document);
          if (item === null) return false;
          const { position } = request;
          try {
            addTo(request, item);
          } catch (error) {
            request.rewind(position);
            throw error;
          }
          return true;
        },
        finish: () => request.finish(),
        release: () => buffers.give(request.buffer),
      };
    },
  };
}
