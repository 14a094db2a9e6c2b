/** What is known of a span; nothing of a record. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** Spans of the gateway's own doings, few as they are: a start, a reload, the delivery of a batch. */
export interface Tracing {
  /** Runs `fn` within a span, which fails where `fn` rejects. */
  span<T>(name: string, attributes: SpanAttributes, fn: () => Promise<T>): Promise<T>;
}

/** Where nobody wants spans. */
export const NO_TRACING: Tracing = { span: (_name, _attributes, fn) => fn() };
