import { FLAG_EVENT, FLAG_REQUEST, FLAG_TWO_WAY, HEAD_BYTES, HESSIAN2, MAGIC } from './head.ts';

/** A head as a script gives it: any subset of the fields, which have defaults one by one. */
export interface DubboHeadLike {
  readonly id?: unknown;
  readonly status?: unknown;
  readonly isRequest?: unknown;
  readonly isTwoWay?: unknown;
  readonly isEvent?: unknown;
}

/**
 * The 16 bytes before a body (spec filters, encodeDubbo).
 * @param defaultId where the head has no id
 * Throws TypeError for an id that is no 64-bit whole number, or a status that is no byte.
 */
export function encodeDubboHead(head: DubboHeadLike | null, defaultId: bigint, bodyBytes: number): Buffer {
  const bytes = Buffer.alloc(HEAD_BYTES);
  bytes.writeUInt16BE(MAGIC, 0);
  const flag = (value: unknown, otherwise: boolean, bit: number): number =>
    (value === undefined || value === null ? otherwise : Boolean(value)) ? bit : 0;
  bytes[2] =
    HESSIAN2 |
    flag(head?.isRequest, true, FLAG_REQUEST) |
    flag(head?.isTwoWay, true, FLAG_TWO_WAY) |
    flag(head?.isEvent, false, FLAG_EVENT);
  const status = Number(head?.status ?? 0);
  if (!Number.isInteger(status) || status < -128 || status > 255)
    throw new TypeError(`a Dubbo status is a byte, not ${String(head?.status)}`);
  bytes[3] = status & 0xff;
  bytes.writeBigInt64BE(idOf(head?.id, defaultId), 4);
  bytes.writeUInt32BE(bodyBytes, 12);
  return bytes;
}

function idOf(value: unknown, otherwise: bigint): bigint {
  if (value === undefined || value === null) return otherwise;
  let id: bigint | null = null;
  if (typeof value === 'bigint') id = value;
  else if (typeof value === 'number' && Number.isInteger(value)) id = BigInt(value);
  else if (typeof value === 'string' && /^-?\d{1,20}$/.test(value)) id = BigInt(value);
  if (id === null || BigInt.asIntN(64, id) !== id)
    throw new TypeError(
      `a Dubbo id is a whole number of 64 bits, not ${JSON.stringify(String(value as string))}`,
    );
  return id;
}
