import test, { type ExecutionContext } from 'ava';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { ENDPOINT_GROUPS } from '../../src/admin/api/descriptions.ts';
import { RECORD_ROW_SCHEMA } from '../../src/admin/api/records/record-row-schema.ts';
import { openApi } from '../../src/admin/open-api.ts';
import { startPageGateway } from '../support/page-gateway.ts';

interface OpenApiAnswer {
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
}

interface Operation {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, OpenApiAnswer>>;
}

const DOCUMENT = openApi(ENDPOINT_GROUPS, '0.0.0') as {
  paths: Record<string, Record<string, Operation>>;
};
const OPERATIONS = new Map(
  Object.values(DOCUMENT.paths)
    .flatMap((methods) => Object.values(methods))
    .map((operation) => [operation.operationId, operation]),
);

/** A request of a real gateway, and what it must answer. */
interface Step {
  readonly operation: string;
  readonly status: number;
  readonly target: string;
  readonly method?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The one of several schemas that this answer has. */
  readonly schema?: object;
}

const SCRIPT = "pipy().pipeline('a').dummy()";

/** Asked one after the other. `{id}` is the id of a record, `{page}` the address of the port. */
const STEPS: readonly Step[] = [
  { operation: 'info', status: 200, target: '/api/info' },
  { operation: 'metrics', status: 200, target: '/metrics' },
  { operation: 'healthz', status: 200, target: '/healthz' },
  { operation: 'readyz', status: 200, target: '/readyz' },
  { operation: 'health', status: 200, target: '/api/health' },
  { operation: 'health', status: 400, target: '/api/health?since=x' },
  { operation: 'metricsAsJson', status: 200, target: '/api/metrics' },
  { operation: 'openSession', status: 404, target: '/api/session', method: 'POST', body: '{"token":"x"}' },
  { operation: 'closeSession', status: 204, target: '/api/session', method: 'DELETE' },
  { operation: 'listRecords', status: 200, target: '/api/records' },
  {
    operation: 'listRecords',
    status: 200,
    target: '/api/records?view=rows&order=oldest&limit=1',
    schema: RECORD_ROW_SCHEMA,
  },
  { operation: 'listRecords', status: 400, target: '/api/records?query=(' },
  { operation: 'listRecords', status: 400, target: '/api/records?limit=x' },
  { operation: 'summarizeRecords', status: 200, target: '/api/records/summary' },
  { operation: 'summarizeRecords', status: 400, target: '/api/records/summary?query=status>>' },
  { operation: 'getRecord', status: 200, target: '/api/records/{id}' },
  { operation: 'getRecord', status: 404, target: '/api/records/none' },
  { operation: 'getRecordBody', status: 200, target: '/api/records/{id}/body/response' },
  { operation: 'getRecordBody', status: 404, target: '/api/records/{id}/body/request' },
  { operation: 'streamRecords', status: 200, target: '/api/records/stream?after=0' },
  {
    operation: 'streamRecords',
    status: 200,
    target: '/api/records/stream?after=0&view=rows',
    schema: RECORD_ROW_SCHEMA,
  },
  { operation: 'streamRecords', status: 400, target: '/api/records/stream?query=nosuch:x' },
  { operation: 'listFiles', status: 200, target: '/api/files' },
  { operation: 'readFile', status: 200, target: '/api/files/audit.js' },
  { operation: 'readFile', status: 404, target: '/api/files/none.js' },
  { operation: 'writeFile', status: 201, target: '/api/files/mine.js', method: 'POST', body: SCRIPT },
  {
    operation: 'writeFile',
    status: 409,
    target: '/api/files/mine.js',
    method: 'POST',
    body: SCRIPT,
    headers: { 'If-None-Match': '*' },
  },
  { operation: 'writeFile', status: 400, target: '/api/files/.hidden', method: 'POST', body: SCRIPT },
  { operation: 'drawGraph', status: 200, target: '/api/graph', method: 'POST', body: SCRIPT },
  { operation: 'drawGraph', status: 400, target: '/api/graph', method: 'POST', body: 'pipy(' },
  { operation: 'startProgram', status: 201, target: '/api/program', method: 'POST', body: '/mine.js' },
  { operation: 'startProgram', status: 400, target: '/api/program', method: 'POST', body: '/none.js' },
  { operation: 'runningProgram', status: 200, target: '/api/program' },
  { operation: 'config', status: 200, target: '/api/config' },
  { operation: 'programActivity', status: 200, target: '/api/program/activity' },
  { operation: 'stopProgram', status: 204, target: '/api/program', method: 'DELETE' },
  {
    operation: 'removeFile',
    status: 409,
    target: '/api/files/mine.js',
    method: 'DELETE',
    headers: { 'If-Match': '"other"' },
  },
  { operation: 'removeFile', status: 204, target: '/api/files/mine.js', method: 'DELETE' },
  { operation: 'removeFile', status: 404, target: '/api/files/mine.js', method: 'DELETE' },
  { operation: 'readLanguage', status: 200, target: '/api/language' },
  { operation: 'readLog', status: 200, target: '/api/log' },
];

