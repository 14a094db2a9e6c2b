import { writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { gzipSync } from 'node:zlib';
import { freePort } from '../free-port.ts';
import { jsonBody } from '../json-body.ts';
import { startNginx } from '../nginx-process.ts';
import type { Rig } from '../rig.ts';
import type { Upstream } from './upstream.ts';

/** The answers that it has: `/json/BYTES`. */
const JSON_BYTES = [32, 105, 4096];
const GZIP_BYTES = 16_384;
/** A text in the configuration of nginx may be no longer than 4096 bytes. */
const LITERAL_BYTES = 3000;

/** nginx with answers from its configuration: nothing answers faster. It counts by its `stub_status`. */
export async function startNginxUpstream(rig: Rig, command: readonly string[]): Promise<Upstream> {
  const port = await freePort();
  const gzip = path.join(rig.folder, `gzip-${GZIP_BYTES}`);
  writeFileSync(gzip, gzipSync(jsonBody(GZIP_BYTES)));
  const { child, workerPid } = await startNginx(rig, command, httpOf(port, gzip), port);
  const url = `http://127.0.0.1:${port}`;
  let looks = 0;
  return {
    name: 'nginx',
    url,
    pids: [workerPid],
    async requests() {
      looks++;
      const text = await (await fetch(`${url}/-/requests`)).text();
      // The third number of the third line; each look is itself a request.
      return Number(/^ *\d+ +\d+ +(\d+)/m.exec(text)![1]) - looks;
    },
    stop: async () => void (await child.stop()),
  };
}

function httpOf(port: number, gzip: string): string {
  return `  open_file_cache max=16;
  server {
    listen 127.0.0.1:${port} backlog=4096;
    default_type application/json;
    location = /-/requests { stub_status; }
${JSON_BYTES.map(locationOf).join('\n')}
    location = /gzip/${GZIP_BYTES} { alias ${gzip}; add_header Content-Encoding gzip; }
  }`;
}

function locationOf(bytes: number): string {
  const parts = jsonBody(bytes).match(new RegExp(`.{1,${LITERAL_BYTES}}`, 'g'))!;
  const sets = parts.map((text, index) => `set $json${bytes}_${index} '${text}';`).join(' ');
  const all = parts.map((_, index) => `\${json${bytes}_${index}}`).join('');
  return `    location = /json/${bytes} { ${sets} return 200 "${all}"; }`;
}
