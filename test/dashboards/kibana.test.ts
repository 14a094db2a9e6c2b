import test, { type ExecutionContext } from 'ava';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { type Field, FIELDS } from '../../dashboards/src/kibana/fields.ts';
import { asKql, asQuery, type Filter } from '../../dashboards/src/kibana/filter.ts';
import { DASHBOARDS, PANELS, SAVED_OBJECTS } from '../../dashboards/src/kibana/index.ts';
import type { Chart, Measure, Panel } from '../../dashboards/src/kibana/panel.ts';
import { bucketKey, measureKey, rankOf, searchOf } from '../../dashboards/src/kibana/request.ts';
import { launchPeer, type Peer, testWithPeer } from '../support/peers.ts';
import type { RecordView } from '../support/fixture.ts';
import { recordTraffic } from '../support/recorded-traffic.ts';
import { makeSink, NO_SIGNAL } from '../support/elasticsearch.ts';

const STREAM = 'logs-tapline.http-default';

/** Panels about records of other kinds; all others must not take one for a request. */
const ALLOWED_KINDS: Readonly<Record<string, readonly string[]>> = {
  'tapline-delivery-lost': ['gap'],
  'tapline-delivery-gaps-over-time': ['gap'],
  'tapline-gaps': ['gap'],
  'tapline-delivery-left-out-over-time': ['summary'],
  'tapline-delivery-left-out': ['summary'],
  'tapline-delivery-runs': ['gap', 'summary'],
};

test('ids are unique and references lead somewhere', (t) => {
  const keys = SAVED_OBJECTS.map(({ type, id }) => `${type} ${id}`);
  t.is(new Set(keys).size, keys.length);
  for (const { id, references } of SAVED_OBJECTS) {
    t.is(new Set(references.map(({ name }) => name)).size, references.length, id);
    for (const reference of references) t.true(keys.includes(`${reference.type} ${reference.id}`), id);
  }
});

test('a dashboard refers to each of its panels, which do not overlap', (t) => {
  for (const { attributes, references, type, id } of SAVED_OBJECTS.filter(
    (one) => one.type === 'dashboard',
  )) {
    const panels = JSON.parse(attributes['panelsJSON'] as string) as readonly {
      type: string;
      panelIndex: string;
      panelRefName: string;
      gridData: { x: number; y: number; w: number; h: number; i: string };
    }[];
    t.is(type, 'dashboard');
    t.true(panels.length > 5);
    const taken = new Set<string>();
    for (const { panelIndex, panelRefName, gridData, type: panelType } of panels) {
      t.is(gridData.i, panelIndex);
      t.truthy(
        references.find(
          ({ name, type: referred }) => name === `${panelIndex}:${panelRefName}` && referred === panelType,
        ),
        `${id}: ${panelIndex}`,
      );
      t.true(gridData.x + gridData.w <= 48, panelIndex);
      for (let x = gridData.x; x < gridData.x + gridData.w; x++)
        for (let y = gridData.y; y < gridData.y + gridData.h; y++) {
          t.false(taken.has(`${x},${y}`), `${id}: ${panelIndex} overlaps`);
          taken.add(`${x},${y}`);
        }
    }
  }
});

test('a Lens visualisation names only columns that it has', (t) => {
  for (const { attributes, id } of SAVED_OBJECTS.filter(({ type }) => type === 'lens')) {
    const { state } = attributes as {
      state: {
        visualization: object;
        datasourceStates: {
          formBased: { layers: Record<string, { columns: Record<string, object>; columnOrder: string[] }> };
        };
      };
    };
    const { columns, columnOrder } = state.datasourceStates.formBased.layers['records']!;
    t.deepEqual(columnOrder, Object.keys(columns), id);
    const named = JSON.stringify([state.visualization, columns]).match(/"(?:bucket|measure)\d+(?:X\d)?"/g)!;
    for (const name of named) t.true(JSON.parse(name) in columns, `${id}: ${name}`);
    for (const column of columnOrder.filter((name) => !name.includes('X')))
      t.true(JSON.stringify(state.visualization).includes(`"${column}"`), `${id}: ${column} is shown`);
  }
});

