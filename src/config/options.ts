import type { LogLevel } from '../core/ports.ts';
import type { CaptureRule } from '../records/capture-rules/capture-rule.ts';

/** All options, resolved: times in milliseconds, sizes in bytes, paths absolute. */
export interface Options {
  readonly upstream: string | null;
  readonly listen: { readonly text: string };
  readonly dataDir: string;
  readonly tlsCert: string | null;
  readonly tlsKey: string | null;
  readonly upstreamCa: string | null;
  readonly upstreamInsecure: boolean;
  readonly upstreamSni: string | null;
  readonly connectTimeoutMs: number;
  readonly headerTimeoutMs: number;
  readonly responseTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly shutdownTimeoutMs: number;
  readonly maxConnections: number;
  readonly maxHeadBytes: number;
  readonly maxHeaderLineBytes: number;
  readonly maxHeaders: number;
  readonly sendBufferBytes: number;
  readonly capture: 'on' | 'off';
  readonly maxBodyCaptureBytes: number;
  readonly captureBudgetBytes: number;
  readonly redactHeaders: string[];
  readonly redactKeys: string[];
  readonly flushIntervalMs: number;
  readonly batchBytes: number;
  readonly batchCount: number;
  readonly spoolSizeBytes: number;
  readonly spoolSegmentBytes: number;
  readonly spoolSync: boolean;
  readonly storeSizeBytes: number;
  readonly storeAgeMs: number;
  readonly serviceName: string;
  readonly logLevel: LogLevel;
  readonly reusePort: boolean;
  readonly threads: number;
  readonly compat: boolean;
  readonly maxMessageBytes: number;
  readonly inject: string[];
  readonly trustedProxies: string[];
  readonly proxyProtocol: boolean;
  readonly upstreamProxyProtocol: '1' | '2' | 'off';
  readonly captureRules: CaptureRule[];
  readonly dataset: string;
  readonly namespace: string;
  readonly store: 'on' | 'off';
  readonly elasticsearch: string[];
  readonly elasticsearchApiKey: string | null;
  readonly elasticsearchApiKeyFile: string | null;
  readonly elasticsearchUsername: string | null;
  readonly elasticsearchPassword: string | null;
  readonly elasticsearchPasswordFile: string | null;
  readonly elasticsearchCa: string | null;
  readonly elasticsearchCaFingerprint: string | null;
  readonly elasticsearchSetup: 'on' | 'off';
  readonly elasticsearchRetentionMs: number;
  readonly elasticsearchTimeoutMs: number;
  readonly otlpBodies: boolean;
  readonly file: string | null;
  readonly fileMaxBytes: number;
  readonly fileMaxAgeMs: number;
  readonly fileKeep: number;
  readonly stdout: boolean;
  readonly deliveryBatchBytes: number;
  readonly deliveryBatchCount: number;
  readonly deliveryIntervalMs: number;
  readonly deliveryConcurrency: number;
  readonly deliveryBudgetBytes: number;
  readonly deliveryTries: number;
  readonly deadLetterBytes: number;
  readonly guiPort: { readonly text: string } | null;
  readonly guiTokenFile: string | null;
  readonly guiHosts: string[];
  readonly traceUrl: string | null;
}

export type OptionType =
  | 'text'
  | 'url'
  | 'urls'
  | 'address'
  | 'admin-address'
  | 'trace-url'
  | 'path'
  | 'duration'
  | 'size'
  | 'count'
  | 'flag'
  | 'list'
  | 'level'
  | 'switch'
  | 'proxy-version'
  | 'stream-part'
  | 'request-fields'
  | 'networks'
  | 'capture-rules'
  /** Only by a variable: a command line can be read by every process, and a file belongs into an option of its own. */
  | 'secret';

/** One option: command line, file and environment, help and reference all come from this. */
export interface OptionSpec {
  readonly name: string;
  readonly field: keyof Options;
  readonly type: OptionType;
  /** As a user would write it; null for none. */
  readonly defaultValue: string | null;
  readonly meaning: string;
  readonly group:
    | 'Traffic'
    | 'TLS'
    | 'Limits'
    | 'Records'
    | 'Storage'
    | 'Delivery'
    | 'Elasticsearch'
    | 'OTLP'
    | 'Files'
    | 'Page'
    | 'Process';
  readonly placeholder: string;
  /** Smallest value of a number. */
  readonly min?: number;
  /** Largest value of a number. */
  readonly max?: number;
}

