import type { ExecutionContext } from 'ava';
import type { RecordDocument } from '../../src/records/record-document.ts';
import { newElasticsearchSink } from '../../src/sinks/elasticsearch/elasticsearch-sink.ts';
import type { BatchOptions, ElasticsearchOptions } from '../../src/sinks/elasticsearch/options.ts';
import type { Batch, Sink } from '../../src/sinks/sink.ts';
import { DATASETS } from './peers.ts';

export const NO_SIGNAL = new AbortController().signal;

let datasets = 0;

/** A data stream that no other test has. */
export function uniqueDataset(): string {
  return `${DATASETS}.${Date.now().toString(36)}.${++datasets}`;
}

/** Options as a gateway without credentials would have them. */
export function sinkOptions(
  url: string | readonly string[],
  more: Partial<ElasticsearchOptions & BatchOptions> = {},
): ElasticsearchOptions & BatchOptions {
  return {
    elasticsearch: [url].flat(),
    elasticsearchApiKey: null,
    elasticsearchApiKeyFile: null,
    elasticsearchUsername: null,
    elasticsearchPassword: null,
    elasticsearchPasswordFile: null,
    elasticsearchCa: null,
    elasticsearchCaFingerprint: null,
    elasticsearchSetup: 'on',
    elasticsearchRetentionMs: 30 * 86_400_000,
    elasticsearchTimeoutMs: 10_000,
    dataset: 'tapline.http',
    namespace: 'default',
    deliveryBatchBytes: 5_000_000,
    deliveryBatchCount: 5000,
    deliveryIntervalMs: 1000,
    deliveryConcurrency: 4,
    ...more,
  };
}

export interface TestSink {
  readonly sink: Sink;
  readonly stream: string;
  /** Log lines, `level message`. */
  readonly lines: string[];
}

/** A sink that stops with its test; not started. */
export function makeSink(
  t: Pick<ExecutionContext, 'teardown'>,
  url: string | readonly string[],
  more: Partial<ElasticsearchOptions & BatchOptions> = {},
): TestSink {
  const lines: string[] = [];
  const options = sinkOptions(url, more);
  const sink = newElasticsearchSink(options, {
    log: { write: (level, message) => void lines.push(`${level} ${message}`) },
  });
  t.teardown(() => sink.stop());
  return { sink, stream: `logs-${options.dataset}-${options.namespace}`, lines };
}

export function batchOf(records: readonly RecordDocument[], mayBeStoredSince: string | null = null): Batch {
  return {
    stream: { run: 'run', thread: 0 },
    records,
    bytes: records.reduce((sum, { bytes }) => sum + bytes.length, 0),
    place: { segment: 0, offset: 0 },
    tries: mayBeStoredSince === null ? 1 : 2,
    mayBeStoredSince,
  };
}

/** `GET /` as Elasticsearch answers it. */
export const ELASTICSEARCH_9 = {
  headers: { 'x-elastic-product': 'Elasticsearch' },
  body: { version: { number: '9.4.3', build_flavor: 'default' }, tagline: 'You Know, for Search' },
};

/** The message of what `fn` throws. */
export async function messageOf(fn: () => Promise<unknown>): Promise<string> {
  try {
    await fn();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('it should have failed');
}
