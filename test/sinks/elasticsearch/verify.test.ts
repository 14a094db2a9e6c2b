import test from 'ava';
import { elasticsearchReportText } from '../../../src/cli/verify-elasticsearch.ts';
import type { RecordDocument } from '../../../src/records/record-document.ts';
import { connect } from '../../../src/sinks/elasticsearch/connect.ts';
import { Credentials } from '../../../src/sinks/elasticsearch/credentials.ts';
import {
  type ElasticsearchReport,
  type LocalKnowledge,
  verifyElasticsearch,
} from '../../../src/sinks/elasticsearch/verify.ts';
import type { LedgerEntry } from '../../../src/spool/run-ledger.ts';
import { batchOf, makeSink, NO_SIGNAL, sinkOptions, uniqueDataset } from '../../support/elasticsearch.ts';
import { type Peer, sharedPeer, stopSharedPeers, testWithPeer } from '../../support/peers.ts';
import { recordOf } from '../../support/records.ts';

test.after.always(stopSharedPeers);

const NOTHING: LocalKnowledge = {
  isWaiting: () => false,
  deadLetter: () => null,
  waitingGaps: () => [],
};

/** A record of a run and thread, with an id that no other run has. */
function record(run: string, thread: number, sequence: number, more: object = {}, copy = 0): RecordDocument {
  const made = recordOf(sequence, {
    tapline: { run: { id: run }, thread, kind: 'exchange' },
    ...more,
  });
  const id = `${run}-${thread}-${sequence}-${copy}`;
  const document = JSON.parse(made.bytes.toString());
  document.event.id = id;
  return { ...made, id, bytes: Buffer.from(JSON.stringify(document)) };
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

function entry(
  run: string,
  thread: number,
  last: number | null,
  more: Partial<LedgerEntry> = {},
): LedgerEntry {
  return {
    run,
    thread,
    startedMs: Date.parse('2026-01-01T00:00:00Z'),
    notedMs: Date.parse('2026-01-01T01:00:00Z'),
    leasedTo: 1000,
    lastSequence: last,
    totals: { connections: 0, refusedConnections: 0, receivedBytes: 0, sentBytes: 0, discardedBytes: 0 },
    ...more,
  };
}

async function verifyAt(
  peer: Peer,
  dataset: string,
  ledger: readonly LedgerEntry[],
  local: Partial<LocalKnowledge> = {},
  runningRun: string | null = null,
): Promise<ElasticsearchReport> {
  const options = sinkOptions(peer.url, { dataset });
  const { client, server } = await connect(options, new Credentials(options));
  try {
    return await verifyElasticsearch({
      client,
      server,
      stream: `logs-${dataset}-default`,
      ledger,
      runningRun,
      local: { ...NOTHING, ...local },
    });
  } finally {
    await client.close();
  }
}

for (const version of ['9', '8', 'opensearch'] as const) {
  const name = version === 'opensearch' ? 'OpenSearch' : `Elasticsearch ${version}`;

  testWithPeer(`${name}: verify names holes and second copies, and nothing else`, version, async (t) => {
    const peer = await sharedPeer(version);
    const dataset = uniqueDataset();
    const { sink, stream } = makeSink(t, peer.url, { dataset });
    await sink.start(NO_SIGNAL);
    const send = async (records: readonly RecordDocument[]): Promise<void> => {
      const result = await sink.send(batchOf(records), NO_SIGNAL);
      t.is(result.kind, 'answered', JSON.stringify(result));
    };
    await send(range(1, 40).map((sequence) => record('r1', 0, sequence)));
    await send(range(1, 25).map((sequence) => record('r1', 1, sequence)));
    const ledger = [entry('r1', 0, 40), entry('r1', 1, 25)];
    const whole = await verifyAt(peer, dataset, ledger);
    t.true(whole.isComplete, JSON.stringify(whole));
    t.is(whole.held, 65);
    t.regex(
      elasticsearchReportText(whole),
      new RegExp(
        `^complete: 65 records in ${stream} of (?:Elasticsearch|OpenSearch) [\\d.]+, each once, no gaps\\n$`,
      ),
    );

    // One missing and one twice: the totals are right.
    await peer.ask('POST', `/${stream}/_delete_by_query?refresh=true`, {
      query: { terms: { 'event.id': ['r1-0-7-0', 'r1-0-8-0', 'r1-0-30-0'] } },
    });
    await peer.ask('POST', `/${stream}/_rollover`);
    await send([record('r1', 0, 3), record('r1', 0, 4, {}, 1), record('r1', 0, 5)]);
    await send([
      record('r1', 0, 41, {
        tapline: {
          run: { id: 'r1' },
          thread: 0,
          kind: 'gap',
          gap: { from: 42, to: 44, count: 3, reason: 'spool-full' },
        },
      }),
    ]);
    const holed = await verifyAt(peer, dataset, [entry('r1', 0, 50), ledger[1]!], {
      isWaiting: (run, thread, sequence) => run === 'r1' && thread === 0 && sequence >= 49,
      deadLetter: (_run, thread, sequence) =>
        thread === 0 && (sequence === 46 || sequence === 47)
          ? 'failed to parse field [a] of type [long]'
          : null,
    });
    t.false(holed.isComplete);
    const [first, second] = holed.runs;
    t.deepEqual(first!.missing, [
      { from: 7, to: 8 },
      { from: 30, to: 30 },
      { from: 45, to: 45 },
      { from: 48, to: 48 },
    ]);
    t.deepEqual(
      first!.twice.map(({ sequence, copies }) => [sequence, copies.map(({ id }) => id).sort()]),
      [
        [3, ['r1-0-3-0', 'r1-0-3-0']],
        [4, ['r1-0-4-0', 'r1-0-4-1']],
        [5, ['r1-0-5-0', 'r1-0-5-0']],
      ],
    );
    t.deepEqual(second!.missing, []);
    t.is(first!.expired, 0);
    const text = elasticsearchReportText(holed);
    t.regex(text, /^incomplete: 63 records in \S+ of /);
    t.true(
      text.includes(
        [
          'run r1, thread 0, started 2026-01-01T00:00:00.000Z',
          '  missing: records 7 to 8 (2)',
          '  missing: record 30',
          '  missing: record 45',
          '  missing: record 48',
          '  held twice: record 3: r1-0-3-0 in ',
        ].join('\n'),
      ),
      text,
    );
    t.true(
      text.includes('  dead letter: records 46 to 47 (2): failed to parse field [a] of type [long]\n'),
      text,
    );
    t.true(text.includes('  lost: records 42 to 44 (3): spool-full\n'), text);
    t.true(text.includes('  waiting in the spool: records 49 to 50 (2)\n'), text);
    t.true(text.includes('\n  2 more wait in the spool\n'), text);
    t.false(text.includes('thread 1'), 'a whole thread is not spoken of');
  });

  testWithPeer(`${name}: more numbers than one request counts`, version, async (t) => {
    const peer = await sharedPeer(version);
    const dataset = uniqueDataset();
    const { sink } = makeSink(t, peer.url, { dataset });
    await sink.start(NO_SIGNAL);
    for (const from of [1, 4001, 8001])
      await sink.send(
        batchOf(
          range(from, from + 3999)
            .filter((sequence) => sequence !== 9999 && sequence !== 10_001)
            .map((sequence) => record('big', 0, sequence)),
        ),
        NO_SIGNAL,
      );
    const report = await verifyAt(peer, dataset, [entry('big', 0, 12_000)]);
    t.deepEqual(report.runs[0]!.missing, [
      { from: 9999, to: 9999 },
      { from: 10_001, to: 10_001 },
    ]);
    t.is(report.held, 11_998);
  });

  testWithPeer(
    `${name}: after a crash, while running, and after indices have expired`,
    version,
    async (t) => {
      const peer = await sharedPeer(version);
      const dataset = uniqueDataset();
      const { sink, stream } = makeSink(t, peer.url, { dataset });
      await sink.start(NO_SIGNAL);
      await sink.send(batchOf(range(1, 10).map((sequence) => record('old', 0, sequence))), NO_SIGNAL);
      const oldest = sink.epoch();
      await peer.ask('POST', `/${stream}/_rollover`);
      await sink.send(batchOf(range(11, 20).map((sequence) => record('old', 0, sequence))), NO_SIGNAL);

      const crashed = await verifyAt(peer, dataset, [entry('old', 0, null)]);
      t.false(crashed.isComplete);
      t.is(crashed.runs[0]!.unaccountedAtMost, 980);
      t.deepEqual(crashed.runs[0]!.missing, []);
      t.true(
        elasticsearchReportText(crashed).includes(
          '  ended without a word: at most 980 unaccounted, between 2026-01-01T00:00:00.000Z and its end (last heard of 2026-01-01T01:00:00.000Z)\n',
        ),
      );
      const answered = await verifyAt(peer, dataset, [entry('old', 0, null)], { lastAnswered: () => 22 });
      t.deepEqual(answered.runs[0]!.missing, [{ from: 21, to: 22 }], 'the server had them once');
      t.is(answered.runs[0]!.unaccountedAtMost, 978);
      const running = await verifyAt(peer, dataset, [entry('old', 0, null)], {}, 'old');
      t.true(running.isComplete);
      t.regex(
        elasticsearchReportText(running),
        /\n  the gateway is running: exchanges in flight are not counted yet\n/,
      );

      t.is((await peer.ask('DELETE', `/${oldest}`)).status, 200);
      const expired = await verifyAt(peer, dataset, [
        entry('gone', 0, 5),
        entry('old', 0, 20),
        entry('new', 0, 2, { startedMs: Date.now() + 60_000, notedMs: Date.now() + 60_000 }),
      ]);
      t.deepEqual(
        expired.runs.map(({ run, expired: count, missing }) => [run, count, missing]),
        [
          ['gone', 5, []],
          ['old', 10, []],
          ['new', 0, [{ from: 1, to: 2 }]],
        ],
      );
      t.regex(elasticsearchReportText(expired), /\n  15 older ones have expired\n$/);
    },
  );

  testWithPeer(`${name}: nothing was delivered yet`, version, async (t) => {
    const peer = await sharedPeer(version);
    const dataset = uniqueDataset();
    const report = await verifyAt(peer, dataset, [entry('r', 0, 3)], {
      isWaiting: (_run, _thread, sequence) => sequence > 1,
    });
    t.deepEqual(report.runs[0]!.missing, [{ from: 1, to: 1 }]);
    t.regex(
      elasticsearchReportText(report),
      /^incomplete: 0 records in .*\n {2}missing: record 1\n {2}waiting in the spool: records 2 to 3 \(2\)\n {2}2 more wait in the spool\n {2}there is no data stream logs-\S+: nothing was delivered, or everything has expired\n$/s,
    );
  });
}

for (const version of ['9', '8'] as const)
  testWithPeer(`Elasticsearch ${version}: verify looks into the failure store`, version, async (t) => {
    const peer = await sharedPeer(version);
    const dataset = uniqueDataset();
    const { sink } = makeSink(t, peer.url, { dataset });
    await sink.start(NO_SIGNAL);
    await sink.send(
      batchOf([record('f', 2, 1), record('f', 2, 2, { http: 'SECRET' }), record('f', 2, 3)]),
      NO_SIGNAL,
    );
    const report = await verifyAt(peer, dataset, [entry('f', 2, 3)]);
    t.false(report.isComplete);
    t.deepEqual(report.runs[0]!.inFailureStore, [{ sequence: 2, reason: 'document_parsing_exception' }]);
    t.deepEqual(report.runs[0]!.missing, []);
    t.true(
      elasticsearchReportText(report).includes(
        '  in the failure store: record 2: document_parsing_exception\n',
      ),
    );
  });
