/** What the sink is told by its user; a part of the gateway's options, under the same names. */
export interface ElasticsearchOptions {
  /** Base URLs of the nodes. */
  readonly elasticsearch: readonly string[];
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
  readonly dataset: string;
  readonly namespace: string;
}

/** How records are brought to it; the same part of the options for every sink. */
export interface BatchOptions {
  readonly deliveryBatchBytes: number;
  readonly deliveryBatchCount: number;
  readonly deliveryIntervalMs: number;
  readonly deliveryConcurrency: number;
}

/** The name of the data stream: `logs-<dataset>-<namespace>`. */
export function dataStreamName({
  dataset,
  namespace,
}: Pick<ElasticsearchOptions, 'dataset' | 'namespace'>): string {
  return `logs-${dataset}-${namespace}`;
}
