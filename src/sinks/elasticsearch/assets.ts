import { createHash } from 'node:crypto';
import { type FieldMapping, recordMappings } from './mappings.ts';
import type { ElasticsearchOptions } from './options.ts';
import type { ServerFeatures } from './server.ts';

/** Counts up with every change of what is below: a server that has a lower one is brought up to date. */
export const ASSETS_VERSION = 1;
export const MANAGED_BY = 'tapline';
const PRIORITY = 200;
const BUILT_IN = ['logs@settings', 'logs@mappings', 'ecs@mappings'] as const;

/** Something of ours on the server: how it is asked for, how it is made. */
export interface Asset {
  readonly kind: 'lifecycle policy' | 'ingest pipeline' | 'component template' | 'index template';
  readonly name: string;
  readonly path: string;
  readonly body: FieldMapping;
  /** Finds the object itself in the answer to a GET of the path; null where it is not there. */
  find(answer: unknown): FieldMapping | null;
}

/** What the user has made of the parts that are left to them, and which built-in parts the server has. */
export interface Surroundings {
  readonly builtIn: readonly string[];
  readonly hasCustomTemplate: boolean;
  readonly hasCustomPipeline: boolean;
  /** The index state management of OpenSearch. */
  readonly hasStateManagement: boolean;
}

export type AssetOptions = Pick<ElasticsearchOptions, 'dataset' | 'namespace' | 'elasticsearchRetentionMs'>;

/** Names, in the way of Elastic's integrations. `custom` is never written. */
export function assetNames({ dataset }: Pick<AssetOptions, 'dataset'>): {
  readonly template: string;
  readonly pattern: string;
  readonly settings: string;
  readonly mappings: string;
  readonly pipeline: string;
  readonly policy: string;
  readonly custom: string;
} {
  const template = `logs-${dataset}`;
  return {
    template,
    pattern: `${template}-*`,
    settings: `${template}@settings`,
    mappings: `${template}@mappings`,
    pipeline: `${template}@pipeline`,
    policy: template,
    custom: `${template}@custom`,
  };
}

/** What is asked before the assets are made. */
export const SURROUNDING_COMPONENTS = BUILT_IN;

/** Everything that a data stream for records needs on this server, in the order in which it is made. */
export function assetsFor(options: AssetOptions, has: ServerFeatures, around: Surroundings): Asset[] {
  const names = assetNames(options);
  const policy = lifecyclePolicy(options, has, around);
  return [
    ...(policy === null ? [] : [policy]),
    pipelineAsset(names, has, around),
    componentAsset(names.settings, settingsTemplate(options, has, names)),
    componentAsset(names.mappings, { mappings: recordMappings(has, options.dataset) }),
    {
      kind: 'index template',
      name: names.template,
      path: `/_index_template/${names.template}`,
      body: withMeta({
        index_patterns: [names.pattern],
        priority: PRIORITY,
        data_stream: {},
        composed_of: [
          ...BUILT_IN.filter((name) => around.builtIn.includes(name)),
          names.settings,
          names.mappings,
          ...(has.missingComponents || around.hasCustomTemplate ? [names.custom] : []),
        ],
        ...(has.missingComponents ? { ignore_missing_component_templates: [names.custom] } : {}),
      }),
      find: (answer) =>
        (
          answer as { index_templates?: { name: string; index_template: FieldMapping }[] }
        ).index_templates?.find(({ name }) => name === names.template)?.index_template ?? null,
    },
  ];
}

function componentAsset(name: string, template: FieldMapping): Asset {
  return {
    kind: 'component template',
    name,
    path: `/_component_template/${name}`,
    body: withMeta({ template }),
    find: (answer) =>
      (
        answer as { component_templates?: { name: string; component_template: FieldMapping }[] }
      ).component_templates?.find((found) => found.name === name)?.component_template ?? null,
  };
}

function settingsTemplate(
  options: AssetOptions,
  has: ServerFeatures,
  names: ReturnType<typeof assetNames>,
): FieldMapping {
  return {
    settings: {
      index: {
        // Last of all pipelines, whatever else the user runs.
        final_pipeline: names.pipeline,
        codec: 'best_compression',
        mapping: {
          // A value of another type than expected is kept and not indexed, instead of the whole record being refused.
          ignore_malformed: true,
          // A record stays the very document that was sent; synthetic source (Enterprise) would reorder it.
          ...(has.logsdb ? { source: { mode: 'stored' } } : {}),
        },
        ...(has.logsdb ? { mode: 'logsdb' } : {}),
        ...(has.dataStreamLifecycle
          ? // logs@settings names a policy of index lifecycle management, which would win.
            { lifecycle: { prefer_ilm: false } }
          : has.indexLifecycle
            ? { lifecycle: { name: names.policy } }
            : {}),
      },
    },
    ...(has.dataStreamLifecycle ? { lifecycle: lifecycleOf(options) } : {}),
    ...(has.failureStore ? { data_stream_options: { failure_store: { enabled: true } } } : {}),
  };
}

