import { mkdtempSync, rmSync } from 'node:fs';
import * as path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Child } from '../children.ts';
import type { Measurement, SubjectName } from '../measurement.ts';
import type { Rig } from '../rig.ts';
import type { Upstream } from '../upstream/upstream.ts';
import { balanceRecords } from './balance-records.ts';
import { bareNodeRssBytes } from './bare-node.ts';
import { gatewayThread } from './gateway-thread.ts';
import type { RunningSubject, SinkMode, Subject } from './subject.ts';
import { readVitals } from './vitals.ts';

const BULK_SINK = path.join(import.meta.dirname, '../delivery/bulk-sink.ts');
const OPEN_PAGE = path.join(import.meta.dirname, 'open-page.ts');
const OTLP_SINK = path.join(import.meta.dirname, '../delivery/otlp-sink.ts');
const READY = /Listening on (http:\/\/\S+)[^]*Page: (http:\/\/\S+)/;
/** Longer than --flush-interval, after which all records are at least in the spool, and than the second in which threads tell what they have counted. */
const TOLD_MS = 1200;
const LOOK_MS = 250;
const WARM_UP_SECONDS = 2;
const DRAIN_MS = 60_000;
const VERIFY_MS = 60_000;

type Destination = 'nothing' | 'store' | 'store-with-page' | 'bulk' | 'both';

/** Passes bytes on, records nothing. */
export const taplineOff = subjectOf('tapline-off', 'nothing');

/** Full capture into the embedded store. */
export const taplineStore = subjectOf('tapline-store', 'store');

/** Full capture into the embedded store, with an open page that follows the traffic. */
export const taplinePage = subjectOf('tapline-page', 'store-with-page');

/** Full capture to a bulk sink. */
export const taplineBulk = subjectOf('tapline-bulk', 'bulk');

/** Full capture to a bulk sink and an OTLP receiver: log records and spans, and metrics, as its standard variable turns them on. */
export const taplineBoth = subjectOf('tapline-both', 'both');

function subjectOf(name: SubjectName, destination: Destination): Subject {
  return {
    name,
    warmUpSeconds: WARM_UP_SECONDS,
    missing: () => null,
    start: (rig, upstream, sink) => TaplineRun.start(rig, upstream, sink, destination),
  };
}

/** The gateway of one run, with its data directory and its sinks. */
class TaplineRun implements RunningSubject {
  readonly #rig: Rig;
  readonly #destination: Destination;
  readonly #sink: SinkMode;
  readonly #dataDir: string;
  readonly #gateway: Child;
  readonly #bulk: Child | null;
  readonly #otlp: Child | null;
  #openPage: Child | null = null;
  readonly #bareNodeRssBytes: number;
  readonly groupOf = gatewayThread;

