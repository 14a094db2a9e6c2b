import type { ElasticsearchClient } from './client.ts';
import { missingPrivilege } from './missing-privilege.ts';
import { serverError } from './server-error.ts';

/** Ids asked for in one request, over all indices. */
const IDS_AT_A_TIME = 2000;

/** The indices behind a data stream, oldest first; the last is written to. `template` where the server says it. */
export interface BackingIndices {
  readonly names: readonly string[];
  readonly generation: number;
  readonly template: string | null;
}

/** What could not be asked, and why; `reason` says what to do. */
export class NotAllowed extends Error {}

/** Null where there is no such data stream yet. Throws ConnectionFault, NotAllowed, or an error with the status. */
export async function backingIndices(
  client: ElasticsearchClient,
  stream: string,
  signal?: AbortSignal,
): Promise<BackingIndices | null> {
  const answer = await client.request({
    method: 'GET',
    path: `/_data_stream/${stream}`,
    ...(signal === undefined ? {} : { signal }),
  });
  if (answer.status === 404) return null;
  if (answer.status === 401 || answer.status === 403)
    throw new NotAllowed(
      missingPrivilege(serverError(answer.body), `index privilege view_index_metadata on ${stream}`),
    );
  if (answer.status !== 200) throw new Error(`${answer.url} cannot describe ${stream} (${answer.status})`);
  const found = (
    JSON.parse(answer.body) as {
      data_streams?: {
        name: string;
        generation?: number;
        template?: string;
        indices: { index_name: string }[];
      }[];
    }
  ).data_streams?.find(({ name }) => name === stream);
  if (found === undefined) return null;
  return {
    names: found.indices.map(({ index_name: name }) => name),
    generation: found.generation ?? found.indices.length,
    template: found.template ?? null,
  };
}

/**
 * The block that keeps records out of an index, in words; null for none. (Where the stream has a failure store, a blocked index answers as if
 * it took the records: they land there.)
 */
export async function writeBlock(
  client: ElasticsearchClient,
  index: string,
  signal?: AbortSignal,
): Promise<string | null> {
  const answer = await client.request({
    method: 'GET',
    path: `/${encodeURIComponent(index)}/_settings/index.blocks.*?flat_settings=true`,
    ...(signal === undefined ? {} : { signal }),
  });
  if (answer.status !== 200) return null;
  const [found] = Object.values(
    JSON.parse(answer.body) as Record<string, { settings?: Record<string, unknown> }>,
  );
  const block = ['write', 'read_only', 'read_only_allow_delete'].find(
    (name) => String(found?.settings?.[`index.blocks.${name}`]) === 'true',
  );
  if (block === undefined) return null;
  const advice =
    block === 'read_only_allow_delete'
      ? 'the disk of a node is too full: free space, or let old indices expire'
      : `take the block away (PUT …/_settings {"index.blocks.${block}": null})`;
  return `index [${index}] is blocked (index.blocks.${block}); ${advice}, and it goes on by itself`;
}

/** Which of the ids these indices hold, asked in real time: also what is not searchable yet. */
export async function heldIds(
  client: ElasticsearchClient,
  indices: readonly string[],
  ids: readonly string[],
  signal?: AbortSignal,
): Promise<Set<string>> {
  const held = new Set<string>();
  for (const index of indices)
    for (let at = 0; at < ids.length; at += IDS_AT_A_TIME) {
      const answer = await client.request({
        method: 'POST',
        path: `/${encodeURIComponent(index)}/_mget?realtime=true&_source=false&filter_path=docs._id,docs.found,docs.error.type`,
        body: { ids: ids.slice(at, at + IDS_AT_A_TIME) },
        ...(signal === undefined ? {} : { signal }),
      });
      if (answer.status === 401 || answer.status === 403)
        throw new NotAllowed(missingPrivilege(serverError(answer.body), `index privilege read on ${index}`));
      // An index that has expired meanwhile holds nothing.
      if (answer.status === 404) break;
      if (answer.status !== 200) throw new Error(`${answer.url} cannot look up ids (${answer.status})`);
      const { docs = [] } = JSON.parse(answer.body) as {
        docs?: { _id: string; found?: boolean; error?: { type?: string } }[];
      };
      for (const { _id: id, found, error } of docs) {
        if (found === true) held.add(id);
        if (error !== undefined && error.type !== 'index_not_found_exception')
          throw new Error(`${answer.url} cannot look up ids (${error.type ?? 'no reason given'})`);
      }
    }
  return held;
}
