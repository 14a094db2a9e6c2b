/** One field of a message: a number for wire type 0, bytes for all others. */
export interface ProtobufField {
  readonly number: number;
  readonly value: bigint | Buffer;
}

const FIXED_BYTES: Readonly<Record<number, number>> = { 1: 8, 5: 4 };

/**
 * The fields of a Protocol Buffers message in their order, without a schema (encoding: protobuf.dev/programming-guides/encoding). Throws
 * RangeError where the bytes are no message.
 */
export function protobufFields(bytes: Buffer): ProtobufField[] {
  const fields: ProtobufField[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) break;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new RangeError('not a protobuf message: a number without an end');
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const number = Math.floor(tag / 8);
    const wireType = tag % 8;
    if (number === 0 || number > 0x1fffffff) throw new RangeError('not a protobuf message: no field number');
    if (wireType === 0) fields.push({ number, value: varint() });
    else {
      const length = wireType === 2 ? Number(varint()) : FIXED_BYTES[wireType];
      if (length === undefined || at + length > bytes.length)
        throw new RangeError('not a protobuf message: a field does not fit');
      fields.push({ number, value: bytes.subarray(at, at + length) });
      at += length;
    }
  }
  return fields;
}

/** The last value of a field that holds bytes, as proto3 wants it; null where it is not there. */
export function bytesField(fields: readonly ProtobufField[], number: number): Buffer | null {
  const value = fields.findLast((field) => field.number === number)?.value;
  return Buffer.isBuffer(value) ? value : null;
}

/** The last value of an int32 or int64 field; 0 where it is not there. */
export function integerField(fields: readonly ProtobufField[], number: number): number {
  const value = fields.findLast((field) => field.number === number)?.value;
  return typeof value === 'bigint' ? Number(BigInt.asIntN(64, value)) : 0;
}