  static async start(
    rig: Rig,
    upstream: Upstream,
    sink: SinkMode,
    destination: Destination,
  ): Promise<TaplineRun> {
    const dataDir = mkdtempSync(path.join(rig.folder, 'data-'));
    const startSink = (...args: string[]): Promise<Child> =>
      rig.children.start([process.execPath, ...args], { ready: /^ready (\S+)$/m });
    const hasBulk = destination === 'bulk' || destination === 'both';
    const bulk = hasBulk ? await startSink(BULK_SINK, sink === 'slow' ? 'slow' : 'ok') : null;
    const otlp = destination === 'both' ? await startSink(OTLP_SINK) : null;
    const gateway = await rig.children.start(
      [
        ...rig.bundle.command,
        '--listen=127.0.0.1:0',
        '--gui-port=127.0.0.1:0',
        `--upstream=${upstream.url}`,
        `--data-dir=${dataDir}`,
        ...(destination === 'nothing' ? ['--capture=off'] : []),
        ...(bulk === null
          ? []
          : ['--store=off', '--elasticsearch-setup=off', `--elasticsearch=${bulk.ready![1]}`]),
      ],
      {
        ready: READY,
        env: {
          ...withoutSettings(process.env),
          ...(otlp === null ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: otlp.ready![1] }),
        },
      },
    );
    return new TaplineRun({
      rig,
      destination,
      sink,
      dataDir,
      gateway,
      bulk,
      otlp,
      bareNodeRssBytes: await bareNodeRssBytes(rig),
    });
  }

  private constructor(parts: {
    rig: Rig;
    destination: Destination;
    sink: SinkMode;
    dataDir: string;
    gateway: Child;
    bulk: Child | null;
    otlp: Child | null;
    bareNodeRssBytes: number;
  }) {
    this.#rig = parts.rig;
    this.#destination = parts.destination;
    this.#sink = parts.sink;
    this.#dataDir = parts.dataDir;
    this.#gateway = parts.gateway;
    this.#bulk = parts.bulk;
    this.#otlp = parts.otlp;
    this.#bareNodeRssBytes = parts.bareNodeRssBytes;
  }

  get url(): string {
    return this.#gateway.ready![1]!;
  }

  get pids(): readonly number[] {
    return [this.#gateway.pid];
  }

  get companionPids(): readonly number[] {
    return [this.#bulk, this.#otlp, this.#openPage].flatMap((child) => (child === null ? [] : [child.pid]));
  }

  async warmedUp(): Promise<void> {
    if (this.#sink === 'dies') await this.#bulk?.stop('SIGKILL');
    if (this.#destination === 'store-with-page')
      this.#openPage = await this.#rig.children.start(
        [process.execPath, OPEN_PAGE, this.#gateway.ready![2]!],
        {
          ready: /^ready/,
        },
      );
  }

  async settled(): Promise<void> {
    await delay(TOLD_MS);
    if (this.#destination === 'nothing' || this.#sink === 'dies') return;
    const endMs = performance.now() + DRAIN_MS;
    while (performance.now() < endMs) {
      const pending = [...(await this.#page()).matchAll(/^tapline_sink_pending_bytes\{[^}]*\} (\S+)$/gm)];
      if (pending.length > 0 && pending.every(([, bytes]) => Number(bytes) === 0)) return;
      await delay(LOOK_MS);
    }
  }

  async vitals(): Promise<ReturnType<typeof readVitals>> {
    return readVitals(await this.#page());
  }

  async finish(requests: number, mayBeCut: number): Promise<Measurement['records']> {
    await this.#closePage();
    await this.#gateway.stop();
    const records = this.#destination === 'nothing' ? null : await this.#count(requests, mayBeCut);
    await this.stop();
    return records;
  }

  async stop(): Promise<void> {
    await this.#openPage?.stop('SIGKILL');
    await this.#gateway.stop('SIGKILL');
    await this.#bulk?.stop();
    await this.#otlp?.stop();
    rmSync(this.#dataDir, { recursive: true, force: true });
  }

  extra(): Readonly<Record<string, number>> {
    return { bareNodeRssBytes: this.#bareNodeRssBytes };
  }

  async #count(expected: number, mayBeCut: number): Promise<Measurement['records']> {
    const { stdout, stderr } = await this.#rig.children.run(
      [...this.#rig.bundle.command, 'verify', '--json', `--data-dir=${this.#dataDir}`],
      { timeoutMs: VERIFY_MS },
    );
    if (stdout === '') throw new Error(`tapline verify gave no report: ${stderr}`);
    const report = JSON.parse(stdout) as {
      isComplete: boolean;
      records: number;
      runs: { bytes: { isBalanced: boolean | null } }[];
    };
    return balanceRecords({
      expected,
      made: report.records,
      arrived: this.#sink === 'dies' ? [] : await this.#arrived(),
      mayBeCut,
      isVerified: report.isComplete && report.runs.every(({ bytes }) => bytes.isBalanced !== false),
    });
  }

  async #arrived(): Promise<number[]> {
    const counts: number[] = [];
    for (const sink of [this.#bulk, this.#otlp])
      if (sink !== null)
        counts.push(
          ...Object.values((await (await fetch(`${sink.ready![1]}/taken`)).json()) as Record<string, number>),
        );
    return counts;
  }

  /** Throws where the page had not been open all the time: then nothing was measured. */
  async #closePage(): Promise<void> {
    if (this.#openPage === null) return;
    const code = await this.#openPage.stop();
    if (code !== 0) throw new Error(`the open page failed: ${this.#openPage.output()}`);
  }

  async #page(): Promise<string> {
    return (await fetch(`${this.#gateway.ready![2]}/metrics`)).text();
  }
}

/** Settings of the one who measures would be settings of what is measured. */
function withoutSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.keys(env)
      .filter((name) => /^(?:TAPLINE|OTEL|NODE_OPTIONS)/.test(name))
      .map((name) => [name, undefined]),
  );
}
