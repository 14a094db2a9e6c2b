import type { LogLevel } from '../core/ports.ts';

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
}

export type OptionType =
  'text' | 'url' | 'address' | 'path' | 'duration' | 'size' | 'count' | 'flag' | 'list' | 'level' | 'switch';

/** One option: command line, file and environment, help and reference all come from this. */
export interface OptionSpec {
  readonly name: string;
  readonly field: keyof Options;
  readonly type: OptionType;
  /** As a user would write it; null for none. */
  readonly defaultValue: string | null;
  readonly meaning: string;
  readonly group: 'Traffic' | 'TLS' | 'Limits' | 'Records' | 'Storage' | 'Process';
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
    name: 'log-level',
    field: 'logLevel',
    type: 'level',
    defaultValue: 'info',
    group: 'Process',
    placeholder: 'debug|info|warn|error',
    meaning: 'lowest level of log lines',
  },
];