export const OPTION_SPECS: readonly OptionSpec[] = [
  {
    name: 'upstream',
    field: 'upstream',
    type: 'url',
    defaultValue: null,
    group: 'Traffic',
    placeholder: 'URL',
    meaning: 'the application to stand in front of: http://host:port or https://host:port',
  },
  {
    name: 'listen',
    field: 'listen',
    type: 'address',
    defaultValue: '127.0.0.1:8000',
    group: 'Traffic',
    placeholder: '[IP:]PORT',
    meaning: 'where clients connect; port 0 takes a free one',
  },
  {
    name: 'reuse-port',
    field: 'reusePort',
    type: 'flag',
    defaultValue: 'false',
    group: 'Traffic',
    placeholder: '',
    meaning: 'share the port with other processes (SO_REUSEPORT)',
  },
  {
    name: 'threads',
    field: 'threads',
    type: 'count',
    defaultValue: '1',
    group: 'Traffic',
    placeholder: 'N',
    min: 1,
    max: 64,
    meaning: 'data threads that share the ports; each has a program, variables and tasks of its own',
  },
  {
    name: 'max-message-size',
    field: 'maxMessageBytes',
    type: 'size',
    defaultValue: '16m',
    group: 'Limits',
    placeholder: 'SIZE',
    min: 1024,
    meaning:
      'a filter of a script may hold so much of one message or in one buffer; more ends the session with BufferOverflow',
  },
  {
    name: 'compat',
    field: 'compat',
    type: 'flag',
    defaultValue: 'false',
    group: 'Process',
    placeholder: '',
    meaning: 'behave as the original where Tapline differs for safety (docs/reference/differences.md)',
  },
  {
    name: 'inject',
    field: 'inject',
    type: 'request-fields',
    defaultValue: '',
    group: 'Traffic',
    placeholder: 'NAMES',
    meaning:
      'header fields that requests get on their way: traceparent, x-request-id, forwarded, x-forwarded-for',
  },
  {
    name: 'trusted-proxies',
    field: 'trustedProxies',
    type: 'networks',
    defaultValue: '',
    group: 'Traffic',
    placeholder: 'CIDRS',
    meaning: 'proxies in front, such as 10.0.0.0/8: the client address is taken from what they forward',
  },
  {
    name: 'proxy-protocol',
    field: 'proxyProtocol',
    type: 'flag',
    defaultValue: 'false',
    group: 'Traffic',
    placeholder: '',
    meaning: 'clients are a load balancer that begins each connection with a PROXY header, version 1 or 2',
  },
  {
    name: 'upstream-proxy-protocol',
    field: 'upstreamProxyProtocol',
    type: 'proxy-version',
    defaultValue: 'off',
    group: 'Traffic',
    placeholder: '1|2|off',
    meaning: 'begin each connection to the application with a PROXY header of this version',
  },
  {
    name: 'tls-cert',
    field: 'tlsCert',
    type: 'path',
    defaultValue: null,
    group: 'TLS',
    placeholder: 'FILE',
    meaning: 'PEM certificate chain: clients speak TLS to the gateway',
  },
  {
    name: 'tls-key',
    field: 'tlsKey',
    type: 'path',
    defaultValue: null,
    group: 'TLS',
    placeholder: 'FILE',
    meaning: 'PEM private key of --tls-cert',
  },
  {
    name: 'upstream-ca',
    field: 'upstreamCa',
    type: 'path',
    defaultValue: null,
    group: 'TLS',
    placeholder: 'FILE',
    meaning: "PEM certificates to trust for an https upstream, instead of the system's",
  },
  {
    name: 'upstream-sni',
    field: 'upstreamSni',
    type: 'text',
    defaultValue: null,
    group: 'TLS',
    placeholder: 'NAME',
    meaning: 'server name to ask for and to verify; default the host of --upstream',
  },
  {
    name: 'upstream-insecure',
    field: 'upstreamInsecure',
    type: 'flag',
    defaultValue: 'false',
    group: 'TLS',
    placeholder: '',
    meaning: 'do not verify the certificate of an https upstream',
  },
  {
    name: 'connect-timeout',
    field: 'connectTimeoutMs',
    type: 'duration',
    defaultValue: '10s',
    group: 'Limits',
    placeholder: 'TIME',
    min: 1,
    meaning: 'an upstream that does not accept in this time: 504',
  },
  {
    name: 'header-timeout',
    field: 'headerTimeoutMs',
    type: 'duration',
    defaultValue: '15s',
    group: 'Limits',
    placeholder: 'TIME',
    meaning: 'a request head that takes longer: 408; 0 for none',
  },
  {
    name: 'response-timeout',
    field: 'responseTimeoutMs',
    type: 'duration',
    defaultValue: '60s',
    group: 'Limits',
    placeholder: 'TIME',
    meaning: 'no byte of an answer this long after its request: 504; 0 for none',
  },
  {
    name: 'idle-timeout',
    field: 'idleTimeoutMs',
    type: 'duration',
    defaultValue: '300s',
    group: 'Limits',
    placeholder: 'TIME',
    meaning: 'a connection without a byte either way is closed; 0 for never',
  },
  {
    name: 'shutdown-timeout',
    field: 'shutdownTimeoutMs',
    type: 'duration',
    defaultValue: '30s',
    group: 'Limits',
    placeholder: 'TIME',
    meaning: 'what is in flight may take this long after SIGTERM',
  },
  {
    name: 'max-connections',
    field: 'maxConnections',
    type: 'count',
    defaultValue: '10000',
    group: 'Limits',
    placeholder: 'N',
    min: 1,
    meaning: 'more clients are answered 503; lowered to what the limit of open files allows',
  },
  {
    name: 'max-head-size',
    field: 'maxHeadBytes',
    type: 'size',
    defaultValue: '64k',
    group: 'Limits',
    placeholder: 'SIZE',
    min: 256,
    meaning: 'a larger request head: 431',
  },
  {
    name: 'max-header-line',
    field: 'maxHeaderLineBytes',
    type: 'size',
    defaultValue: '8k',
    group: 'Limits',
    placeholder: 'SIZE',
    min: 128,
    meaning: 'a longer request line: 414, a longer header line: 431',
  },
  {
    name: 'max-headers',
    field: 'maxHeaders',
    type: 'count',
    defaultValue: '200',
    group: 'Limits',
    placeholder: 'N',
    min: 1,
    meaning: 'more header lines: 431',
  },
  {
    name: 'send-buffer',
    field: 'sendBufferBytes',
    type: 'size',
    defaultValue: '1m',
    group: 'Limits',
    placeholder: 'SIZE',
    min: 65_536,
    meaning: 'bytes waiting for a slow reader, above which its peer is not read',
  },
  {
    name: 'capture',
    field: 'capture',
    type: 'switch',
    defaultValue: 'on',
    group: 'Records',
    placeholder: 'on|off',
    meaning: 'off passes traffic without records',
  },
  {
    name: 'capture-rule',
    field: 'captureRules',
    type: 'capture-rules',
    defaultValue: '',
    group: 'Records',
    placeholder: 'RULE',
    meaning:
      "what to keep of which exchanges, such as 'heads path=/upload/*', 'count health' or 'full status>=500'; may be repeated, the first that matches decides",
  },
  {
    name: 'max-body-capture',
    field: 'maxBodyCaptureBytes',
    type: 'size',
    defaultValue: '64k',
    group: 'Records',
    placeholder: 'SIZE',
    meaning: 'bytes of each body that are recorded; the rest is counted and hashed',
  },
  {
    name: 'capture-budget',
    field: 'captureBudgetBytes',
    type: 'size',
    defaultValue: '64m',
    group: 'Records',
    placeholder: 'SIZE',
    meaning:
      'memory for bodies being captured and records waiting for the disk; beyond it bodies are left out, then records',
  },
  {
    name: 'redact-headers',
    field: 'redactHeaders',
    type: 'list',
    defaultValue: '',
    group: 'Records',
    placeholder: 'NAMES',
    meaning: 'further headers whose values are redacted',
  },
  {
    name: 'redact-keys',
    field: 'redactKeys',
    type: 'list',
    defaultValue: '',
    group: 'Records',
    placeholder: 'NAMES',
    meaning: 'further keys whose values are redacted in queries and bodies',
  },
  {
    name: 'service-name',
    field: 'serviceName',
    type: 'text',
    defaultValue: 'tapline',
    group: 'Records',
    placeholder: 'NAME',
    meaning: 'service.name of the records',
  },
  {
    name: 'dataset',
    field: 'dataset',
    type: 'stream-part',
    defaultValue: 'tapline.http',
    group: 'Records',
    placeholder: 'NAME',
    meaning: 'data_stream.dataset and event.dataset of the records',
  },
  {
    name: 'namespace',
    field: 'namespace',
    type: 'stream-part',
    defaultValue: 'default',
    group: 'Records',
    placeholder: 'NAME',
    meaning: 'data_stream.namespace of the records',
  },
  {
    name: 'data-dir',
    field: 'dataDir',
    type: 'path',
    defaultValue: '.tapline',
    group: 'Storage',
    placeholder: 'DIR',
    meaning: 'where records are kept; one gateway at a time',
  },
  {
    name: 'flush-interval',
    field: 'flushIntervalMs',
    type: 'duration',
    defaultValue: '200ms',
    group: 'Storage',
    placeholder: 'TIME',
    min: 10,
    meaning: 'records reach the file system at least this often',
  },
  {
    name: 'batch-size',
    field: 'batchBytes',
    type: 'size',
    defaultValue: '512k',
    group: 'Storage',
    placeholder: 'SIZE',
    min: 1,
    meaning: 'records are flushed when so many bytes are collected',
  },
  {
    name: 'batch-count',
    field: 'batchCount',
    type: 'count',
    defaultValue: '1000',
    group: 'Storage',
    placeholder: 'N',
    min: 1,
    meaning: 'or so many records',
  },
  {
    name: 'spool-size',
    field: 'spoolSizeBytes',
    type: 'size',
    defaultValue: '1g',
    group: 'Storage',
    placeholder: 'SIZE',
    min: 65_536,
    meaning: 'records on disk that no sink has taken yet; beyond it they are dropped and a gap is recorded',
  },
  {
    name: 'spool-segment',
    field: 'spoolSegmentBytes',
    type: 'size',
    defaultValue: '16m',
    group: 'Storage',
    placeholder: 'SIZE',
    min: 4096,
    meaning: 'size of one spool file',
  },
  {
    name: 'spool-sync',
    field: 'spoolSync',
    type: 'flag',
    defaultValue: 'false',
    group: 'Storage',
    placeholder: '',
    meaning: 'fsync every flush: records survive a power loss',
  },
  {
    name: 'store-size',
    field: 'storeSizeBytes',
    type: 'size',
    defaultValue: '1g',
    group: 'Storage',
    placeholder: 'SIZE',
    min: 1_048_576,
    meaning: 'the embedded store forgets its oldest records beyond this',
  },
  {
    name: 'store-age',
    field: 'storeAgeMs',
    type: 'duration',
    defaultValue: '7d',
    group: 'Storage',
    placeholder: 'TIME',
    min: 1000,
    meaning: 'and those older than this',
  },
  {
    name: 'store',
    field: 'store',
    type: 'switch',
    defaultValue: 'on',
    group: 'Storage',
    placeholder: 'on|off',
    meaning: 'off: no embedded store; records go only to the other sinks',
  },
  {
    name: 'delivery-batch-size',
    field: 'deliveryBatchBytes',
    type: 'size',
    defaultValue: '1m',
    group: 'Delivery',
    placeholder: 'SIZE',
    min: 1024,
    meaning: 'bytes of records in one request to a sink',
  },
  {
    name: 'delivery-batch-count',
    field: 'deliveryBatchCount',
    type: 'count',
    defaultValue: '5000',
    group: 'Delivery',
    placeholder: 'N',
    min: 1,
    meaning: 'records in one request to a sink',
  },
  {
    name: 'delivery-interval',
    field: 'deliveryIntervalMs',
    type: 'duration',
    defaultValue: '1s',
    group: 'Delivery',
    placeholder: 'TIME',
    meaning: 'a smaller batch is sent after this time',
  },
  {
    name: 'delivery-concurrency',
    field: 'deliveryConcurrency',
    type: 'count',
    defaultValue: '4',
    group: 'Delivery',
    placeholder: 'N',
    min: 1,
    max: 64,
    meaning: 'requests under way to one sink at a time, at most; fewer where it slows down',
  },
  {
    name: 'delivery-budget',
    field: 'deliveryBudgetBytes',
    type: 'size',
    defaultValue: '64m',
    group: 'Delivery',
    placeholder: 'SIZE',
    min: 1_048_576,
    meaning: 'memory of batches of all sinks together; beyond it they wait on disk',
  },
  {
    name: 'delivery-tries',
    field: 'deliveryTries',
    type: 'count',
    defaultValue: '8',
    group: 'Delivery',
    placeholder: 'N',
    min: 1,
    meaning:
      'tries of a record that a sink answers with a server error of its own, before it becomes a dead letter',
  },
  {
    name: 'dead-letter-size',
    field: 'deadLetterBytes',
    type: 'size',
    defaultValue: '256m',
    group: 'Delivery',
    placeholder: 'SIZE',
    min: 0,
    meaning:
      'documents of dead letters on disk; beyond it the oldest lose their document and are only counted',
  },
  {
    name: 'elasticsearch',
    field: 'elasticsearch',
    type: 'urls',
    defaultValue: '',
    group: 'Elasticsearch',
    placeholder: 'URLS',
    meaning: 'deliver to Elasticsearch 8 or 9 or OpenSearch: https://host:9200, several with commas',
  },
  {
    name: 'elasticsearch-api-key',
    field: 'elasticsearchApiKey',
    type: 'secret',
    defaultValue: null,
    group: 'Elasticsearch',
    placeholder: 'KEY',
    meaning: 'API key, base64 of id:key as the server shows it',
  },
  {
    name: 'elasticsearch-api-key-file',
    field: 'elasticsearchApiKeyFile',
    type: 'path',
    defaultValue: null,
    group: 'Elasticsearch',
    placeholder: 'FILE',
    meaning: 'file that holds it; read again when the server refuses it',
  },
  {
    name: 'elasticsearch-username',
    field: 'elasticsearchUsername',
    type: 'text',
    defaultValue: null,
    group: 'Elasticsearch',
    placeholder: 'NAME',
    meaning: 'user, instead of an API key',
  },
  {
    name: 'elasticsearch-password',
    field: 'elasticsearchPassword',
    type: 'secret',
    defaultValue: null,
    group: 'Elasticsearch',
    placeholder: 'PASSWORD',
    meaning: 'password of that user',
  },
  {
    name: 'elasticsearch-password-file',
    field: 'elasticsearchPasswordFile',
    type: 'path',
    defaultValue: null,
    group: 'Elasticsearch',
    placeholder: 'FILE',
    meaning: 'file that holds it; read again when the server refuses it',
  },
  {
    name: 'elasticsearch-ca',
    field: 'elasticsearchCa',
    type: 'path',
    defaultValue: null,
    group: 'Elasticsearch',
    placeholder: 'FILE',
    meaning: 'PEM file of authorities trusted for it',
  },
  {
    name: 'elasticsearch-ca-fingerprint',
    field: 'elasticsearchCaFingerprint',
    type: 'text',
    defaultValue: null,
    group: 'Elasticsearch',
    placeholder: 'HEX',
    meaning: 'SHA-256 fingerprint of the certificate authority trusted for it',
  },
  {
    name: 'elasticsearch-setup',
    field: 'elasticsearchSetup',
    type: 'switch',
    defaultValue: 'on',
    group: 'Elasticsearch',
    placeholder: 'on|off',
    meaning: 'off: template, lifecycle and pipeline are there already (tapline setup elasticsearch)',
  },
  {
    name: 'elasticsearch-retention',
    field: 'elasticsearchRetentionMs',
    type: 'duration',
    defaultValue: '30d',
    group: 'Elasticsearch',
    placeholder: 'TIME',
    meaning: 'lifecycle of the data stream; 0 for ever',
  },
  {
    name: 'elasticsearch-timeout',
    field: 'elasticsearchTimeoutMs',
    type: 'duration',
    defaultValue: '30s',
    group: 'Elasticsearch',
    placeholder: 'TIME',
    min: 100,
    meaning: 'a request that takes longer is tried again',
  },
  {
    name: 'otlp-bodies',
    field: 'otlpBodies',
    type: 'flag',
    defaultValue: 'false',
    group: 'OTLP',
    placeholder: '',
    meaning:
      'log records of OTLP carry the bodies (OTEL_EXPORTER_OTLP_ENDPOINT and the other standard variables turn OTLP on)',
  },
  {
    name: 'file',
    field: 'file',
    type: 'path',
    defaultValue: null,
    group: 'Files',
    placeholder: 'FILE',
    meaning: 'append records to this file, one JSON document a line',
  },
  {
    name: 'file-size',
    field: 'fileMaxBytes',
    type: 'size',
    defaultValue: '100m',
    group: 'Files',
    placeholder: 'SIZE',
    min: 1024,
    meaning: 'begin a new file above this; the old one is compressed',
  },
  {
    name: 'file-age',
    field: 'fileMaxAgeMs',
    type: 'duration',
    defaultValue: '1d',
    group: 'Files',
    placeholder: 'TIME',
    meaning: 'and after this time; 0 for never',
  },
  {
    name: 'file-keep',
    field: 'fileKeep',
    type: 'count',
    defaultValue: '10',
    group: 'Files',
    placeholder: 'N',
    meaning: 'compressed files that are kept; 0 for all',
  },
  {
    name: 'stdout',
    field: 'stdout',
    type: 'flag',
    defaultValue: 'false',
    group: 'Files',
    placeholder: '',
    meaning: 'write records to standard output, one JSON document a line; messages go to standard error then',
  },
  {
    name: 'gui-port',
    field: 'guiPort',
    type: 'admin-address',
    defaultValue: '8001',
    group: 'Page',
    placeholder: '[IP:]PORT',
    meaning:
      'the page, its API, /metrics (Prometheus), /healthz and /readyz; a port alone is on loopback; 0 for none; another is taken where 8001 is in use and none was asked for',
  },
  {
    name: 'gui-token-file',
    field: 'guiTokenFile',
    type: 'path',
    defaultValue: null,
    group: 'Page',
    placeholder: 'FILE',
    meaning: 'file with the token that opens page and API; beyond loopback there is no page without one',
  },
  {
    name: 'gui-hosts',
    field: 'guiHosts',
    type: 'list',
    defaultValue: '',
    group: 'Page',
    placeholder: 'NAMES',
    meaning: 'names under which page and API are reached, where it is not an address or localhost',
  },
  {
    name: 'trace-url',
    field: 'traceUrl',
    type: 'trace-url',
    defaultValue: null,
    group: 'Page',
    placeholder: 'URL',
    meaning: 'where the page links trace ids to, such as https://jaeger.example/trace/{trace}',
  },
  {
    name: 'log-level',
    field: 'logLevel',
    type: 'level',
    defaultValue: 'info',
    group: 'Process',
    placeholder: 'debug|info|warn|error',
    meaning: 'lowest level of log lines',
  },
];

/** The environment variable of an option. */
export function optionVariable({ name }: OptionSpec): string {
  return `TAPLINE_${name.toUpperCase().replaceAll('-', '_')}`;
}

/** How a user gives it: a flag, or for a secret its variable. */
export function optionSign(spec: OptionSpec): string {
  if (spec.type === 'secret') return `${optionVariable(spec)}=${spec.placeholder}`;
  return spec.placeholder === '' ? `--${spec.name}` : `--${spec.name}=${spec.placeholder}`;
}

/** The options for those who send nothing to a sink: secrets stay where they are used. */
export function withoutSecrets(options: Options): Options {
  const secrets = OPTION_SPECS.filter(({ type }) => type === 'secret').map(({ field }) => [field, null]);
  return { ...options, ...(Object.fromEntries(secrets) as Partial<Options>) };
}
