import type { Options } from '../config/options.ts';
import { UsageError } from '../config/usage-error.ts';
import { connect } from '../sinks/elasticsearch/connect.ts';
import { Credentials } from '../sinks/elasticsearch/credentials.ts';
import { dataStreamName } from '../sinks/elasticsearch/options.ts';
import {
  type ElasticsearchReport,
  isStreamComplete,
  type LocalKnowledge,
  type StreamReport,
  verifyElasticsearch,
} from '../sinks/elasticsearch/verify.ts';
import type { LedgerEntry } from '../spool/run-ledger.ts';
import { count, countRecords, range } from './record-counts.ts';

/** Accounts for every record of a ledger in Elasticsearch. */
export async function reportOnElasticsearch(
  options: Options,
  ledger: readonly LedgerEntry[],
  runningRun: string | null,
  local: LocalKnowledge,
): Promise<ElasticsearchReport> {
  if (options.elasticsearch.length === 0)
    throw new UsageError(
      'verify --elasticsearch: of which server? give --elasticsearch=https://host:9200, TAPLINE_ELASTICSEARCH or elasticsearch: in tapline.yaml',
    );
  const { client, server } = await connect(options, new Credentials(options));
  try {
    return await verifyElasticsearch({
      client,
      server,
      stream: dataStreamName(options),
      ledger,
      runningRun,
      local,
    });
  } finally {
    await client.close();
  }
}

/** The report for people. */
export function elasticsearchReportText(report: ElasticsearchReport): string {
  const { runs, stream, server } = report;
  const waiting = runs.reduce((sum, run) => sum + total(run.waiting), 0);
  const expired = runs.reduce((sum, run) => sum + run.expired, 0);
  const notes = [
    ...(waiting > 0 ? [`${count(waiting)} more wait in the spool`] : []),
    ...(runs.some(({ isRunning }) => isRunning)
      ? ['the gateway is running: exchanges in flight are not counted yet']
      : []),
    ...(expired > 0 ? [`${count(expired)} older ones have expired`] : []),
    ...report.notes,
  ];
  const tail = notes.map((note) => `  ${note}\n`).join('');
  const head = `${countRecords(report.held)} in ${stream} of ${server}`;
  if (report.isComplete) return `complete: ${head}, each once, no gaps\n${tail}`;
  return `incomplete: ${head}\n${runs
    .filter((run) => !isStreamComplete(run))
    .map(runText)
    .join('')}${tail}`;
}

function runText(run: StreamReport): string {
  const started = new Date(run.startedMs).toISOString();
  const lines = [`run ${run.run}, thread ${run.thread}, started ${started}`];
  for (const { from, to } of run.missing) lines.push(`  missing: ${range(from, to)}`);
  for (const { sequence, copies } of run.twice)
    lines.push(
      `  held ${copies.length === 2 ? 'twice' : `${copies.length} times`}: ${range(sequence, sequence)}: ${copies.map(({ id, index }) => `${id} in ${index}`).join(', ')}`,
    );
  for (const { from, to, reason } of run.deadLetters)
    lines.push(`  dead letter: ${range(from, to)}: ${reason}`);
  for (const { sequence, reason } of run.inFailureStore)
    lines.push(`  in the failure store: ${range(sequence, sequence)}: ${reason}`);
  for (const { from, to, reason } of run.lost) lines.push(`  lost: ${range(from, to)}: ${reason}`);
  for (const { from, to } of run.waiting) lines.push(`  waiting in the spool: ${range(from, to)}`);
  if (run.unaccountedAtMost > 0)
    lines.push(
      `  ended without a word: at most ${count(run.unaccountedAtMost)} unaccounted, between ${started} and its end (last heard of ${new Date(run.notedMs).toISOString()})`,
    );
  return `${lines.join('\n')}\n`;
}

function total(ranges: StreamReport['waiting']): number {
  return ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0);
}
