import { bytesField, integerField, protobufFields } from '../../codecs/protobuf-fields.ts';
import type { OtlpVerdict } from './verdict.ts';

/**
 * Reads an Export…ServiceResponse of any signal (opentelemetry/proto/collector; the three have the same fields). Throws where it cannot be
 * read: the serializers of `@opentelemetry/otlp-transformer` would call that a success.
 */
export function readExportResponse(body: Buffer, isJson: boolean): OtlpVerdict {
  if (body.length === 0) return { kind: 'accepted', rejected: 0, message: '' };
  return isJson ? fromJson(JSON.parse(body.toString('utf8'))) : fromProtobuf(body);
}

function fromProtobuf(body: Buffer): OtlpVerdict {
  const partial = bytesField(protobufFields(body), 1);
  if (partial === null) return { kind: 'accepted', rejected: 0, message: '' };
  const fields = protobufFields(partial);
  return {
    kind: 'accepted',
    rejected: Math.max(0, integerField(fields, 1)),
    message: bytesField(fields, 2)?.toString('utf8') ?? '',
  };
}

function fromJson(value: unknown): OtlpVerdict {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new RangeError('expected an object');
  const partial = (value as { partialSuccess?: unknown }).partialSuccess ?? {};
  if (typeof partial !== 'object') throw new RangeError('expected an object');
  const { rejectedLogRecords, rejectedSpans, errorMessage } = partial as Record<string, unknown>;
  // 64-bit integers are strings in protobuf's JSON; numbers are accepted.
  const rejected = Number(rejectedLogRecords ?? rejectedSpans ?? 0);
  if (!Number.isSafeInteger(rejected)) throw new RangeError('expected a count');
  return {
    kind: 'accepted',
    rejected: Math.max(0, rejected),
    message: typeof errorMessage === 'string' ? errorMessage : '',
  };
}
