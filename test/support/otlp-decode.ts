import { protobufFields } from '../../src/codecs/protobuf-fields.ts';

/** A field: its name, and its type or the message it holds. `[]` after the name: repeated. */
type Schema = Readonly<Record<number, readonly [name: string, type: string | Schema]>>;

/* eslint-disable @typescript-eslint/no-explicit-any -- JSON of a foreign format */

const ANY: Schema = {
  1: ['stringValue', 'string'],
  2: ['boolValue', 'bool'],
  3: ['intValue', 'int64'],
  4: ['doubleValue', 'double'],
  get 5() {
    return ['arrayValue', { 1: ['values[]', ANY] }] as const;
  },
};
const ATTRIBUTE: Schema = { 1: ['key', 'string'], 2: ['value', ANY] };
const RESOURCE: Schema = { 1: ['attributes[]', ATTRIBUTE], 2: ['droppedAttributesCount', 'uint32'] };
const SCOPE: Schema = { 1: ['name', 'string'], 2: ['version', 'string'] };
const LOG: Schema = {
  1: ['timeUnixNano', 'fixed64'],
  2: ['severityNumber', 'uint32'],
  3: ['severityText', 'string'],
  5: ['body', ANY],
  6: ['attributes[]', ATTRIBUTE],
  7: ['droppedAttributesCount', 'uint32'],
  8: ['flags', 'fixed32'],
  9: ['traceId', 'hex'],
  10: ['spanId', 'hex'],
  11: ['observedTimeUnixNano', 'fixed64'],
  12: ['eventName', 'string'],
};
const SPAN: Schema = {
  1: ['traceId', 'hex'],
  2: ['spanId', 'hex'],
  3: ['traceState', 'string'],
  4: ['parentSpanId', 'hex'],
  5: ['name', 'string'],
  6: ['kind', 'uint32'],
  7: ['startTimeUnixNano', 'fixed64'],
  8: ['endTimeUnixNano', 'fixed64'],
  9: ['attributes[]', ATTRIBUTE],
  10: ['droppedAttributesCount', 'uint32'],
  12: ['droppedEventsCount', 'uint32'],
  14: ['droppedLinksCount', 'uint32'],
  15: ['status', { 2: ['message', 'string'], 3: ['code', 'uint32'] }],
  16: ['flags', 'fixed32'],
};
const LOGS: Schema = {
  1: [
    'resourceLogs[]',
    { 1: ['resource', RESOURCE], 2: ['scopeLogs[]', { 1: ['scope', SCOPE], 2: ['logRecords[]', LOG] }] },
  ],
};
const TRACES: Schema = {
  1: [
    'resourceSpans[]',
    { 1: ['resource', RESOURCE], 2: ['scopeSpans[]', { 1: ['scope', SCOPE], 2: ['spans[]', SPAN] }] },
  ],
};

/** A protobuf request in its JSON form (opentelemetry-proto, logs.proto and trace.proto). Throws on a field that these do not have. */
export function decodeLogs(bytes: Buffer): any {
  return decode(bytes, LOGS);
}

export function decodeTraces(bytes: Buffer): any {
  return decode(bytes, TRACES);
}

/** The log records or spans of a request in JSON form. */
export function itemsOf(request: any): any[] {
  return (request.resourceLogs ?? request.resourceSpans ?? []).flatMap((resource: any) =>
    (resource.scopeLogs ?? resource.scopeSpans).flatMap((scope: any) => scope.logRecords ?? scope.spans),
  );
}

/** Attributes of a log record, span or resource as an object. */
export function attributesOf(item: any): Record<string, any> {
  return Object.fromEntries((item.attributes ?? []).map(({ key, value }: any) => [key, valueOf(value)]));
}

function valueOf(value: any): any {
  if (value.stringValue !== undefined) return value.stringValue;
  if (value.intValue !== undefined) return Number(value.intValue);
  if (value.boolValue !== undefined) return value.boolValue;
  if (value.arrayValue !== undefined) return (value.arrayValue.values ?? []).map(valueOf);
  throw new Error(`unexpected value ${JSON.stringify(value)}`);
}

const text = new TextDecoder('utf-8', { fatal: true });

function decode(bytes: Buffer, schema: Schema): any {
  const message: Record<string, any> = {};
  for (const { number, value } of protobufFields(bytes)) {
    const field = schema[number];
    if (field === undefined) throw new Error(`unknown field ${number}`);
    const [name, type] = field;
    const decoded = typeof type === 'string' ? scalar(value, type) : decode(value as Buffer, type);
    if (name.endsWith('[]')) (message[name.slice(0, -2)] ??= []).push(decoded);
    else message[name] = decoded;
  }
  return message;
}

function scalar(value: bigint | Buffer, type: string): any {
  if (typeof value === 'bigint') {
    if (type === 'int64') return String(BigInt.asIntN(64, value));
    if (type === 'bool') return value !== 0n;
    if (type === 'uint32') return Number(value);
  } else {
    if (type === 'string') return text.decode(value);
    if (type === 'hex') return value.toString('hex');
    if (type === 'fixed64' && value.length === 8) return String(value.readBigUInt64LE());
    if (type === 'fixed32' && value.length === 4) return value.readUInt32LE();
    if (type === 'double' && value.length === 8) return value.readDoubleLE();
  }
  throw new Error(`not a ${type}`);
}
