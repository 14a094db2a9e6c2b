import type { EcsDocument } from '../../records/ecs-document.ts';
import type { OtlpMapping } from '../../records/as-otlp.ts';
import type { OtlpProtocol, OtlpSignal } from './target.ts';

/** Encodes an Export…ServiceRequest of these records. */
export type OtlpEncoder = (documents: readonly EcsDocument[]) => Uint8Array;

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
    return (documents) =>
      serializer.serializeRequest(documents.map((document) => otlpLogOf(document, mapping)))!;
  }
  const serializer = isJson ? transformer.JsonTraceSerializer : transformer.ProtobufTraceSerializer;
  return (documents) =>
    serializer.serializeRequest(
      documents.map((document) => otlpSpanOf(document, mapping)).filter((span) => span !== null),
    )!;
}
