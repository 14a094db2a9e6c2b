/** Documents as the page gets them: the parts that the recorder writes, to be changed by tests. */
export const EXCHANGE = {
  '@timestamp': '2026-11-25T21:55:14.594Z',
  event: {
    id: '01a214b4-ac23-78f7-a371-c9798d504808',
    outcome: 'success',
    duration: 100_000_000,
    start: '2026-11-25T21:55:14.594Z',
    end: '2026-11-25T21:55:14.694Z',
    sequence: 7,
  },
  http: {
    version: '1.1',
    request: {
      method: 'POST',
      mime_type: 'application/json',
      bytes: 300,
      body: { bytes: 14, content: '{"leaf":"oolong"}' },
      headers: {
        host: 'shop.test',
        'content-type': 'application/json',
        authorization: 'REDACTED',
        'x-many': ['1', '2'],
      },
    },
    response: {
      status_code: 201,
      mime_type: 'application/json',
      bytes: 250,
      body: { bytes: 9, content: '{"id":42}' },
      headers: { 'content-type': 'application/json', 'content-length': '9' },
    },
  },
  url: {
    original: '/tea?hot=1&token=REDACTED',
    full: 'http://shop.test/tea?hot=1&token=REDACTED',
    scheme: 'http',
    domain: 'shop.test',
    path: '/tea',
    query: 'hot=1&token=REDACTED',
  },
  trace: { id: '0af7651916cd43dd8448eb211c80319c' },
  span: { id: 'b7ad6b7169203331' },
  client: { address: '192.0.2.7', port: 40_000 },
  source: { address: '192.0.2.7', port: 40_000 },
  server: { address: '127.0.0.1', port: 3000 },
  service: { name: 'tea' },
  host: { name: 'edge-1' },
  tapline: {
    run: { id: 'run-1' },
    thread: 0,
    kind: 'exchange',
    connection: { id: 5 },
    request: { body: { truncated: false }, last_byte: 10_000_000 },
    response: { body: { truncated: false }, first_byte: 90_000_000 },
    redacted: 2,
  },
};

/** A copy of EXCHANGE in which parts are others: objects are merged, all else replaces; undefined takes away. */
export function exchangeWith(changes: object): object {
  return merge(EXCHANGE, changes) as object;
}

function merge(value: unknown, change: unknown): unknown {
  if (!isPlainObject(value) || !isPlainObject(change)) return change;
  const merged: Record<string, unknown> = { ...value };
  for (const [name, part] of Object.entries(change))
    if (part === undefined) delete merged[name];
    else merged[name] = merge(merged[name], part);
  return merged;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
