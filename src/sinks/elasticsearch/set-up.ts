import { SinkNotReady } from '../sink.ts';
import {
  type Asset,
  type AssetOptions,
  ASSETS_VERSION,
  assetNames,
  assetsFor,
  lifecycleOf,
  readMark,
  SURROUNDING_COMPONENTS,
  type Surroundings,
} from './assets.ts';
import { backingIndices, NotAllowed } from './backing-indices.ts';
import type { ElasticsearchClient, ServerAnswer, ServerRequest } from './client.ts';
import { missingPrivilege } from './missing-privilege.ts';
import { dataStreamName } from './options.ts';
import type { ServerFacts } from './server.ts';
import { plainReason, serverError } from './server-error.ts';

/** One thing that was done, or was found done. */
export interface SetUpStep {
  readonly what: string;
  readonly outcome: 'made' | 'updated' | 'unchanged' | 'newer' | 'absent';
  /** What there is to know about it; empty for nothing. */
  readonly note: string;
}

/** Needed by whoever sets up; the gateway itself needs less (`privileges.ts`). */
const SET_UP_PRIVILEGES = 'cluster privileges manage_index_templates, manage_ingest_pipelines and manage_ilm';

/**
 * Makes what a data stream for records needs, or brings it up to date; may be run again and again. What is not ours is never changed: a
 * template of somebody else in our place, or above ours, is a clash. Throws SinkNotReady with what to do, ConnectionFault, `NotAllowed`.
 */
export async function setUp(
  client: ElasticsearchClient,
  server: ServerFacts,
  options: AssetOptions,
  signal?: AbortSignal,
): Promise<SetUpStep[]> {
  const ask = asker(client, signal);
  const stream = dataStreamName(options);
  await refuseForeignTemplates(ask, options);
  const around = await surroundings(ask, server, options);
  const assets = assetsFor(options, server.has, around);
  const found: (Asset & { before: Awaited<ReturnType<typeof look>> })[] = [];
  for (const asset of assets) found.push(Object.assign(asset, { before: await look(ask, asset) }));
  // All clashes are found before anything is written.
  const steps: SetUpStep[] = [];
  for (const { before, ...asset } of found) steps.push(await bring(ask, asset, before));
  steps.push(...lifecycleNotes(assets, server));
  const settings = steps.find(({ what }) => what.endsWith(assetNames(options).settings));
  if (server.has.dataStreamLifecycle && settings?.outcome === 'updated')
    steps.push(...(await renewLifecycle(ask, stream, lifecycleOf(options))));
  steps.push(await bringStream(ask, client, stream, steps, signal));
  return steps;
}

/** Whether the stream is there and made from our template: all that a gateway with few privileges can see of a set-up. */
export async function isSetUp(
  client: ElasticsearchClient,
  options: AssetOptions,
  signal?: AbortSignal,
): Promise<boolean> {
  const stream = await backingIndices(client, dataStreamName(options), signal);
  return stream !== null && (stream.template === null || stream.template === assetNames(options).template);
}

/**
 * Makes the stream where a record could make a plain index of its name instead: a server that cannot be told to refuse that, and a set-up that
 * is left to the user. Throws SinkNotReady where there is no template for it.
 */
export async function makeStream(
  { client, server }: { readonly client: ElasticsearchClient; readonly server: ServerFacts },
  stream: string,
  signal?: AbortSignal,
): Promise<void> {
  const { status } = await client.request({
    method: 'PUT',
    path: `/_data_stream/${stream}`,
    ...(signal === undefined ? {} : { signal }),
  });
  if (status === 400)
    throw new SinkNotReady(
      `${server.name} has neither the data stream ${stream} nor a template for it; run: tapline setup elasticsearch, or start without --elasticsearch-setup=off`,
      { isPermanent: true },
    );
}

type Ask = (request: ServerRequest, allowed?: readonly number[]) => Promise<ServerAnswer>;

