import { SinkNotReady } from '../sink.ts';
import type { Dialect, ServerAnswer } from './client.ts';
import type { Credentials } from './credentials.ts';
import { missingPrivilege } from './missing-privilege.ts';
import { plainReason, serverError } from './server-error.ts';

/** Who answers: decides what can be asked of it. */
export interface ServerFacts {
  readonly dialect: Exclude<Dialect, 'unknown'>;
  /** For people: `Elasticsearch 9.4.3`. */
  readonly name: string;
  readonly has: ServerFeatures;
}

/** What a version can; where the docs name a first version, that one. */
export interface ServerFeatures {
  /** Bulk parameter: never makes a plain index by accident. */
  readonly requireDataStream: boolean;
  readonly dataStreamLifecycle: boolean;
  readonly indexLifecycle: boolean;
  readonly failureStore: boolean;
  readonly logsdb: boolean;
  /** Component templates and pipelines may be named that do not exist yet. */
  readonly missingComponents: boolean;
  /** `flattened`, `constant_keyword` without a value. */
  readonly elasticTypes: boolean;
}

/** The server does not take who we say we are: for good, or since its security index is being made. */
export class CredentialsRefused extends SinkNotReady {}

/** First contact: reads the answer to `GET /`. Throws SinkNotReady with what to do. */
export function identify(answer: ServerAnswer, credentials: Credentials): ServerFacts {
  const { status, url, body } = answer;
  if (status === 401)
    throw new CredentialsRefused(`${url} refuses us (401): ${credentials.advice}`, { isPermanent: true });
  if (status === 403)
    throw new SinkNotReady(
      `${url} refuses us (403): ${missingPrivilege(serverError(body), 'cluster monitor')}`,
      {
        isPermanent: true,
      },
    );
  if (status === 429 || status >= 500)
    throw new SinkNotReady(
      `${url} is not ready (${status}): ${plainReason(serverError(body)) || 'no reason given'}`,
      {
        isPermanent: false,
      },
    );
  const info = status === 200 ? readInfo(body) : null;
  if (info === null) throw new SinkNotReady(notElasticsearch(answer), { isPermanent: true });
  const { number, distribution } = info;
  const [major = 0, minor = 0] = number.split('.').map(Number);
  const isElasticsearch = answer.headers['x-elastic-product'] === 'Elasticsearch';
  if (distribution === 'opensearch') {
    if (major !== 3) throw unsupported(url, `OpenSearch ${number}`);
    return { dialect: 'opensearch', name: `OpenSearch ${number}`, has: OPENSEARCH };
  }
  if (!isElasticsearch && distribution === undefined && major === 0)
    throw new SinkNotReady(notElasticsearch(answer), { isPermanent: true });
  if (distribution !== undefined || (!isElasticsearch && major >= 8))
    throw new SinkNotReady(
      `${url} says it is ${distribution ?? 'Elasticsearch'} ${number}, but it is not the product; Tapline delivers to Elasticsearch 8 and 9 and to OpenSearch 3. If it is Elasticsearch, a proxy in between takes the header x-elastic-product away`,
      { isPermanent: true },
    );
  if (major !== 8 && major !== 9) throw unsupported(url, `Elasticsearch ${number}`);
  const since = (eight: number, nine: number): boolean => (major === 8 ? minor >= eight : minor >= nine);
  return {
    dialect: `elasticsearch-${major}`,
    name: `Elasticsearch ${number}`,
    has: {
      requireDataStream: since(13, 0),
      dataStreamLifecycle: since(14, 0),
      indexLifecycle: true,
      failureStore: since(19, 1),
      logsdb: since(17, 0),
      missingComponents: since(7, 0),
      elasticTypes: true,
    },
  };
}

/** What to expect of a server that cannot be asked. */
export const LATEST: ServerFeatures = {
  requireDataStream: true,
  dataStreamLifecycle: true,
  indexLifecycle: true,
  failureStore: true,
  logsdb: true,
  missingComponents: true,
  elasticTypes: true,
};

const OPENSEARCH: ServerFeatures = {
  requireDataStream: false,
  dataStreamLifecycle: false,
  indexLifecycle: false,
  failureStore: false,
  logsdb: false,
  missingComponents: false,
  elasticTypes: false,
};

function unsupported(url: string, what: string): SinkNotReady {
  return new SinkNotReady(
    `${url} is ${what}, which is not supported; Tapline delivers to Elasticsearch 8 and 9 and to OpenSearch 3`,
    { isPermanent: true },
  );
}

function notElasticsearch({ url, status }: ServerAnswer): string {
  return `${url} is not Elasticsearch (its answer to GET / has status ${status} and names no version); check host, port and path of --elasticsearch`;
}

function readInfo(body: string): { number: string; distribution: string | undefined } | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return null;
  }
  const version = (parsed as { version?: { number?: unknown; distribution?: unknown } } | null)?.version;
  if (typeof version?.number !== 'string' || !/^\d+\.\d+[\w.-]{0,40}$/.test(version.number)) return null;
  const { distribution } = version;
  return {
    number: version.number,
    distribution:
      typeof distribution === 'string' && /^[\w-]{1,40}$/.test(distribution) ? distribution : undefined,
  };
}
