import { mkdtempSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { freePort, listening } from '../free-port.ts';
import { plainSubject, SHORT_WARM_UP_SECONDS, type Subject } from './subject.ts';

const START_MS = 10_000;

/** HAProxy with one thread, without logging. */
export const haproxy: Subject = {
  name: 'haproxy',
  warmUpSeconds: SHORT_WARM_UP_SECONDS,
  missing: ({ tools }) => (tools.haproxy === null ? 'HAProxy is not installed' : null),
  async start({ folder, tools, children }, upstream) {
    const port = await freePort();
    const file = path.join(mkdtempSync(path.join(folder, 'haproxy-')), 'haproxy.cfg');
    writeFileSync(
      file,
      `global
  nbthread 1
  maxconn 8000
defaults
  mode http
  option http-keep-alive
  http-reuse always
  timeout connect 10s
  timeout client 600s
  timeout server 600s
frontend front
  bind 127.0.0.1:${port} backlog 4096
  default_backend application
backend application
  server application ${new URL(upstream.url).host}
`,
    );
    const child = await children.start([...tools.haproxy!, '-db', '-f', file]);
    try {
      await listening(port, START_MS);
    } catch (error) {
      await child.stop('SIGKILL');
      throw new Error(`HAProxy did not start: ${child.output()}`, { cause: error });
    }
    return plainSubject({
      url: `http://127.0.0.1:${port}`,
      pids: [child.pid],
      companionPids: [],
      groupOf: () => 'worker',
      stop: async () => void (await child.stop()),
    });
  },
};