/** Answers that no gateway in good health gives: they have tests of their own. */
const ELSEWHERE = new Set([
  'healthz 503',
  'readyz 503',
  'openSession 204',
  'openSession 400',
  'openSession 401',
  'openSession 429',
  'listRecords 404',
  'listRecords 503',
  'getRecord 400',
  'getRecord 503',
  'getRecordBody 400',
  'getRecordBody 503',
  'readFile 304',
  'readFile 413',
  'writeFile 413',
  'writeFile 500',
  'removeFile 500',
  'startProgram 409',
  'stopProgram 409',
  'readLanguage 304',
  'summarizeRecords 404',
  'summarizeRecords 503',
  'streamRecords 404',
  'streamRecords 503',
]);

test('every operation and every answer of the description is asked for here, or has a test of its own', (t) => {
  const asked = new Set(STEPS.map(({ operation, status }) => `${operation} ${status}`));
  const described = [...OPERATIONS.values()].flatMap(({ operationId, responses }) =>
    Object.keys(responses).map((status) => `${operationId} ${status}`),
  );
  t.deepEqual(
    described.filter((one) => !asked.has(one) && !ELSEWHERE.has(one)),
    [],
  );
  t.deepEqual(
    [...asked, ...ELSEWHERE].filter((one) => !described.includes(one)),
    [],
    'nothing is asked that is not described',
  );
  t.is(new Set(OPERATIONS.keys()).size, ENDPOINT_GROUPS.flatMap(({ endpoints }) => endpoints).length);
});

test('a gateway answers as it is described', async (t) => {
  const gateway = await startPageGateway(t);
  await (await fetch(`${gateway.traffic}/api/orders`)).text();
  let id = '';
  while (id === '') {
    const rows = await (await fetch(`${gateway.page}/api/records?view=rows`)).text();
    if (rows !== '') id = (JSON.parse(rows.split('\n')[0]!) as { id: string }).id;
  }
  for (const step of STEPS) {
    const target = step.target.replace('{id}', id);
    const gone = new AbortController();
    const answer = await fetch(gateway.page + target, {
      method: step.method ?? 'GET',
      ...(step.body === undefined ? {} : { body: step.body }),
      headers: { Origin: gateway.page, ...step.headers },
      signal: gone.signal,
    });
    t.is(answer.status, step.status, `${step.method ?? 'GET'} ${target}`);
    await hold(t, step, answer);
    gone.abort();
  }
});

/** Compares an answer with its description: media type, and what is in it. */
async function hold(t: ExecutionContext, step: Step, answer: Response): Promise<void> {
  const described = OPERATIONS.get(step.operation)!.responses[step.status]!;
  const name = `${step.operation} ${step.status}`;
  const [[type, media] = [null, null]] = Object.entries(described.content ?? {});
  t.is(answer.headers.get('content-type')?.split(';')[0] ?? null, type, name);
  if (media === null) return;
  const validate = new Ajv2020({ strict: false, allErrors: true, validateFormats: false }).compile(
    step.schema ?? media.schema,
  );
  const values: unknown[] = [];
  if (type!.startsWith('text/event-stream')) {
    const text = await untilEvent(answer);
    for (const [, data] of text.matchAll(/^data: (.*)$/gm)) values.push(JSON.parse(data!));
    t.true(values.length > 0, name);
  } else if (type!.startsWith('application/x-ndjson'))
    for (const line of (await answer.text()).split('\n').filter(Boolean)) values.push(JSON.parse(line));
  else values.push(type!.startsWith('application/json') ? await answer.json() : await answer.text());
  for (const value of values) t.true(validate(value), `${name}: ${JSON.stringify(validate.errors)}`);
}

/** The beginning of a stream of events, up to the end of one that says something. */
async function untilEvent(answer: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const piece of answer.body!) {
    text += decoder.decode(piece as Uint8Array, { stream: true });
    if (/^data: .*\n\n$/m.test(text)) break;
  }
  return text;
}
