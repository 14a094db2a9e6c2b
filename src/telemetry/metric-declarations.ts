/** What a metric is: name and unit after the OpenTelemetry semantic conventions, attributes that tell its series apart. */
export interface MetricDeclaration {
  /** Dotted, as OpenTelemetry names it; Prometheus text makes `http_server_request_duration_seconds` of it. */
  readonly name: string;
  /** `counter` only rises, `gauge` is a value of now, `histogram` counts values in buckets. */
  readonly kind: 'counter' | 'gauge' | 'histogram';
  /** UCUM: `s`, `By`; what stands in braces only says what is counted. */
  readonly unit: string;
  readonly description: string;
  readonly attributes: readonly string[];
  /** Upper bounds of the buckets of a histogram, rising; what is above the last has a bucket of its own. */
  readonly buckets?: readonly number[];
  /** Of a gauge: values of several processes add up to one that makes sense (an up-down counter of OpenTelemetry). */
  readonly isAdditive?: boolean;
}

/** Of `http.server.request.duration` (semantic conventions for HTTP metrics). */
const REQUEST_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
const DELIVERY_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const BODY_BYTES = [
  0, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864,
];
/** Attributes whose values are numbers to OpenTelemetry; here, as in Prometheus, all are texts. */
export const NUMBER_ATTRIBUTES: ReadonlySet<string> = new Set(['http.response.status_code']);

/** The buckets of the semantic conventions (0.01, 0.1, 1, 10), and finer ones: most pauses are far below. */
const COLLECTION_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 1, 10];

const THREAD = 'tapline.thread';
const THREADS = 'main, or data-0 and so on';
const SINK = 'tapline.sink';
const REASON = 'tapline.reason';