/** The lifecycle of a data stream: rolls over by itself, and forgets after the retention. */
export function lifecycleOf({ elasticsearchRetentionMs: ms }: AssetOptions): FieldMapping {
  return { enabled: true, ...(ms === 0 ? {} : { data_retention: days(ms) }) };
}

function pipelineAsset(
  names: ReturnType<typeof assetNames>,
  has: ServerFeatures,
  around: Surroundings,
): Asset {
  const body = {
    processors: [
      // `set` would need the template language (lang-mustache), or `copy_from`, which OpenSearch has not.
      { date: { field: '_ingest.timestamp', target_field: 'event.ingested', formats: ['ISO8601'] } },
      ...(has.missingComponents
        ? [{ pipeline: { name: names.custom, ignore_missing_pipeline: true } }]
        : around.hasCustomPipeline
          ? [{ pipeline: { name: names.custom } }]
          : []),
    ],
  };
  return {
    kind: 'ingest pipeline',
    name: names.pipeline,
    path: `/_ingest/pipeline/${names.pipeline}`,
    body: { description: mark('sets event.ingested', body), version: ASSETS_VERSION, ...body },
    find: (answer) => (answer as Record<string, FieldMapping>)[names.pipeline] ?? null,
  };
}

/** Where there is no data stream lifecycle; null where there is, or nothing at all. */
function lifecyclePolicy(options: AssetOptions, has: ServerFeatures, around: Surroundings): Asset | null {
  const names = assetNames(options);
  const retention = options.elasticsearchRetentionMs === 0 ? null : days(options.elasticsearchRetentionMs);
  if (has.dataStreamLifecycle) return null;
  if (has.indexLifecycle) {
    const phases = {
      hot: { actions: { rollover: { max_age: '30d', max_primary_shard_size: '50gb' } } },
      ...(retention === null ? {} : { delete: { min_age: retention, actions: { delete: {} } } }),
    };
    return {
      kind: 'lifecycle policy',
      name: names.policy,
      path: `/_ilm/policy/${names.policy}`,
      body: { policy: withMeta({ phases }) },
      find: (answer) =>
        ((answer as Record<string, { policy?: FieldMapping }>)[names.policy]?.policy as
          FieldMapping | undefined) ?? null,
    };
  }
  if (!around.hasStateManagement) return null;
  const states = [
    {
      name: 'hot',
      actions: [{ rollover: { min_index_age: '30d', min_primary_shard_size: '50gb' } }],
      transitions:
        retention === null ? [] : [{ state_name: 'delete', conditions: { min_rollover_age: retention } }],
    },
    ...(retention === null ? [] : [{ name: 'delete', actions: [{ delete: {} }], transitions: [] }]),
  ];
  const policy = {
    default_state: 'hot',
    states,
    ism_template: [{ index_patterns: [names.pattern], priority: PRIORITY }],
  };
  return {
    kind: 'lifecycle policy',
    name: names.policy,
    path: `/_plugins/_ism/policies/${names.policy}`,
    body: { policy: { description: mark('rollover and retention', policy), ...policy } },
    find: (answer) => (answer as { policy?: FieldMapping }).policy ?? null,
  };
}

/** What our mark on an asset says; null where it is somebody else's. */
export interface AssetMark {
  readonly version: number;
  /** Of the whole body: another option makes another one. */
  readonly hash: string;
}

/** Reads the mark of an asset that is on the server, or of one of ours. */
export function readMark(found: FieldMapping): AssetMark | null {
  const meta = (found['_meta'] ?? (found['policy'] as FieldMapping | undefined)?.['_meta']) as
    { managed_by?: unknown; version?: unknown; hash?: unknown } | undefined;
  if (meta?.managed_by === MANAGED_BY && typeof meta.version === 'number')
    return { version: meta.version, hash: String(meta.hash) };
  const description = found['description'] ?? (found['policy'] as FieldMapping | undefined)?.['description'];
  const parts =
    typeof description === 'string'
      ? /^managed by tapline, version (\d+) \(([0-9a-f]+)\)/.exec(description)
      : null;
  return parts === null ? null : { version: Number(parts[1]), hash: parts[2]! };
}

function withMeta(body: FieldMapping): FieldMapping {
  return { ...body, _meta: { managed_by: MANAGED_BY, version: ASSETS_VERSION, hash: hashOf(body) } };
}

/** For what takes no `_meta`: pipelines and state management of OpenSearch. */
function mark(what: string, body: FieldMapping): string {
  return `managed by tapline, version ${ASSETS_VERSION} (${hashOf(body)}): ${what}`;
}

function hashOf(body: FieldMapping): string {
  return createHash('sha256').update(JSON.stringify(body)).digest('hex').slice(0, 16);
}

/** In whole units: `30d`, `36h`. */
function days(ms: number): string {
  for (const [unit, size] of [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
  ] as const)
    if (ms % size === 0) return `${ms / size}${unit}`;
  return `${Math.ceil(ms / 1000)}s`;
}