/** Asks; any status but 200 and the allowed ones throws. */
function asker(client: ElasticsearchClient, signal: AbortSignal | undefined): Ask {
  return async (request, allowed = []) => {
    const answer = await client.request({ ...request, ...(signal === undefined ? {} : { signal }) });
    const { status } = answer;
    if ((status >= 200 && status < 300) || allowed.includes(status)) return answer;
    const error = serverError(answer.body);
    if (status === 401 || status === 403)
      throw new NotAllowed(
        `setting up is not allowed (${status}): ${missingPrivilege(error, SET_UP_PRIVILEGES)}`,
      );
    throw new SinkNotReady(
      `${answer.url} refuses ${request.method} ${request.path} (${status}): ${plainReason(error) || 'no reason given'}`,
      { isPermanent: status < 500 && status !== 429 && status !== 408 },
    );
  };
}

/** What `assetsFor` must know of a server; reads only. */
export function surroundingsOf(
  client: ElasticsearchClient,
  server: ServerFacts,
  options: AssetOptions,
): Promise<Surroundings> {
  return surroundings(asker(client, undefined), server, options);
}

async function surroundings(ask: Ask, server: ServerFacts, options: AssetOptions): Promise<Surroundings> {
  const { custom } = assetNames(options);
  const has = async (path: string): Promise<boolean> => {
    const { status } = await ask({ method: 'GET', path }, [400, 404, 405]);
    return status === 200;
  };
  const builtIn: string[] = [];
  if (server.dialect !== 'opensearch')
    for (const name of SURROUNDING_COMPONENTS)
      if (await has(`/_component_template/${name}`)) builtIn.push(name);
  return {
    builtIn,
    hasCustomTemplate: await has(`/_component_template/${custom}`),
    hasCustomPipeline: await has(`/_ingest/pipeline/${custom}`),
    hasStateManagement: server.dialect === 'opensearch' && (await has('/_plugins/_ism/policies?size=1')),
  };
}

interface ForeignTemplate {
  readonly name: string;
  readonly index_template: {
    readonly index_patterns: string | readonly string[];
    readonly priority?: number;
    readonly _meta?: { readonly managed_by?: string };
  };
}

/** Templates that would be taken instead of ours, and a plain index in the place of the stream. */
async function refuseForeignTemplates(ask: Ask, options: AssetOptions): Promise<void> {
  const names = assetNames(options);
  const stream = dataStreamName(options);
  const answer = await ask({ method: 'GET', path: '/_index_template' }, [404]);
  const templates =
    (JSON.parse(answer.body) as { index_templates?: ForeignTemplate[] }).index_templates ?? [];
  for (const { name, index_template: template } of templates) {
    const priority = template.priority ?? 0;
    if (name === names.template || priority < 200) continue;
    const pattern = [template.index_patterns].flat().find((one) => matches(one, stream));
    if (pattern !== undefined)
      throw new SinkNotReady(
        `the index template ${name} (pattern ${pattern}, priority ${priority}) would be taken for ${stream} instead of ours (priority 200); lower its priority, narrow its pattern, or choose another --dataset`,
        { isPermanent: true },
      );
  }
  const index = await ask({ method: 'GET', path: `/_resolve/index/${stream}` }, [404, 400, 403]);
  const { indices = [], aliases = [] } = (index.status === 200 ? JSON.parse(index.body) : {}) as {
    indices?: { name: string }[];
    aliases?: { name: string }[];
  };
  for (const [what, found] of [
    ['an index', indices],
    ['an alias', aliases],
  ] as const)
    if (found.some(({ name }) => name === stream))
      throw new SinkNotReady(
        `${stream} is ${what} already, not a data stream: records were sent there before the set-up; rename or delete it (reindex it afterwards), or choose another --namespace`,
        { isPermanent: true },
      );
}

/** A pattern of index names: `*` stands for anything. */
function matches(pattern: string, name: string): boolean {
  const expression = pattern
    .split('*')
    .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join('.*');
  return new RegExp(`^${expression}$`).test(name);
}

type Before =
  | { readonly kind: 'absent' }
  | {
      readonly kind: 'ours';
      readonly version: number;
      readonly hash: string;
      /** Of OpenSearch's policies: what a change must name. */
      readonly place: string;
    };

