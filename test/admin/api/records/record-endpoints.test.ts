import * as http from 'node:http';
import test from 'ava';
import { AdminServer } from '../../../../src/admin/admin-server.ts';
import { recordEndpoints } from '../../../../src/admin/api/records/record-endpoints.ts';
import { recordFile } from '../../../support/record-file.ts';
import { quiet, recordOf } from '../../../support/records.ts';

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

async function startServer(t: Parameters<typeof recordFile>[0]): Promise<
  ReturnType<typeof recordFile> & {
    readonly port: number;
    readonly get: (target: string) => Promise<Answer>;
  }
> {
  const fixture = recordFile(t);
  const server = new AdminServer({
    address: '127.0.0.1:0',
    hostNames: [],
    sessions: null,
    page: null,
    log: quiet,
  });
  server.serve(recordEndpoints(fixture.reader));
  const { port } = await server.start();
  t.teardown(() => server.stop(0));
  const get = (target: string): Promise<Answer> =>
    new Promise((resolve, reject) => {
      http
        .get({ host: '127.0.0.1', port, path: target, agent: false }, (response) => {
          let body = '';
          response.on('data', (piece: Buffer) => (body += piece.toString()));
          response.on('end', () =>
            resolve({ status: response.statusCode!, headers: response.headers, body }),
          );
          response.on('error', reject);
        })
        .on('error', reject);
    });
  return { ...fixture, port, get };
}

test('over HTTP: static paths win over ids, pages lead to the next, a record and its bodies are files', async (t) => {
  const { insert, get } = await startServer(t);
  insert(Array.from({ length: 25 }, (_, index) => recordOf(index + 1)));
  const rows: number[] = [];
  let target: string | undefined = '/api/records?view=rows&limit=10&query=sequence%3E3';
  while (target !== undefined) {
    const { headers, body } = await get(target);
    for (const line of body.trim().split('\n')) rows.push((JSON.parse(line) as { row: number }).row);
    target = /^<([^>]+)>; rel="next"$/.exec(String(headers['link'] ?? ''))?.[1];
  }
  t.deepEqual(
    rows,
    Array.from({ length: 22 }, (_, index) => 25 - index),
  );
  t.is((JSON.parse((await get('/api/records/summary')).body) as { matching: number }).matching, 25);
  const { id } = recordOf(7);
  const record = await get(`/api/records/${id}?download`);
  t.is((JSON.parse(record.body) as { event: { id: string } }).event.id, id);
  t.is(record.headers['content-disposition'], `attachment; filename="record-${id}.json"`);
  const body = await get(`/api/records/${id}/body/response`);
  t.is(body.body, 'body number 7');
  t.is(body.headers['x-content-type-options'], 'nosniff');
  t.is((await get('/api/records/nothing')).status, 404);
  t.is((await get('/api/records?query=colour:red')).status, 400);
});

test('over HTTP: a stream goes on as records come, and its place is free when the client has gone', async (t) => {
  const { insert, port, get } = await startServer(t);
  insert([recordOf(1)]);
  for (let turn = 0; turn < 40; turn++) {
    // More than may be open at a time: each is gone before the next one comes.
    const request = http.get({
      host: '127.0.0.1',
      port,
      path: '/api/records/stream?view=rows',
      agent: false,
    });
    const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
      request.once('response', resolve).once('error', reject);
    });
    t.is(response.statusCode, 200);
    t.is(response.headers['content-type'], 'text/event-stream; charset=utf-8');
    if (turn === 0) {
      let text = '';
      const come = new Promise<void>((resolve) => {
        response.on('data', (piece: Buffer) => {
          text += piece.toString();
          if (text.includes('event: record')) resolve();
        });
      });
      insert([recordOf(2)]);
      await come;
      t.regex(text, /^retry: 1000\nid: 1\n\nevent: record\nid: 2\ndata: \{"row":2,.*\}\n\n$/);
    }
    const closed = new Promise((resolve) => response.once('close', resolve));
    request.destroy();
    await closed;
    // An answer after it: the server has seen it go.
    t.is((await get('/api/records?limit=1')).status, 200);
  }
});
