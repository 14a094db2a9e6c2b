import { spawn } from 'node:child_process';
import * as path from 'node:path';
import { createInterface } from 'node:readline';
import test, { type ExecutionContext, type Implementation } from 'ava';

/** A real Elasticsearch. */
export interface ElasticsearchPeer {
  readonly url: string;
  /** Asks with JSON (a string goes as NDJSON) and gives the answer; throws what Elasticsearch says about a failure. */
  request(method: string, target: string, body?: object | string): Promise<unknown>;
}

const PEERS = process.env['TAPLINE_PEERS'];

/** A test with an Elasticsearch of its own; skipped where TAPLINE_PEERS names no launchers. */
export function testWithElasticsearch(
  version: 8 | 9,
  title: string,
  run: (t: ExecutionContext, elasticsearch: ElasticsearchPeer) => Promise<void>,
): void {
  const name = `${title}: Elasticsearch ${version}`;
  const withServer: Implementation<[]> = async (t) => run(t, await startElasticsearch(t, version));
  if (PEERS === undefined) test.skip(`${name} (needs the launchers of TAPLINE_PEERS)`, withServer);
  else test(name, withServer);
}

async function startElasticsearch(t: ExecutionContext, version: 8 | 9): Promise<ElasticsearchPeer> {
  const launcher = spawn(
    path.join(PEERS!, 'elasticsearch/run'),
    ['--version', String(version), '--port', '0'],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let said = '';
  launcher.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<void>((resolve) => launcher.once('close', () => resolve()));
  t.teardown(async () => {
    launcher.kill('SIGTERM');
    await ended;
  });
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: launcher.stdout }).on('line', (line) => {
      const found = /^ready (http\S+)/.exec(line);
      if (found !== null) resolve(found[1]!);
    });
    void ended.then(() => reject(new Error(`Elasticsearch does not start: ${said}`)));
  });
  return {
    url,
    async request(method, target, body) {
      const answer = await fetch(`${url}${target}`, {
        method,
        headers: { 'content-type': typeof body === 'string' ? 'application/x-ndjson' : 'application/json' },
        body: typeof body === 'object' ? JSON.stringify(body) : body,
        signal: AbortSignal.timeout(30_000),
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${method} ${target}: ${answer.status} ${text}`);
      return text === '' ? null : JSON.parse(text);
    },
  };
}
