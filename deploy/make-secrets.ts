// Generates what docker-compose.yml needs in passwords, once, into its volumes. `show` prints those that people need.
import { randomBytes } from 'node:crypto';
import { chownSync, readFileSync, statSync, writeFileSync } from 'node:fs';

interface Secret {
  readonly file: string;
  /** The user that reads it; nobody else may. */
  readonly user: number;
}

/** The users of the images: Elasticsearch, Kibana and the gateway are 1000, Grafana is 472. */
const SECRETS: readonly Secret[] = [
  { file: '/secrets/elasticsearch/elastic-password', user: 1000 },
  { file: '/secrets/kibana/kibana-password', user: 1000 },
  { file: '/secrets/kibana/encryption-key', user: 1000 },
  { file: '/secrets/grafana/admin-password', user: 472 },
  { file: '/secrets/gateway/gui-token', user: 1000 },
];

if (process.argv[2] === 'show')
  process.stdout.write(
    [
      `Kibana and Elasticsearch: elastic ${read('/secrets/elasticsearch/elastic-password')}`,
      `Grafana: admin ${read('/secrets/grafana/admin-password')}`,
      `The page of the gateway: token ${read('/secrets/gateway/gui-token')}`,
      '',
    ].join('\n'),
  );
else for (const secret of SECRETS) make(secret);
// Filled by make-access.ts, which is not root.
if (statSync('/secrets/gateway').uid !== 1000) chownSync('/secrets/gateway', 1000, 1000);

function make({ file, user }: Secret): void {
  try {
    writeFileSync(file, randomBytes(24).toString('hex'), { flag: 'wx', mode: 0o400 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return;
    throw error;
  }
  chownSync(file, user, user);
  process.stdout.write(`generated ${file}\n`);
}

function read(file: string): string {
  return readFileSync(file, 'utf8');
}
