/** What was added to a request on its way to the server, and what of the client's was left out; the head itself stays as it came. */
export interface InjectedFields {
  /** By lower-case name: what was added to the field, without what stood there before. */
  readonly added: Readonly<Record<string, string>>;
  /** Lower-case names of the client's fields that were not sent on, or not whole. */
  readonly removed: readonly string[];
  /** The span that the server is told is its parent; null where no `traceparent` was asked for. */
  readonly trace: {
    readonly traceId: string;
    readonly spanId: string;
    /** The span of the client; null where it sent none. */
    readonly parentId: string | null;
  } | null;
  /** The `X-Request-Id` that the server sees; null where it was not asked for. */
  readonly requestId: string | null;
  /** The same where it was made here: it is the id of the record then. */
  readonly recordId: string | null;
}
