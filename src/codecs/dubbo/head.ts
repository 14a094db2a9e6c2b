/** A Dubbo head as scripts see it (spec events-and-data 7.4). */
export interface DubboHead {
  /** The signed 64-bit number as decimal text. */
  readonly id: string;
  /** Signed byte: the status of a response. */
  readonly status: number;
  readonly isRequest: boolean;
  readonly isTwoWay: boolean;
  /** A heartbeat. */
  readonly isEvent: boolean;
}

/** 2 bytes magic, flags, status, 8 bytes id, 4 bytes body length, big endian. */
export const HEAD_BYTES = 16;
export const MAGIC = 0xdabb;
export const FLAG_REQUEST = 0x80;
export const FLAG_TWO_WAY = 0x40;
export const FLAG_EVENT = 0x20;
/** Serialisation id of Hessian 2. */
export const HESSIAN2 = 2;
