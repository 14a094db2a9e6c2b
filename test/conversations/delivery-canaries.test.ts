import { readdir, readFile } from 'node:fs/promises';
import * as path from 'node:path';
import test from 'ava';
import { ELASTICSEARCH_9 } from '../support/elasticsearch.ts';
import { answering, connectClient, startUpstream } from '../support/fixture.ts';
import { makeDataDir, runCli, startProcess } from '../support/process.ts';
import {
  type ScriptedAnswer,
  type ScriptedRequest,
  startScriptedServer,
} from '../support/scripted-server.ts';

const CANARY = 'canary-c0ffee';
const REQUESTS = 6;

/** Refuses half of the records and quotes them while it does, as servers do. */
function refusing({ path: target, body }: ScriptedRequest): ScriptedAnswer {
  if (!target.includes('_bulk')) return ELASTICSEARCH_9;
  const lines = body.split('\n');
  const items = [];
  for (let index = 0; index + 1 < lines.length; index += 2) {
    const { create } = JSON.parse(lines[index]!) as { create: { _id: string } };
    const item = { _index: '.ds-x-000001', _id: create._id };
    const { event } = JSON.parse(lines[index + 1]!) as { event: { sequence: number } };
    items.push({
      create:
        event.sequence % 2 === 1
          ? { ...item, status: 201 }
          : {
              ...item,
              status: 400,
              error: { type: 'document_parsing_exception', reason: `failed to parse: '${lines[index + 1]}'` },
            },
    });
  }
  return { ...ELASTICSEARCH_9, body: { errors: true, items } };
}

test.serial('secrets reach no sink, no dead letter and no message, whatever the sinks answer', async (t) => {
  const target = await startUpstream(
    t,
    answering(() => {
      const body = `{"access_token":"${CANARY}-1"}`;
      return `HTTP/1.1 200 OK\r\nSet-Cookie: sid=${CANARY}-2\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    }),
  );
  const elasticsearch = await startScriptedServer(t, refusing);
  const receiver = await startScriptedServer(t, (request, index) =>
    // The first with records is refused with all that it holds.
    request.body.length > 200 && index < 4
      ? { status: 400, body: `cannot read ${request.body}` }
      : { headers: { 'content-type': 'application/json' }, body: '{}' },
  );
  const dataDir = await makeDataDir(t);
  const lines = path.join(dataDir, 'records.ndjson');
  const gateway = await startProcess(
    t,
    [
      `--upstream=http://${target}`,
      '--log-level=debug',
      '--elasticsearch-setup=off',
      `--elasticsearch=${elasticsearch.url}`,
      `--file=${lines}`,
      '--otlp-bodies',
      '--delivery-interval=50ms',
    ],
    dataDir,
    undefined,
    { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' },
  );
  const body = `{"user":"u","password":"${CANARY}-3"}`;
  const client = await connectClient(gateway.port);
  for (let index = 0; index < REQUESTS; index++) {
    client.received = Buffer.alloc(0);
    client.write(
      `POST /login?api_key=${CANARY}-4 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${CANARY}-5\r\nCookie: a=${CANARY}-6\r\n` +
        `Referer: http://x/?token=${CANARY}-7\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    await client.until('access_token');
  }
  client.socket.end();
  await client.untilClose();
  t.is(await gateway.end('SIGTERM'), 0, gateway.output());

  const bulks = elasticsearch.requests.filter((request) => request.path.includes('_bulk'));
  const exports = receiver.requests.filter((request) => request.body.includes('/login'));
  t.true(bulks.length > 0 && exports.length > 0, 'both were sent records');
  for (const request of [...bulks, ...exports]) t.false(request.body.includes(CANARY), request.path);
  t.false(gateway.output().includes(CANARY), gateway.output());
  t.regex(gateway.output(), /refused for good: record \S+/);
  const listed = await runCli([
    'dead-letters',
    'list',
    `--data-dir=${dataDir}`,
    '--sink=elasticsearch',
    '--json',
  ]);
  const letters = listed.stdout.trim().split('\n');
  t.true(letters.length > 0);
  t.regex(letters[0]!, /document_parsing_exception/);
  const { id } = JSON.parse(letters[0]!) as { id: string };
  const shown = await runCli(['dead-letters', 'show', id, `--data-dir=${dataDir}`]);
  t.regex(shown.stdout, /"password\\":\\"REDACTED/);
  t.false(`${listed.stdout}${shown.stdout}`.includes(CANARY));
  t.is((await readFile(lines, 'utf8')).trim().split('\n').length, REQUESTS);
  for (const entry of await readdir(dataDir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const bytes = await readFile(path.join(entry.parentPath, entry.name));
    t.false(bytes.includes(CANARY), entry.name);
  }
});

test.serial(
  'a command of dead letters: what is dropped stays named by verify, and asks for a selection',
  async (t) => {
    const target = await startUpstream(
      t,
      answering(() => 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'),
    );
    const elasticsearch = await startScriptedServer(t, refusing);
    const gateway = await startProcess(t, [
      `--upstream=http://${target}`,
      '--elasticsearch-setup=off',
      `--elasticsearch=${elasticsearch.url}`,
      '--delivery-interval=10ms',
    ]);
    const { dataDir } = gateway;
    const client = await connectClient(gateway.port);
    client.write('GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n');
    await client.until('okHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    client.socket.end();
    t.is(await gateway.end('SIGTERM'), 0);
    const where = `--data-dir=${dataDir}`;
    const verified = await runCli(['verify', where]);
    t.is(verified.code, 1);
    t.regex(verified.stdout, /elasticsearch refused 1 record for good/);
    const asked = await runCli(['dead-letters', 'drop', where]);
    t.is(asked.code, 2);
    t.regex(asked.stderr, /which\? Give ids, --sink=NAME or --all/);
    t.regex(
      (await runCli(['dead-letters', where])).stdout,
      /elasticsearch {2}\S{36} {2}record \d+ 400 {2}document_parsing_exception/,
    );
    t.regex((await runCli(['dead-letters', 'requeue', '--all', where])).stdout, /^1 queued again/);
    t.regex((await runCli(['dead-letters', 'drop', '--all', where])).stdout, /^1 dropped/);
    t.regex(
      (await runCli(['dead-letters', 'list', where])).stdout,
      /given up for elasticsearch: .*dead letter dropped/,
    );
    t.regex(
      (await runCli(['verify', where])).stdout,
      /elasticsearch does not get record \d+ of run .*dead letter dropped/,
    );
    t.is((await runCli(['dead-letters', 'bury', where])).code, 2);
  },
);
