import { OPTION_SPECS, optionSign, type OptionSpec } from '../config/options.ts';
import { UsageError } from '../config/usage-error.ts';
import { PROFILE_LIMITS } from '../profiling/profile-request.ts';
import { QUERY_FIELDS } from '../store/query.ts';

const WIDTH = 34;

/** The help of a command; of the gateway itself without one. */
export function helpText(command?: string): string {
  if (command === undefined) return gatewayHelp();
  if (Object.hasOwn(COMMAND_HELP, command)) return COMMAND_HELP[command]!();
  throw new UsageError(`unknown command: ${command}; there are ${Object.keys(COMMAND_HELP).join(', ')}`);
}

function gatewayHelp(): string {
  return `Tapline stands in front of an application, passes every byte through and records every exchange.

Usage:
  tapline [options] [script|folder]     run the gateway; without a script, the built-in audit program
  tapline records [options]             show what was recorded         (tapline records --help)
  tapline verify [options]              account for every record and byte (tapline verify --help)
  tapline dead-letters [action]         what a sink refused for good, and why (tapline dead-letters --help)
  tapline profile cpu|heap [options]    where a running gateway spends time and memory (tapline profile --help)
  tapline setup elasticsearch [options] make or update what records need there (tapline setup --help)
  tapline init [folder]                 write a copy of the audit program to change

Examples:
  tapline                                            try it in front of a sample application: open the page that it prints
  tapline --upstream=http://127.0.0.1:3000           clients use http://127.0.0.1:8000 from now on
  tapline --upstream=https://example.test --listen=0.0.0.0:8443 --tls-cert=cert.pem --tls-key=key.pem
  tapline --upstream=http://127.0.0.1:3000 --elasticsearch=https://es:9200
  tapline --gui-port=9000 scripts/                   the editor of the page for a folder, nothing running yet
  tapline records --query='status>=500 path:/api/*'
  tapline examples/02-hello.js                       run a script of your own; --verify checks it first

${groupedOptions()}
Other:
${line('--config=FILE', 'options from this file instead of ./tapline.yaml')}
${line('--verify', 'load the script, say whether it is sound, and exit')}
${line('--list-filters', 'names of all filters')}
${line('--help-filters', 'all filters with parameters and examples')}
${line('-v, --version', 'the version')}
${line('-h, --help', 'this help')}

Every option can also be given as a variable (--data-dir: TAPLINE_DATA_DIR) or in tapline.yaml (data-dir: ...).
A flag wins over a variable, a variable over the file. TIME is 250ms, 30s, 5m, 1h, 7d; SIZE is 64k, 16m, 1g.
Signals: INT and TERM stop in order, a second one at once; HUP reloads the script; TSTP shows what runs.
Exit codes: 0 done, 1 failed, 2 called wrongly.
`;
}

