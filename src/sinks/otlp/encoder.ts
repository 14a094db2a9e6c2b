import type { EcsDocument } from '../../records/ecs-document.ts';
import type { OtlpMapping } from '../../records/as-otlp.ts';
import type { OtlpProtocol, OtlpSignal } from './target.ts';

/** From documents to a request. */
export interface OtlpEncoder {
  /** The log record or span of a document; null where it has none. Throws where the document is no record. */
  itemOf(document: EcsDocument): unknown;
  /** An Export…ServiceRequest of what `itemOf` gave. */
  encode(items: readonly unknown[]): Uint8Array;
}

/** Loads the serializers, which bring a good part of the SDK into memory, only where OTLP is on. */
export async function loadEncoder(
  signal: OtlpSignal,
  protocol: OtlpProtocol,
  mapping: OtlpMapping,
): Promise<OtlpEncoder> {
  const transformer = await import('@opentelemetry/otlp-transformer');
  const { otlpLogOf, otlpSpanOf } = await import('../../records/as-otlp.ts');
  const isJson = protocol === 'http/json';
  if (signal === 'logs') {
    const serializer = isJson ? transformer.JsonLogsSerializer : transformer.ProtobufLogsSerializer;
    return {
      itemOf: (document) => otlpLogOf(document, mapping),
      encode: (items) => serializer.serializeRequest(items as ReturnType<typeof otlpLogOf>[])!,
    };
  }
  const serializer = isJson ? transformer.JsonTraceSerializer : transformer.ProtobufTraceSerializer;
  return {
    itemOf: (document) => otlpSpanOf(document, mapping),
    encode: (items) => serializer.serializeRequest(items as NonNullable<ReturnType<typeof otlpSpanOf>>[])!,
  };
}
