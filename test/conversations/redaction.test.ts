import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as path from 'node:path';
import * as zlib from 'node:zlib';
import test from 'ava';
import { request } from 'undici';
import { startFixture } from '../support/fixture.ts';

const CANARY = 'c4naryValue9z';

const CODINGS: Record<string, (bytes: Buffer) => Buffer> = {
  identity: (bytes) => bytes,
  gzip: (bytes) => zlib.gzipSync(bytes),
  deflate: (bytes) => zlib.deflateSync(bytes),
  br: (bytes) => zlib.brotliCompressSync(bytes),
  zstd: (bytes) => zlib.zstdCompressSync(bytes),
};

const BODIES: Record<string, string> = {
  json: JSON.stringify({
    user: 'ann',
    list: Array.from({ length: 40 }, (_, id) => ({ id, password: `${CANARY}${id}` })),
  }),
  form: `user=ann&${Array.from({ length: 40 }, (_, id) => `api_key${id}=${CANARY}`).join('&')}`,
  multipart: `--b\r\nContent-Disposition: form-data; name="note"\r\n\r\nhello\r\n--b\r\nContent-Disposition: form-data; name="secret"\r\n\r\n${CANARY.repeat(50)}\r\n--b--\r\n`,
};

for (const limit of ['64k', '777', '64'])
  test(`no secret is on disk with --max-body-capture=${limit}, for any coding, chunked or not, whatever the declared type`, async (t) => {
    const server = createServer((incoming, response) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const headers: Record<string, string> = {
          'content-type': 'image/png',
          'set-cookie': `sid=${CANARY}`,
        };
        const coding = incoming.headers['content-encoding'];
        if (coding !== undefined) headers['content-encoding'] = coding;
        response.writeHead(200, headers);
        for (const chunk of chunks) response.write(chunk);
        response.end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.teardown(() => server.close());
    const fixture = await startFixture(t, { target: `127.0.0.1:${(server.address() as AddressInfo).port}` }, [
      `--max-body-capture=${limit}`,
    ]);
    let sent = 0;
    for (const [coding, encode] of Object.entries(CODINGS))
      for (const text of Object.values(BODIES))
        for (const type of ['application/json', 'application/octet-stream', 'text/plain; charset=utf-16']) {
          const body = encode(Buffer.from(text));
          const answer = await request(`http://127.0.0.1:${fixture.port}/path?token=${CANARY}`, {
            method: 'POST',
            headers: {
              'content-type': type,
              ...(coding === 'identity' ? {} : { 'content-encoding': coding }),
            },
            body: sent++ % 2 === 0 ? body : ([body.subarray(0, 7), body.subarray(7)] as never),
          });
          t.true(Buffer.from(await answer.body.arrayBuffer()).equals(body), 'the bytes pass as they are');
        }
    const { records, report } = await fixture.finish();
    t.is(records.length, sent);
    t.true(report.isComplete, JSON.stringify(report));
    const shown = records.filter((record) => record.http.request.body.content !== undefined);
    t.true(shown.length > sent / 3, 'text is shown, without its secrets');
    if (limit === '64k') {
      t.is(shown.length, sent, 'every coding is removed');
      t.true(shown.every((record) => record.http.request.body.content.includes('REDACTED')));
      t.true(shown.every((record) => /ann|hello/.test(record.http.response.body.content as string)));
    } else t.true(shown.some((record) => record.tapline.request.body.truncated as boolean));
    t.false(JSON.stringify(records).includes(CANARY.slice(0, 6)));
    for (const entry of await readdir(fixture.dataDir, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = path.join(entry.parentPath, entry.name);
      t.false((await readFile(file)).includes(CANARY.slice(0, 6)), file);
    }
  });