const COMMAND_HELP: Readonly<Record<string, () => string>> = {
  records: () => `Shows records, oldest first; the newest ones where there are more than the limit.

Usage:
  tapline records [options]

Examples:
  tapline records                                     the last 50
  tapline records --query='status>=500 path:/api/* body:"needle"' --since=1h
  tapline records --follow                            and go on with new ones
  tapline records --json --limit=1000 | jq .http.response.status_code

Options:
${line('--data-dir=DIR', 'where the gateway keeps its records (default .tapline)')}
${line('--query=QUERY', 'only records that match')}
${line('--since=TIME', 'only records begun since: 10m, 1h, 2026-01-31T12:00:00Z')}
${line('--limit=N', 'at most so many (default 50)')}
${line('--follow', 'wait for new ones until interrupted')}
${line('--json', 'one ECS document a line')}

A query is a list of terms that must all hold: field:value, field>=number, *, "quotes", -term, or, ( ).
A bare word is searched in paths, headers and bodies. Fields:
${Object.entries(QUERY_FIELDS)
  .map(([name, { meaning }]) => line(name, meaning))
  .join('\n')}
`,
  verify: () => `Says whether every exchange that the gateways of a data directory saw is recorded.

Usage:
  tapline verify [--data-dir=DIR] [--json]
  tapline verify --elasticsearch[=URL] [--data-dir=DIR] [--json]

It accounts for every sequence number of every run and compares the bytes in the records with those that the sockets
counted. After a crash it says how many exchanges at most are unaccounted, and between which times.
It may be run beside a gateway.

With --elasticsearch it looks each sequence number of every run up in the data stream and names what is missing, held twice,
waiting in the spool, a dead letter (with the reason), in the failure store or expired. Server and credentials are given as
for the gateway (TAPLINE_ELASTICSEARCH, TAPLINE_ELASTICSEARCH_API_KEY, ...).

Exit codes: 0 complete, 1 gaps or a crash, 2 called wrongly.
`,
  'dead-letters': () => `Shows what sinks refused for good, and why; sends it again, or forgets it.

Usage:
  tapline dead-letters list [--sink=NAME] [--limit=N] [--json]
  tapline dead-letters show ID
  tapline dead-letters requeue ID ... | --sink=NAME | --all
  tapline dead-letters drop ID ... | --sink=NAME | --all

Examples:
  tapline dead-letters list                           the oldest 50, with the sink's reasons
  tapline dead-letters show 019a8c1e-5b8e-7c3e-9d0a-2f6f5f1c7a10
  tapline dead-letters requeue --sink=elasticsearch   once the mapping is mended

All take --data-dir=DIR. A gateway that runs sends what is queued again within a second. What is dropped stays counted: verify names it.
`,
  profile: () => `Looks into a gateway while it runs, thread by thread, and writes files for profiling tools.

Usage:
  tapline profile cpu [--seconds=N] [options]         where time goes: .cpuprofile
  tapline profile heap [--seconds=N] [options]        who allocates what is held at the end: .heapprofile
  tapline profile heap --garbage [options]            who allocates, collected or not
  tapline profile snapshot --include-contents         everything in memory, secrets too: .heapsnapshot

Examples:
  tapline profile cpu --seconds=30 --output=profiles
  tapline profile heap --garbage --thread=data-0
  tapline profile cpu --json | jq '.threads[].functions[0]'

Options:
${line('--data-dir=DIR', 'of the gateway (default .tapline)')}
${line('--seconds=N', `how long (default ${PROFILE_LIMITS.seconds.byDefault}, at most ${PROFILE_LIMITS.seconds.max})`)}
${line('--output=FOLDER', 'where the files go (default: here); only you can read them')}
${line('--thread=NAME', 'only this thread: main, data-0, ... (default all)')}
${line('--sample-us=N', `cpu: microseconds between two samples (default ${PROFILE_LIMITS.intervalMicroseconds.byDefault})`)}
${line('--sample-bytes=N', `heap: bytes between two samples (default ${PROFILE_LIMITS.intervalBytes.byDefault}; with --garbage ${PROFILE_LIMITS.garbageIntervalBytes})`)}
${line('--garbage', 'heap: also what has been collected since')}
${line('--include-contents', 'snapshot: you know that it holds the traffic, nothing redacted')}
${line('--json', 'files and the most expensive functions as JSON')}

It asks over a socket in the data directory, so run it where the gateway runs and as the same user. The files name functions and places in the
sources, nothing of the traffic; only a snapshot does. Open them with Chrome DevTools, VS Code or speedscope: docs/profiling.md.

Exit codes: 0 done, 1 no gateway runs or it refuses, 2 called wrongly.
`,
  setup:
    () => `Makes what records need in Elasticsearch or OpenSearch, or brings it up to date. A gateway does the same at its start.

Usage:
  tapline setup elasticsearch --elasticsearch=URL [--dry-run] [--kibana=URL]

Examples:
  tapline setup elasticsearch --elasticsearch=https://es:9200 --elasticsearch-username=elastic
  tapline setup elasticsearch --dry-run               show every request, a least-privilege role and an API key request

Options:
${line('--dry-run', 'change nothing; print what would be sent')}
${line('--kibana=URL', 'also import the dashboards into Kibana')}

It makes an ingest pipeline, component templates, an index template, a lifecycle (data stream lifecycle, or a policy where
the server has only those) and the data stream logs-<dataset>-<namespace>. It changes only what it has made itself; what is
yours goes into the component template and the ingest pipeline logs-<dataset>@custom, which it never writes.

Exit codes: 0 done, 1 the server refused or cannot be reached, 2 called wrongly.
`,
  init: () => `Writes a copy of the built-in audit program, for you to change.

Usage:
  tapline init [folder]

Example:
  tapline init gateway && tapline --upstream=http://127.0.0.1:3000 gateway/main.js
`,
};

function groupedOptions(): string {
  const groups = Map.groupBy(OPTION_SPECS, ({ group }) => group);
  return [...groups].map(([group, specs]) => `${group}:\n${specs.map(optionLine).join('')}`).join('\n');
}

function optionLine(spec: OptionSpec): string {
  const flag = optionSign(spec);
  const hasDefault = spec.defaultValue !== null && spec.defaultValue !== '' && spec.type !== 'flag';
  return `${line(flag, `${spec.meaning}${hasDefault ? ` (default ${spec.defaultValue})` : ''}`)}\n`;
}

function line(left: string, right: string): string {
  return left.length < WIDTH - 3
    ? `  ${left.padEnd(WIDTH - 2)}${right}`
    : `  ${left}\n${' '.repeat(WIDTH)}${right}`;
}
