/** One end of a connection. */
export interface ProxyEnd {
  readonly address: string;
  readonly port: number;
}

/** What a PROXY header tells: the ends of the connection that the proxy before us took; null for its own (a health check). */
export interface ProxyHeader {
  readonly source: ProxyEnd | null;
  readonly destination: ProxyEnd | null;
}

/** The first bytes of version 2 (PROXY protocol 2.2). */
export const SIGNATURE_V2 = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');
/** The longest line of version 1, its end included (2.1). */
export const MAX_V1_BYTES = 107;
/** Addresses and TLVs of version 2 beyond this are refused. */
export const MAX_V2_BYTES = 2048;