async function look(ask: Ask, asset: Asset): Promise<Before> {
  const answer = await ask({ method: 'GET', path: asset.path }, [404]);
  if (answer.status === 404) return { kind: 'absent' };
  const parsed = JSON.parse(answer.body) as { _seq_no?: number; _primary_term?: number };
  const found = asset.find(parsed);
  if (found === null) return { kind: 'absent' };
  const mark = readMark(found);
  if (mark === null)
    throw new SinkNotReady(
      `the ${asset.kind} ${asset.name} is there and not made by Tapline; rename or delete it, or choose another --dataset`,
      { isPermanent: true },
    );
  const { _seq_no: sequence, _primary_term: term } = parsed;
  const place = sequence === undefined ? '' : `?if_seq_no=${sequence}&if_primary_term=${term}`;
  return { kind: 'ours', ...mark, place };
}

async function bring(ask: Ask, asset: Omit<Asset, 'before'>, before: Before): Promise<SetUpStep> {
  const what = `${asset.kind} ${asset.name}`;
  const wanted = readMark(asset.body)!;
  if (before.kind === 'ours') {
    if (before.version > ASSETS_VERSION)
      return {
        what,
        outcome: 'newer',
        note: `version ${before.version}, made by a newer Tapline; left as it is`,
      };
    if (before.version === wanted.version && before.hash === wanted.hash)
      return { what, outcome: 'unchanged', note: `version ${before.version}` };
  }
  await ask({
    method: 'PUT',
    path: `${asset.path}${before.kind === 'ours' ? before.place : ''}`,
    body: asset.body,
  });
  return before.kind === 'absent'
    ? { what, outcome: 'made', note: `version ${ASSETS_VERSION}` }
    : {
        what,
        outcome: 'updated',
        note:
          before.version === ASSETS_VERSION
            ? 'the options have changed'
            : `version ${before.version} to ${ASSETS_VERSION}`,
      };
}

function lifecycleNotes(assets: readonly Asset[], server: ServerFacts): SetUpStep[] {
  if (server.has.dataStreamLifecycle || assets.some(({ kind }) => kind === 'lifecycle policy')) return [];
  return [
    {
      what: 'lifecycle',
      outcome: 'absent',
      note: `${server.name} has neither a data stream lifecycle nor index (state) management: nothing rolls over or expires by itself`,
    },
  ];
}

/** A template is for streams to come: the retention of one that exists is its own. */
async function renewLifecycle(ask: Ask, stream: string, lifecycle: object): Promise<SetUpStep[]> {
  const what = `lifecycle of ${stream}`;
  const { status } = await ask(
    { method: 'PUT', path: `/_data_stream/${stream}/_lifecycle`, body: lifecycle },
    [400, 403, 404, 405],
  );
  if (status === 404) return [];
  return status === 200
    ? [{ what, outcome: 'updated', note: 'the retention is in use for the indices that are there, too' }]
    : [
        {
          what,
          outcome: 'absent',
          note: `it keeps the retention that it has (${status}); change it with PUT /_data_stream/${stream}/_lifecycle`,
        },
      ];
}

/** Makes the stream; where it is there and its templates have changed, its next index is begun, since only that has the new mapping. */
async function bringStream(
  ask: Ask,
  client: ElasticsearchClient,
  stream: string,
  steps: readonly SetUpStep[],
  signal: AbortSignal | undefined,
): Promise<SetUpStep> {
  const what = `data stream ${stream}`;
  if ((await backingIndices(client, stream, signal)) === null) {
    // 403: the first record makes it. 400: another gateway was faster.
    const { status } = await ask({ method: 'PUT', path: `/_data_stream/${stream}` }, [400, 403]);
    return status === 403
      ? { what, outcome: 'absent', note: 'the first record makes it' }
      : { what, outcome: 'made', note: '' };
  }
  const hasChanged = steps.some(
    (step) => step.outcome === 'updated' && /^(?:component|index) template/.test(step.what),
  );
  if (!hasChanged) return { what, outcome: 'unchanged', note: '' };
  const { status } = await ask({ method: 'POST', path: `/${stream}/_rollover` }, [403]);
  return status === 403
    ? { what, outcome: 'unchanged', note: 'the change is for its next index, whenever that begins' }
    : { what, outcome: 'updated', note: 'rolled over, so that the change is in use' };
}
