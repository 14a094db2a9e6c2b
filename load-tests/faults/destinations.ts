import { readFileSync } from 'node:fs';

/** What a sink holds at the end: how often each numbered request. */
export interface Holding {
  readonly copies: ReadonlyMap<number, number>;
  /** Documents that contain a secret of a request; must be 0. */
  readonly leaks: number;
}

const SECRET = /canary-\d/;

/** Every document of a data stream, by search. Throws where the server does not answer. */
export async function heldByElasticsearch(url: string, stream: string): Promise<Holding> {
  await post(`${url}/${stream}/_refresh`, null);
  const copies = new Map<number, number>();
  let leaks = 0;
  let after: unknown[] | null = null;
  for (;;) {
    const answer = (await post(`${url}/${stream}/_search`, {
      size: 5000,
      sort: [{ 'event.sequence': 'asc' }, { 'event.id': 'asc' }, { '@timestamp': 'asc' }],
      ...(after === null ? {} : { search_after: after }),
    })) as { hits: { hits: { _source: { url?: { path?: string } }; sort: unknown[] }[] } };
    const { hits } = answer.hits;
    if (hits.length === 0) return { copies, leaks };
    for (const { _source: document } of hits) {
      note(copies, document.url?.path);
      if (SECRET.test(JSON.stringify(document))) leaks++;
    }
    after = hits.at(-1)!.sort;
  }
}

/** Every log record in the file that the collector writes. */
export function heldByCollector(file: string): Holding {
  const copies = new Map<number, number>();
  let leaks = 0;
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (line === '') continue;
    if (SECRET.test(line)) leaks++;
    const request = JSON.parse(line) as {
      resourceLogs?: {
        scopeLogs: {
          logRecords: { attributes: { key: string; value: { stringValue?: string } }[] }[];
        }[];
      }[];
    };
    for (const { scopeLogs } of request.resourceLogs ?? [])
      for (const { logRecords } of scopeLogs)
        for (const { attributes } of logRecords)
          note(copies, attributes.find(({ key }) => key === 'url.path')?.value.stringValue);
  }
  return { copies, leaks };
}

function note(copies: Map<number, number>, path: string | undefined): void {
  const number = Number(/^\/n\/(\d+)$/.exec(path ?? '')?.[1] ?? Number.NaN);
  if (!Number.isNaN(number)) copies.set(number, (copies.get(number) ?? 0) + 1);
}

async function post(url: string, body: object | null): Promise<unknown> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    ...(body === null ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${(await answer.text()).slice(0, 300)}`);
  return answer.json();
}
