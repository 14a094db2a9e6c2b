import { existsSync, readdirSync } from 'node:fs';
import * as path from 'node:path';
import type { Options } from '../config/options.ts';
import { UsageError } from '../config/usage-error.ts';
import { assetsFor } from '../sinks/elasticsearch/assets.ts';
import { connect } from '../sinks/elasticsearch/connect.ts';
import { Credentials } from '../sinks/elasticsearch/credentials.ts';
import { dataStreamName } from '../sinks/elasticsearch/options.ts';
import { PRIVILEGE_REASONS, privilegeRequests } from '../sinks/elasticsearch/privileges.ts';
import { LATEST, type ServerFeatures } from '../sinks/elasticsearch/server.ts';
import { setUp, type SetUpStep, surroundingsOf } from '../sinks/elasticsearch/set-up.ts';
import { readTrust } from '../sinks/elasticsearch/trust.ts';
import { readCommandOptions } from './command-options.ts';
import { EXIT } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

const DASHBOARDS = path.join(import.meta.dirname, '../../dashboards/kibana');

/** `tapline setup elasticsearch` */
export async function setup(argv: readonly string[], terminal: Terminal): Promise<number> {
  const [what, ...rest] = argv;
  if (what !== 'elasticsearch')
    throw new UsageError(
      what === undefined || what.startsWith('-')
        ? 'setup of what? tapline setup elasticsearch'
        : `there is no setup of ${what}; there is: tapline setup elasticsearch`,
    );
  const { own, gateway } = readCommandOptions(rest, { 'dry-run': 'flag', kibana: 'text' }, terminal);
  const { options } = gateway;
  const kibana = own.get('kibana') ?? null;
  if (kibana !== null && !/^https?:\/\/[^/\s]+/.test(kibana))
    throw new UsageError(
      `--kibana: expected a URL such as http://localhost:5601, got ${JSON.stringify(kibana)}`,
    );
  if (own.has('dry-run')) {
    terminal.out.write(await dryRun(options, kibana));
    return EXIT.ok;
  }
  if (options.elasticsearch.length === 0)
    throw new UsageError('--elasticsearch is missing: --elasticsearch=https://host:9200');
  const dashboards = kibana === null ? [] : dashboardFiles();
  const credentials = new Credentials(options);
  const { client, server } = await connect(options, credentials);
  try {
    const stream = dataStreamName(options);
    terminal.out.write(`${server.name} at ${options.elasticsearch[0]}, data stream ${stream}\n`);
    for (const step of await setUp(client, server, options)) terminal.out.write(stepText(step));
  } finally {
    await client.close();
  }
  if (kibana !== null) {
    const { importDashboards } = await import('../sinks/elasticsearch/kibana.ts');
    const imported = await importDashboards(kibana, dashboards, {
      credentials,
      trust: readTrust(options),
    });
    for (const { file, count } of imported)
      terminal.out.write(`✓ dashboards ${file}: ${count} saved objects imported\n`);
  }
  return EXIT.ok;
}

function stepText({ what, outcome, note }: SetUpStep): string {
  const tick = outcome === 'absent' || outcome === 'newer' ? '–' : '✓';
  return `${tick} ${what}: ${outcome}${note === '' ? '' : ` (${note})`}\n`;
}

/** Everything that would be sent, as an administrator can paste it into Kibana's console; a server is only asked what it has. */
async function dryRun(options: Options, kibana: string | null): Promise<string> {
  let has: ServerFeatures = LATEST;
  let name = 'the latest Elasticsearch (with --elasticsearch=URL, for the server there)';
  let around = {
    builtIn: ['logs@settings', 'logs@mappings', 'ecs@mappings'] as readonly string[],
    hasCustomTemplate: false,
    hasCustomPipeline: false,
    hasStateManagement: false,
  };
  if (options.elasticsearch.length > 0) {
    const { client, server } = await connect(options, new Credentials(options));
    try {
      has = server.has;
      name = `${server.name} at ${options.elasticsearch[0]}`;
      around = await surroundingsOf(client, server, options);
    } finally {
      await client.close();
    }
  }
  const { role, apiKey } = privilegeRequests(options);
  const reasons = Object.entries(PRIVILEGE_REASONS).map(([privilege, why]) => `#   ${privilege}: ${why}`);
  return [
    `# What "tapline setup elasticsearch" would send; for ${name}. Nothing was changed.`,
    '',
    ...assetsFor(options, has, around).flatMap((asset) => [
      `# ${asset.kind} ${asset.name}`,
      ...requestText('PUT', asset.path, asset.body),
    ]),
    `# data stream ${dataStreamName(options)}`,
    ...requestText('PUT', `/_data_stream/${dataStreamName(options)}`, null),
    '# The least that a gateway needs after that, as a role for a user:',
    ...reasons,
    ...requestText(role.method, role.path, role.body),
    '# or as an API key; what it answers as "encoded" goes into TAPLINE_ELASTICSEARCH_API_KEY:',
    ...requestText(apiKey.method, apiKey.path, apiKey.body),
    ...(kibana === null
      ? []
      : [
          `# and to ${kibana}/api/saved_objects/_import?overwrite=true (POST, header kbn-xsrf) the files:`,
          ...dashboardFiles().map((file) => `#   ${path.basename(file)}`),
          '',
        ]),
  ].join('\n');
}

function requestText(method: string, requestPath: string, body: object | null): string[] {
  return [`${method} ${requestPath}`, ...(body === null ? [] : [JSON.stringify(body, null, 2)]), ''];
}

function dashboardFiles(): string[] {
  const files = existsSync(DASHBOARDS)
    ? readdirSync(DASHBOARDS)
        .filter((file) => file.endsWith('.ndjson'))
        .sort()
    : [];
  if (files.length === 0) throw new Error(`there are no dashboards in ${DASHBOARDS}`);
  return files.map((file) => path.join(DASHBOARDS, file));
}
