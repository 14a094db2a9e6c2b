// Gives Kibana its password, and the gateway an API key that may add records and count them, nothing else. Safe to run again: a key that still
// works is kept.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

const KEY_FILE = '/secrets/gateway/elasticsearch-api-key';
const TIMEOUT_MS = 10_000;

const server = process.argv[2]!;
const asAdministrator = `Basic ${Buffer.from(`elastic:${readFileSync('/secrets/elasticsearch/elastic-password', 'utf8')}`).toString('base64')}`;

const authenticated = await ask('GET', '/_security/_authenticate', asAdministrator);
if (authenticated === 401)
  fail(
    'Elasticsearch does not know the password of this project: its data and the secrets are of different starts. `docker compose down --volumes` begins anew, without the records there',
  );

await demand('POST', '/_security/user/kibana_system/_password', {
  password: readFileSync('/secrets/kibana/kibana-password', 'utf8'),
});
process.stdout.write('Kibana has its password\n');

if (
  existsSync(KEY_FILE) &&
  (await ask('GET', '/_security/_authenticate', `ApiKey ${readFileSync(KEY_FILE, 'utf8')}`)) === 200
)
  process.stdout.write('the key of the gateway works\n');
else {
  // What `tapline setup elasticsearch --dry-run` asks an administrator for.
  const { encoded } = await demand<{ encoded: string }>('POST', '/_security/api_key', {
    name: 'tapline',
    role_descriptors: {
      tapline: {
        cluster: ['monitor'],
        indices: [
          {
            names: ['logs-tapline.http-*'],
            privileges: ['create_doc', 'auto_configure', 'view_index_metadata', 'read', 'monitor'],
          },
        ],
      },
    },
  });
  writeFileSync(`${KEY_FILE}.next`, encoded, { mode: 0o400 });
  renameSync(`${KEY_FILE}.next`, KEY_FILE);
  process.stdout.write('the gateway has a new key\n');
}

async function ask(method: string, path: string, authorization: string): Promise<number> {
  const answer = await fetch(`${server}${path}`, {
    method,
    headers: { authorization },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  await answer.body?.cancel();
  return answer.status;
}

/** Ends the process where the answer is no success. */
async function demand<T>(method: string, path: string, body: object): Promise<T> {
  const answer = await fetch(`${server}${path}`, {
    method,
    headers: { authorization: asAdministrator, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!answer.ok) fail(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}

function fail(reason: string): never {
  process.stderr.write(`${reason}\n`);
  process.exit(1);
}
