import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { Agent } from 'undici';
import { ConnectionFault, connectionFault } from './connection-fault.ts';
import { connector } from './connector.ts';
import type { Credentials } from './credentials.ts';
import { plainReason } from './server-error.ts';
import type { Trust } from './trust.ts';

const TIMEOUT_MS = 60_000;

/** What became of one file of saved objects. */
export interface ImportResult {
  readonly file: string;
  readonly count: number;
}

/**
 * Posts files of saved objects to Kibana's import, over what is there of the same ids. Throws an error with what to do.
 * @param url of Kibana, with its base path
 */
export async function importDashboards(
  url: string,
  files: readonly string[],
  { credentials, trust }: { credentials: Credentials; trust: Trust },
): Promise<ImportResult[]> {
  const agent = new Agent({ connect: connector(trust) });
  try {
    const results: ImportResult[] = [];
    for (const file of files) results.push(await importFile(url, file, credentials, agent));
    return results;
  } finally {
    await agent.destroy();
  }
}

async function importFile(
  url: string,
  file: string,
  credentials: Credentials,
  agent: Agent,
): Promise<ImportResult> {
  const name = path.basename(file);
  const boundary = 'tapline-saved-objects';
  const body = Buffer.concat([
    Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: application/ndjson\r\n\r\n`,
    ),
    readFileSync(file),
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
  let status: number;
  let text: string;
  try {
    const { origin, pathname } = new URL(url);
    const answer = await agent.request({
      origin,
      path: `${pathname.replace(/\/$/, '')}/api/saved_objects/_import?overwrite=true`,
      method: 'POST',
      headers: {
        'content-type': `multipart/form-data; boundary=${boundary}`,
        'kbn-xsrf': 'tapline',
        ...(credentials.authorization === null ? {} : { authorization: credentials.authorization }),
      },
      body,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    status = answer.statusCode;
    text = await answer.body.text();
  } catch (error) {
    const { message } = error instanceof ConnectionFault ? error : connectionFault(error, url);
    throw new Error(`dashboards are not imported: ${message.replaceAll('--elasticsearch;', '--kibana;')}`, {
      cause: error,
    });
  }
  return { file: name, count: readCount(url, name, status, text, credentials) };
}

function readCount(
  url: string,
  name: string,
  status: number,
  text: string,
  credentials: Credentials,
): number {
  const failed = (why: string): Error => new Error(`dashboards are not imported: ${url} ${why}`);
  let parsed: {
    success?: boolean;
    successCount?: number;
    message?: string;
    errors?: { id?: string; type?: string; error?: { type?: string } }[];
  } | null;
  try {
    parsed = JSON.parse(text) as typeof parsed;
  } catch {
    parsed = null;
  }
  if (status === 401) throw failed(`refuses us (401): ${credentials.advice}`);
  if (status === 403)
    throw failed('refuses us (403): the account needs the Kibana privilege "Saved Objects Management: All"');
  if (status === 404 || parsed === null || (status === 200 && parsed.success === undefined))
    throw failed(
      `does not answer like Kibana (${status}); check the URL and its base path (--kibana=http://host:5601)`,
    );
  if (status === 503) throw failed('is not ready yet (503); try again in a minute');
  if (status !== 200)
    throw failed(
      `refuses ${name} (${status}): ${plainReason({ type: '', words: parsed.message ?? '' }) || 'no reason given'}`,
    );
  if (parsed.success !== true) {
    const [first] = parsed.errors ?? [];
    throw failed(
      `took ${parsed.successCount ?? 0} objects of ${name} and refused ${parsed.errors?.length ?? 'some'}, the first: ${first?.type ?? 'object'} ${first?.id ?? ''} (${first?.error?.type ?? 'no reason given'})`,
    );
  }
  return parsed.successCount ?? 0;
}