/** Every metric of the gateway; the reference page, Prometheus text and OTLP come from it. */
export const METRICS = {
  requestDuration: {
    name: 'http.server.request.duration',
    kind: 'histogram',
    unit: 's',
    description:
      'From the head of a request to the end of its answer; of a connection that is switched to another protocol, to the head of the answer.',
    attributes: [
      'http.request.method',
      'http.response.status_code',
      'url.scheme',
      'network.protocol.version',
      'error.type',
    ],
    buckets: REQUEST_SECONDS,
  },
  activeRequests: {
    name: 'http.server.active_requests',
    kind: 'gauge',
    unit: '{request}',
    description: 'Requests whose exchange is not complete.',
    attributes: ['url.scheme'],
    isAdditive: true,
  },
  requestBodySize: {
    name: 'http.server.request.body.size',
    kind: 'histogram',
    unit: 'By',
    description: 'Bodies of requests as they came, without transfer coding.',
    attributes: ['http.request.method', 'http.response.status_code', 'url.scheme'],
    buckets: BODY_BYTES,
  },
  responseBodySize: {
    name: 'http.server.response.body.size',
    kind: 'histogram',
    unit: 'By',
    description: 'Bodies of answers as they came, without transfer coding.',
    attributes: ['http.request.method', 'http.response.status_code', 'url.scheme'],
    buckets: BODY_BYTES,
  },
  recordsAccepted: {
    name: 'tapline.records.accepted',
    kind: 'counter',
    unit: '{record}',
    description: 'Records that were made of exchanges.',
    attributes: [],
  },
  recordsDegraded: {
    name: 'tapline.records.degraded',
    kind: 'counter',
    unit: '{record}',
    description:
      'Records of which a body was left out for want of room (--capture-budget): body-dropped. A body cut at --max-body-capture is as wished for.',
    attributes: [REASON],
  },
  recordsDropped: {
    name: 'tapline.records.dropped',
    kind: 'counter',
    unit: '{record}',
    description: 'Records that were lost, each told of by a gap record: spool-full, disk-error.',
    attributes: [REASON],
  },
  recordsLeftOut: {
    name: 'tapline.records.left_out',
    kind: 'counter',
    unit: '{record}',
    description: 'Exchanges of which a capture rule left out something.',
    attributes: ['tapline.rule', 'tapline.capture'],
  },
  connections: {
    name: 'tapline.connections',
    kind: 'counter',
    unit: '{connection}',
    description:
      'Client connections, by what became of them at the door: accepted, or refused over --max-connections.',
    attributes: ['tapline.outcome'],
  },
  connectionsOpen: {
    name: 'tapline.connections.open',
    kind: 'gauge',
    unit: '{connection}',
    description: 'Client connections that are open now, by data thread.',
    attributes: [THREAD],
    isAdditive: true,
  },
  sessions: {
    name: 'tapline.sessions',
    kind: 'gauge',
    unit: '{session}',
    description:
      'Sessions of pipelines that are open now, by data thread; those of replaced programs count until they end.',
    attributes: [THREAD],
    isAdditive: true,
  },
  sinkDelivered: {
    name: 'tapline.sink.delivered',
    kind: 'counter',
    unit: '{record}',
    description: 'Records that a sink has taken.',
    attributes: [SINK],
  },
  sinkDuplicates: {
    name: 'tapline.sink.duplicates',
    kind: 'counter',
    unit: '{record}',
    description: 'Of the delivered records those that the sink had already from an earlier try.',
    attributes: [SINK],
  },
  sinkDiverted: {
    name: 'tapline.sink.diverted',
    kind: 'counter',
    unit: '{record}',
    description:
      'Of the delivered records those that the sink put aside: the failure store of Elasticsearch.',
    attributes: [SINK],
  },
  sinkRejected: {
    name: 'tapline.sink.rejected',
    kind: 'counter',
    unit: '{record}',
    description:
      'Records that an OTLP receiver rejected in a partial success without saying which: they are lost there.',
    attributes: [SINK],
  },
  sinkRetried: {
    name: 'tapline.sink.retried',
    kind: 'counter',
    unit: '{record}',
    description: 'Records that had to be sent again.',
    attributes: [SINK],
  },
  sinkDeadLetters: {
    name: 'tapline.sink.dead_letters',
    kind: 'counter',
    unit: '{record}',
    description: 'Records that a sink refused for good.',
    attributes: [SINK],
  },
  sinkGivenUp: {
    name: 'tapline.sink.given_up',
    kind: 'counter',
    unit: '{record}',
    description:
      'Records that a sink will not get although others have them: the spool was full, and they were the oldest.',
    attributes: [SINK],
  },
  sinkTruncated: {
    name: 'tapline.sink.truncated',
    kind: 'counter',
    unit: '{record}',
    description: 'Records whose bodies were cut because the sink does not take one so large.',
    attributes: [SINK],
  },
  sinkRequests: {
    name: 'tapline.sink.requests',
    kind: 'counter',
    unit: '{request}',
    description: 'Requests to a sink by what came of them.',
    attributes: [SINK, 'tapline.outcome'],
  },
  sinkRequestDuration: {
    name: 'tapline.sink.request.duration',
    kind: 'histogram',
    unit: 's',
    description: 'From sending a batch to its answer.',
    attributes: [SINK],
    buckets: DELIVERY_SECONDS,
  },
  sinkInFlight: {
    name: 'tapline.sink.in_flight',
    kind: 'gauge',
    unit: '{request}',
    description: 'Requests under way.',
    attributes: [SINK],
    isAdditive: true,
  },
  sinkPendingBytes: {
    name: 'tapline.sink.pending',
    kind: 'gauge',
    unit: 'By',
    description: 'Bytes of the spool that the sink has not taken yet.',
    attributes: [SINK],
    isAdditive: true,
  },
  sinkLag: {
    name: 'tapline.sink.lag',
    kind: 'gauge',
    unit: 's',
    description: 'Age of the oldest record that the sink has not taken yet; 0 for none.',
    attributes: [SINK],
  },
  sinkState: {
    name: 'tapline.sink.state',
    kind: 'gauge',
    unit: '{state}',
    description: '1 for the state that the sink is in, 0 for the others.',
    attributes: [SINK, 'tapline.state'],
  },
  deadLetterBytes: {
    name: 'tapline.dead_letters.size',
    kind: 'gauge',
    unit: 'By',
    description: 'Bytes of dead letters on disk.',
    attributes: [],
    isAdditive: true,
  },
  spoolBytes: {
    name: 'tapline.spool.size',
    kind: 'gauge',
    unit: 'By',
    description: 'Bytes of records on disk that some sink has not taken yet.',
    attributes: [],
    isAdditive: true,
  },
  spoolLimit: {
    name: 'tapline.spool.limit',
    kind: 'gauge',
    unit: 'By',
    description: 'Bound of tapline.spool.size (--spool-size).',
    attributes: [],
    isAdditive: true,
  },
  captureBytes: {
    name: 'tapline.capture.size',
    kind: 'gauge',
    unit: 'By',
    description: 'Memory of bodies in capture.',
    attributes: [],
    isAdditive: true,
  },
  captureLimit: {
    name: 'tapline.capture.limit',
    kind: 'gauge',
    unit: 'By',
    description: 'Bound of tapline.capture.size (--capture-budget).',
    attributes: [],
    isAdditive: true,
  },
  memory: {
    name: 'process.memory.usage',
    kind: 'gauge',
    unit: 'By',
    description: 'Resident memory of the process.',
    attributes: [],
    isAdditive: true,
  },
  cpuTime: {
    name: 'process.cpu.time',
    kind: 'counter',
    unit: 's',
    description: 'CPU time of the process over all its threads.',
    attributes: ['cpu.mode'],
  },
  eventLoopDelayP50: {
    name: 'nodejs.eventloop.delay.p50',
    kind: 'gauge',
    unit: 's',
    description: `How late the event loop is, median of the last ten seconds, by thread: ${THREADS}.`,
    attributes: [THREAD],
  },
  eventLoopDelayP99: {
    name: 'nodejs.eventloop.delay.p99',
    kind: 'gauge',
    unit: 's',
    description: `How late the event loop is, 99th percentile of the last ten seconds, by thread: ${THREADS}.`,
    attributes: [THREAD],
  },
  eventLoopDelayMax: {
    name: 'nodejs.eventloop.delay.max',
    kind: 'gauge',
    unit: 's',
    description: `How late the event loop was at most in the last ten seconds, by thread: ${THREADS}.`,
    attributes: [THREAD],
  },
  eventLoopTime: {
    name: 'nodejs.eventloop.time',
    kind: 'counter',
    unit: 's',
    description:
      'Time that a thread worked (active) and waited for something to do (idle). Active near one second a second: the thread is saturated.',
    attributes: [THREAD, 'nodejs.eventloop.state'],
  },
  collectionDuration: {
    name: 'v8js.gc.duration',
    kind: 'histogram',
    unit: 's',
    description:
      'Pauses in which a thread stood still for the collection of its garbage: minor (the young generation), major, incremental steps, callbacks of weak references (weakcb).',
    attributes: [THREAD, 'v8js.gc.type'],
    buckets: COLLECTION_SECONDS,
  },
  heapUsed: {
    name: 'v8js.memory.heap.used',
    kind: 'gauge',
    unit: 'By',
    description:
      'Memory of the heap that objects take, living or not collected yet, by thread and space of V8.',
    attributes: [THREAD, 'v8js.heap.space.name'],
    isAdditive: true,
  },
  heapLimit: {
    name: 'v8js.memory.heap.limit',
    kind: 'gauge',
    unit: 'By',
    description: 'Memory that V8 has taken for the heap, by thread and space.',
    attributes: [THREAD, 'v8js.heap.space.name'],
    isAdditive: true,
  },
} as const satisfies Record<string, MetricDeclaration>;
