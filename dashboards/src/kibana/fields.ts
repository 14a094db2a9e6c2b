/** How Kibana shows the numbers of a field. */
type Shown = 'nanoseconds' | 'milliseconds' | 'bytes';

/** What a panel must know of a field. */
export interface Field {
  /** `text` can be shown and searched, but records cannot be told apart by it. */
  readonly type: 'keyword' | 'text' | 'long' | 'date' | 'boolean';
  readonly shown?: Shown;
  /** Who writes it; absent: the recorder. */
  readonly by?: 'ingest pipeline' | 'data view';
}

/** Every field that a panel may use; the recorder writes them as src/records/ecs says. */
export const FIELDS = {
  '@timestamp': { type: 'date' },
  'event.id': { type: 'keyword' },
  'event.outcome': { type: 'keyword' },
  'event.duration': { type: 'long', shown: 'nanoseconds' },
  'event.sequence': { type: 'long' },
  'event.ingested': { type: 'date', by: 'ingest pipeline' },
  'http.request.method': { type: 'keyword' },
  'http.request.bytes': { type: 'long', shown: 'bytes' },
  'http.request.body.bytes': { type: 'long', shown: 'bytes' },
  'http.request.mime_type': { type: 'keyword' },
  'http.request.referrer': { type: 'keyword' },
  'http.response.status_code': { type: 'long' },
  'http.response.bytes': { type: 'long', shown: 'bytes' },
  'http.response.body.bytes': { type: 'long', shown: 'bytes' },
  'http.response.mime_type': { type: 'keyword' },
  'http.version': { type: 'keyword' },
  'url.domain': { type: 'keyword' },
  'url.path': { type: 'keyword' },
  'url.original': { type: 'keyword' },
  'trace.id': { type: 'keyword' },
  'error.type': { type: 'keyword' },
  'error.message': { type: 'text' },
  'user_agent.original': { type: 'keyword' },
  'client.address': { type: 'keyword' },
  'server.address': { type: 'keyword' },
  'service.name': { type: 'keyword' },
  'tapline.kind': { type: 'keyword' },
  'tapline.run.id': { type: 'keyword' },
  'tapline.thread': { type: 'long' },
  'tapline.redacted': { type: 'long' },
  'tapline.request.body.truncated': { type: 'boolean' },
  'tapline.request.last_byte': { type: 'long', shown: 'nanoseconds' },
  'tapline.response.body.truncated': { type: 'boolean' },
  'tapline.response.body.decode_error': { type: 'keyword' },
  'tapline.response.first_byte': { type: 'long', shown: 'nanoseconds' },
  'tapline.response.from_gateway': { type: 'boolean' },
  'tapline.refused.head': { type: 'text' },
  'tapline.gap.from': { type: 'long' },
  'tapline.gap.to': { type: 'long' },
  'tapline.gap.count': { type: 'long' },
  'tapline.gap.reason': { type: 'keyword' },
  'tapline.gap.source_bytes': { type: 'long', shown: 'bytes' },
  'tapline.gap.destination_bytes': { type: 'long', shown: 'bytes' },
  'tapline.rule': { type: 'keyword' },
  'tapline.capture': { type: 'keyword' },
  'tapline.summary.count': { type: 'long' },
  'tapline.summary.source_bytes': { type: 'long', shown: 'bytes' },
  'tapline.summary.destination_bytes': { type: 'long', shown: 'bytes' },
  'tapline.delivery_delay': { type: 'long', shown: 'milliseconds', by: 'data view' },
} as const satisfies Record<string, Field>;

/** A field that a panel may use. */
export type FieldName = keyof typeof FIELDS;
/** Fields by whose values records can be told apart. */
export type GroupName = {
  [Name in FieldName]: (typeof FIELDS)[Name]['type'] extends 'text' ? never : Name;
}[FieldName];
/** Fields that have numbers to calculate with. */
export type NumberName = {
  [Name in FieldName]: (typeof FIELDS)[Name]['type'] extends 'long' ? Name : never;
}[FieldName];

/** Fields that the data view calculates: Painless by name. */
export const RUNTIME_FIELDS: Partial<Record<FieldName, { type: 'long'; script: { source: string } }>> = {
  'tapline.delivery_delay': {
    type: 'long',
    script: {
      source:
        "if (doc['event.ingested'].size() != 0 && doc['event.end'].size() != 0) { emit(doc['event.ingested'].value.toInstant().toEpochMilli() - doc['event.end'].value.toInstant().toEpochMilli()) }",
    },
  },
};
