import { SinkNotReady } from '../sink.ts';
import type { ElasticsearchClient } from './client.ts';
import { ConnectionFault } from './connection-fault.ts';
import type { Credentials } from './credentials.ts';
import type { ElasticsearchOptions } from './options.ts';
import { identify, type ServerFacts } from './server.ts';
import { readTrust } from './trust.ts';

/** A client that fits the server. Whoever has it closes it. */
export interface Connected {
  readonly client: ElasticsearchClient;
  readonly server: ServerFacts;
}

/** First contact: finds out who the server is and makes the client for it. Throws SinkNotReady with what to do. */
export async function connect(
  options: Pick<
    ElasticsearchOptions,
    'elasticsearch' | 'elasticsearchCa' | 'elasticsearchCaFingerprint' | 'elasticsearchTimeoutMs'
  >,
  credentials: Credentials,
  signal?: AbortSignal,
): Promise<Connected> {
  // Loaded where it is needed only: it takes 40 MB and a third of a second.
  const { newClient } = await import('./client.ts');
  const ports = {
    nodes: options.elasticsearch,
    credentials,
    trust: readTrust(options),
    timeoutMs: options.elasticsearchTimeoutMs,
  };
  const stranger = newClient('unknown', ports);
  let server: ServerFacts;
  try {
    const answer = await stranger.request({
      method: 'GET',
      path: '/',
      ...(signal === undefined ? {} : { signal }),
    });
    server = identify(answer, credentials);
  } catch (error) {
    if (error instanceof ConnectionFault)
      throw new SinkNotReady(error.message, { isPermanent: error.isPermanent });
    throw error;
  } finally {
    await stranger.close();
  }
  return { client: newClient(server.dialect, ports), server };
}