test('values are sorted by what Lens can sort by; shares have no quote that would end their formula', (t) => {
  for (const panel of PANELS.filter((one) => one.shape !== 'list')) {
    if (panel.buckets.some(({ kind }) => kind === 'terms')) t.true(rankOf(panel) >= 0, panel.id);
    for (const measure of panel.measures)
      if (measure.kind === 'share') t.false(asKql(measure.of).includes("'"), panel.id);
  }
});

test('the file is what is generated, one object per line', (t) => {
  const file = path.join(import.meta.dirname, '../../dashboards/kibana/tapline.ndjson');
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  t.deepEqual(
    lines.map((line) => JSON.parse(line) as unknown),
    JSON.parse(JSON.stringify(SAVED_OBJECTS)),
  );
});

test('every field of a panel is one that a gateway writes', async (t) => {
  const written = new Set<string>();
  for (const record of await recordedOnce(t)) collectNames(record, '', written);
  const missing = Object.entries(FIELDS as Record<string, Field>)
    .filter(([name, { by }]) => by === undefined && !written.has(name))
    .map(([name]) => name);
  t.deepEqual(missing, []);
});

for (const version of ['9', '8'] as const)
  testWithPeer(
    `panels, asked of records that gateways made: Elasticsearch ${version}`,
    'launched',
    async (t) => {
      const elasticsearch = await launchPeer(version);
      t.teardown(() => elasticsearch.stop());
      const records = await recordedOnce(t);
      // The set-up of a gateway: template, mappings, pipeline.
      await makeSink(t, elasticsearch.url).sink.start(NO_SIGNAL);
      await index(elasticsearch, records);
      for (const panel of PANELS) {
        await findsData(t, elasticsearch, panel);
        await countsRequestsOnly(t, elasticsearch, panel);
        for (const filter of filtersOf(panel))
          t.is(
            await count(elasticsearch, { query_string: { query: asLucene(asKql(filter)) } }),
            await count(elasticsearch, asQuery(filter)),
            `means the same as KQL and as query: ${asKql(filter)}`,
          );
      }
    },
  );

async function findsData(t: ExecutionContext, elasticsearch: Peer, panel: Panel): Promise<void> {
  const found = (await ask(elasticsearch, 'POST', `/${STREAM}/_search`, searchOf(panel))) as Found;
  t.true(found.hits.total.value > 0, `${panel.id}: no record`);
  if (panel.shape === 'list') {
    for (const column of panel.columns)
      t.true(
        found.hits.hits.some(({ fields }) => fields[column] !== undefined),
        `${panel.id}: nothing in ${column}`,
      );
    return;
  }
  const rows = rowsOf(panel, found.aggregations!);
  t.true(rows.length > 0, `${panel.id}: no row`);
  for (const [number, { label }] of panel.measures.entries())
    t.true(
      rows.some((row) => Number.isFinite(row[number])),
      `${panel.id}: no ${label}`,
    );
  for (const bucket of panel.buckets)
    if (bucket.kind === 'classes')
      for (const { label, where } of bucket.classes)
        t.true(
          (await count(elasticsearch, { bool: { filter: [asQuery(panel.where), asQuery(where)] } })) > 0,
          `${panel.id}: none in ${label}`,
        );
}

async function countsRequestsOnly(
  t: ExecutionContext,
  elasticsearch: Peer,
  { id, where }: Panel,
): Promise<void> {
  for (const kind of ['gap', 'summary']) {
    const found = await count(elasticsearch, {
      bool: { filter: [asQuery(where), { term: { 'tapline.kind': kind } }] },
    });
    t.is(found > 0, ALLOWED_KINDS[id]?.includes(kind) ?? false, `${id}: ${kind}`);
  }
}

