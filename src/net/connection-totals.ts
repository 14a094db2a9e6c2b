/**
 * What the sockets of one data thread counted, independent of any parser: `verify` balances the records against it.
 * Every received byte belongs to a record or to `discardedBytes`; every sent byte to a record.
 */
export interface ConnectionTotals {
  connections: number;
  openConnections: number;
  /** Turned away over the connection limit, without a byte read. */
  refusedConnections: number;
  receivedBytes: number;
  /** Handed to sockets, whether or not the client took them. */
  sentBytes: number;
  /** Read after the gateway had ended the connection, and thrown away. */
  discardedBytes: number;
}

export function newConnectionTotals(): ConnectionTotals {
  return {
    connections: 0,
    openConnections: 0,
    refusedConnections: 0,
    receivedBytes: 0,
    sentBytes: 0,
    discardedBytes: 0,
  };
}
