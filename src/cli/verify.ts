import { DataDirectory } from '../spool/data-directory.ts';
import { readLedger } from '../spool/run-ledger.ts';
import { isRunComplete, type RunReport, type VerifyReport, verifyRecords } from '../store/verify.ts';
import { readCommandOptions } from './command-options.ts';
import { EXIT } from './exit-codes.ts';
import { lastAcknowledged, sinkKnowledge, type SinkSummary, sinkSummaries } from './sink-knowledge.ts';
import { readLocalKnowledge } from './local-knowledge.ts';
import { count, countRecords, range } from './record-counts.ts';
import type { Terminal } from './terminal.ts';
import { elasticsearchReportText, reportOnElasticsearch } from './verify-elasticsearch.ts';

/** `tapline verify` */
export async function verify(argv: readonly string[], terminal: Terminal): Promise<number> {
  const { isOfElasticsearch, rest } = takeElasticsearchFlag(argv);
  const { own, gateway } = readCommandOptions(rest, { json: 'flag' }, terminal);
  const directory = DataDirectory.open(gateway.options.dataDir, { isReadOnly: true });
  const unreadable: string[] = [];
  const ledger = readLedger(directory.paths.ledger, (file) => unreadable.push(file));
  const faults = unreadable.map(
    (file) => `${file} cannot be read: nothing can be said of the records of its run and data thread`,
  );
  const runningRun = directory.runningRun(ledger);
  const show = <Report>(report: Report, text: (report: Report) => string): void =>
    void terminal.out.write(own.has('json') ? `${JSON.stringify(report)}\n` : text(report));
  if (isOfElasticsearch) {
    const local = readLocalKnowledge({
      spoolFolder: directory.paths.spool,
      ...sinkKnowledge(directory, 'elasticsearch'),
      lastAnswered: lastAcknowledged(directory, ['elasticsearch']),
    });
    const counted = await reportOnElasticsearch(gateway.options, ledger, runningRun, local);
    const report = {
      ...counted,
      isComplete: counted.isComplete && faults.length === 0,
      notes: [...faults, ...counted.notes],
    };
    show(report, elasticsearchReportText);
    return report.isComplete ? EXIT.ok : EXIT.failure;
  }
  const records = verifyRecords({
    directory,
    runningRun,
    lastAcknowledged: lastAcknowledged(directory),
  });
  const sinks = sinkSummaries(directory);
  const hasAll = sinks.every(({ deadLetters, givenUp }) => deadLetters === 0 && givenUp.length === 0);
  const isComplete = records.isComplete && hasAll && faults.length === 0;
  const report = { ...records, isComplete, sinks, faults };
  show(report, reportText);
  return report.isComplete ? EXIT.ok : EXIT.failure;
}

/** `--elasticsearch` asks for the count there; with a value it says where that is, too. */
function takeElasticsearchFlag(argv: readonly string[]): { isOfElasticsearch: boolean; rest: string[] } {
  const rest = argv.filter(
    (argument, index) =>
      argument !== '--elasticsearch' || (argv[index + 1] !== undefined && !argv[index + 1]!.startsWith('-')),
  );
  return {
    isOfElasticsearch: argv.some(
      (argument) => argument === '--elasticsearch' || argument.startsWith('--elasticsearch='),
    ),
    rest,
  };
}

/** The report for people. */
export function reportText(
  report: VerifyReport & { readonly sinks?: readonly SinkSummary[]; readonly faults?: readonly string[] },
): string {
  const running = report.runs.filter(({ isRunning }) => isRunning);
  const notes = [
    ...(report.faults ?? []),
    report.pending > 0 ? `${count(report.pending)} of them wait in the spool` : '',
    running.length > 0 ? 'the gateway is running: exchanges in flight are not counted yet' : '',
    ...(report.runs.map(({ expired }) => expired).filter((expired) => expired > 0).length > 0
      ? [`${count(report.runs.reduce((sum, { expired }) => sum + expired, 0))} older ones have expired`]
      : []),
    ...report.leftOut.map(
      (one) =>
        `${count(one.count)} ${one.count === 1 ? 'exchange has' : 'exchanges have'} no record by rule "${one.rule}" (${one.capture})`,
    ),
  ].filter((note) => note !== '');
  const tail = [...notes, ...(report.sinks ?? []).flatMap(sinkNotes)].map((note) => `  ${note}\n`).join('');
  if (report.isComplete) return `complete: ${countRecords(report.records)}, no gaps\n${tail}`;
  const runs = report.runs.filter((run) => !isRunComplete(run)).map(runText);
  return `incomplete: ${countRecords(report.records)}\n${runs.join('')}${tail}`;
}

function sinkNotes({ sink, waitingBytes, deadLetters, givenUp }: SinkSummary): string[] {
  return [
    ...(waitingBytes > 0 ? [`${count(waitingBytes)} bytes of the spool wait for ${sink}`] : []),
    ...(deadLetters > 0
      ? [`${sink} refused ${countRecords(deadLetters)} for good (tapline dead-letters list --sink=${sink})`]
      : []),
    ...givenUp.map(
      ({ run, thread, first, last, count: lost, reason }) =>
        `${sink} does not get ${lost > last - first ? range(first, last) : `${count(lost)} of ${range(first, last)}`} of run ${run}, thread ${thread}: ${reason}`,
    ),
  ];
}

function runText(run: RunReport): string {
  const lines = [`run ${run.run}, thread ${run.thread}, started ${new Date(run.startedMs).toISOString()}`];
  for (const { from, to } of run.missing) lines.push(`  missing: ${range(from, to)}`);
  for (const { from, to, reason } of run.gaps) lines.push(`  lost: ${range(from, to)}: ${reason}`);
  if (run.unaccountedAtMost > 0)
    lines.push(
      `  ended without a word: at most ${count(run.unaccountedAtMost)} unaccounted, between ${new Date(run.startedMs).toISOString()} and its end (last heard of ${new Date(run.notedMs).toISOString()})`,
    );
  const { bytes } = run;
  if (bytes.isBalanced === false)
    lines.push(
      `  bytes do not balance: sockets received ${count(bytes.received)} (${count(bytes.discarded)} of them thrown away after a refusal), records have ${count(bytes.recordedSource)}; sockets sent ${count(bytes.sent)}, records have ${count(bytes.recordedDestination)}`,
    );
  return `${lines.join('\n')}\n`;
}
