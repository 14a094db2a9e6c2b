import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as path from 'node:path';
import { threadId } from 'node:worker_threads';
import test, { type ExecutionContext } from 'ava';

export type PeerVersion = '9' | '8' | 'opensearch';

/** A real Elasticsearch or OpenSearch. */
export interface Peer {
  readonly version: PeerVersion;
  readonly url: string;
  /** Of the server itself, for signals; null where it runs elsewhere. */
  readonly pid: number | null;
  /** Asks it something, as JSON; the answer whatever its status. */
  ask(
    method: string,
    path: string,
    body?: object | string,
    headers?: Record<string, string>,
  ): Promise<PeerAnswer>;
  stop(): Promise<void>;
}

export interface PeerAnswer {
  readonly status: number;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- answers of many shapes
  readonly body: any;
}

const LAUNCHER =
  process.env['TAPLINE_PEERS'] === undefined
    ? null
    : path.join(process.env['TAPLINE_PEERS'], 'elasticsearch', 'run');

/** Whether servers can be started here, with settings of a test's own. */
export const canLaunch = LAUNCHER !== null && existsSync(LAUNCHER);

/** The servers that there are to test with: all three, or those that the environment names. */
export const peerVersions: readonly PeerVersion[] = canLaunch
  ? ['9', '8', 'opensearch']
  : [
      ...(process.env['ELASTICSEARCH_URL'] === undefined ? [] : (['9'] as const)),
      ...(process.env['OPENSEARCH_URL'] === undefined ? [] : (['opensearch'] as const)),
    ];

/** `test.serial`, or the same skipped with a plain line where there is no server. */
export function testWithPeer(
  title: string,
  version: PeerVersion | 'launched',
  body: (t: ExecutionContext) => Promise<void>,
): void {
  const isThere = version === 'launched' ? canLaunch : peerVersions.includes(version);
  const name = version === 'opensearch' ? 'OPENSEARCH_URL' : 'ELASTICSEARCH_URL';
  if (isThere) test.serial(title, body);
  else
    test.serial.skip(
      `${title}: needs ${version === 'launched' ? 'TAPLINE_PEERS' : `${name} or TAPLINE_PEERS`}`,
      body,
    );
}

/** How the data sets of this test file begin: its own, though files run side by side in one process. */
export const DATASETS = `t${process.pid}.${threadId}`;

const running = new Map<PeerVersion, Promise<Peer>>();

/** The server of a version that the tests of a file share; stopped after the last of them. Tests clean up their data streams or use their own. */
export function sharedPeer(version: PeerVersion): Promise<Peer> {
  const known = running.get(version);
  if (known !== undefined) return known;
  const url = process.env[version === 'opensearch' ? 'OPENSEARCH_URL' : 'ELASTICSEARCH_URL'];
  const peer = canLaunch
    ? launchPeer(version)
    : Promise.resolve(peerAt(version, url!.replace(/\/$/, ''), null, {}, () => Promise.resolve()));
  running.set(version, peer);
  return peer;
}

/** Ends what `sharedPeer` has started: `test.after.always(stopSharedPeers)`. */
export async function stopSharedPeers(): Promise<void> {
  for (const starting of running.values()) {
    const peer = await starting.catch(() => null);
    if (peer === null) continue;
    // A server of somebody's own is left as it was found; the data sets of tests begin so.
    if (peer.pid === null)
      for (const what of ['_data_stream', '_index_template', '_component_template', '_ingest/pipeline'])
        await peer.ask('DELETE', `/${what}/logs-${DATASETS}.*`);
    await peer.stop();
  }
  running.clear();
}

/** A server of a test's own, with settings: stop it in a teardown. */
export async function launchPeer(
  version: PeerVersion,
  {
    args = [],
    headers = {},
    isTls = false,
  }: { args?: readonly string[]; headers?: Record<string, string>; isTls?: boolean } = {},
): Promise<Peer> {
  const child = spawn(LAUNCHER!, ['--version', version, '--port', '0', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = exit(child);
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-4000)));
  const url = await new Promise<string>((resolve, reject) => {
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const found = /^ready (\S+)/m.exec(output);
      if (found !== null) resolve(found[1]!);
    });
    void ended.then((code) => reject(new Error(`the server ended with ${code}: ${said}`)));
  });
  return peerAt(version, isTls ? url.replace(/^http:/, 'https:') : url, child.pid!, headers, async () => {
    // A frozen one hears it only when it goes on.
    child.kill('SIGTERM');
    child.kill('SIGCONT');
    await ended;
  });
}

function peerAt(
  version: PeerVersion,
  url: string,
  pid: number | null,
  headers: Record<string, string>,
  stop: () => Promise<void>,
): Peer {
  return {
    version,
    url,
    pid,
    stop,
    async ask(method, requestPath, body, more = {}) {
      const isText = typeof body === 'string';
      const response = await fetch(`${url}${requestPath}`, {
        method,
        headers: {
          'content-type': isText ? 'application/x-ndjson' : 'application/json',
          ...headers,
          ...more,
        },
        ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      let parsed: unknown = text;
      try {
        parsed = JSON.parse(text);
      } catch {
        // Some answers are text.
      }
      return { status: response.status, body: parsed };
    },
  };
}

function exit(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once('close', (code) => resolve(code)));
}