let recorded: Promise<RecordView[]> | undefined;
/** The same records for all tests: making them takes longer than asking for them. */
const recordedOnce = (t: ExecutionContext): Promise<RecordView[]> => (recorded ??= recordTraffic(t));

test('every panel is on one dashboard', (t) => {
  t.is(new Set(PANELS.map(({ id }) => id)).size, PANELS.length);
  t.is(DASHBOARDS.length, 6);
});

interface Found {
  readonly hits: {
    readonly total: { readonly value: number };
    readonly hits: readonly { readonly fields: Readonly<Record<string, unknown>> }[];
  };
  readonly aggregations?: Aggregations;
}

interface Aggregations {
  readonly [name: string]: Aggregation;
}

interface Aggregation {
  readonly buckets?: readonly Aggregations[] | Readonly<Record<string, Aggregations>>;
  readonly doc_count?: number;
  readonly value?: number | null;
  readonly values?: Readonly<Record<string, number | null>>;
}

/** The measures of each innermost bucket. */
function rowsOf(chart: Chart, aggregations: Aggregations, depth = 0): number[][] {
  const bucket = chart.buckets[depth];
  if (bucket === undefined)
    return [chart.measures.map((measure, number) => valueOf(measure, aggregations[measureKey(number)]!))];
  const { buckets } = aggregations[bucketKey(depth)]!;
  return Object.values(buckets as Record<string, Aggregations>).flatMap((one) =>
    rowsOf(chart, one, depth + 1),
  );
}

function valueOf(measure: Measure, aggregation: Aggregation): number {
  const value =
    measure.kind === 'count' || measure.kind === 'share'
      ? // Zero may be the truth, but not of all rows.
        aggregation.doc_count! || Number.NaN
      : measure.kind === 'percentile'
        ? Object.values(aggregation.values!)[0]
        : aggregation.value;
  return value ?? Number.NaN;
}

function filtersOf(panel: Panel): Filter[] {
  if (panel.shape === 'list') return [panel.where];
  const parts = panel.measures.map((measure) =>
    measure.kind === 'share' ? measure.of : measure.kind === 'count' ? measure.where : undefined,
  );
  const classes = panel.buckets.flatMap((bucket) =>
    bucket.kind === 'classes' ? bucket.classes.map(({ where }) => where) : [],
  );
  return [panel.where, ...parts.filter((part) => part !== undefined), ...classes];
}

/** The part of KQL that the panels use, in the words of Lucene, which Elasticsearch can read. */
function asLucene(kql: string): string {
  return kql
    .replaceAll(/ (>=|<) (\d+)/g, ':$1$2')
    .replaceAll(/\b(and|or|not)\b/g, (word) => word.toUpperCase());
}

/**
 * Makes the server ready for records.
 * With mappings as the set-up of the gateway makes them: the same types, and the arrival written by a pipeline.
 */
async function index(elasticsearch: Peer, records: readonly RecordView[]): Promise<void> {
  const lines = records.flatMap((record) => [{ create: { _id: record.event.id } }, record]);
  const answer = (await ask(
    elasticsearch,
    'POST',
    `/${STREAM}/_bulk?refresh=true`,
    `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`,
  )) as { errors: boolean; items: unknown };
  if (answer.errors) throw new Error(JSON.stringify(answer.items).slice(0, 2000));
}

/** The answer; throws what Elasticsearch says about a failure. */
async function ask(peer: Peer, method: string, target: string, body: object | string): Promise<unknown> {
  const answer = await peer.ask(method, target, body);
  if (answer.status >= 300)
    throw new Error(`${method} ${target}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

async function count(elasticsearch: Peer, query: object): Promise<number> {
  const answer = (await ask(elasticsearch, 'POST', `/${STREAM}/_count`, { query })) as { count: number };
  return answer.count;
}

function collectNames(value: unknown, name: string, into: Set<string>): void {
  if (value !== null && typeof value === 'object' && !Array.isArray(value))
    for (const [key, part] of Object.entries(value))
      collectNames(part, name === '' ? key : `${name}.${key}`, into);
  else into.add(name);
}
