import { Duplex } from 'node:stream';
import type { Socket } from 'node:net';
import * as path from 'node:path';
import { readOptions } from '../../src/config/read-options.ts';
import { Flow } from '../../src/core/flow.ts';
import { Session } from '../../src/core/pipeline.ts';
import type { Dialer, DialListener } from '../../src/core/ports.ts';
import { catalogue } from '../../src/filters/index.ts';
import { auditGlobals } from '../../src/gateway/audit-globals.ts';
import { newRecorder } from '../../src/gateway/new-recorder.ts';
import { RecordBatch } from '../../src/gateway/record-batch.ts';
import { newConnectionTotals } from '../../src/net/connection-totals.ts';
import { InboundConnection } from '../../src/net/inbound.ts';
import type { RecordDocument } from '../../src/records/record-document.ts';
import { DiskFiles } from '../../src/script/program-files.ts';
import { loadProgram } from '../../src/script/program.ts';
import { type TestClock, testPorts } from './program.ts';

/** The socket of a client without a network: what it reads and when it can write is the test's. */
export class ModelSocket extends Duplex {
  readonly connecting = false;
  /** While true nothing of what is written to it goes away. */
  isSlow = false;
  #unwritten: (() => void)[] = [];

  constructor() {
    super({ allowHalfOpen: true });
  }

  setNoDelay(): this {
    return this;
  }

  setTimeout(): this {
    return this;
  }

  resetAndDestroy(): this {
    return this.destroy();
  }

  /** The client takes again what is written. */
  takeAll(): void {
    this.isSlow = false;
    for (const done of this.#unwritten.splice(0)) done();
  }

  /** The client has broken the connection. */
  breakOff(): void {
    this.destroy(new Error('read ECONNRESET'));
  }

  override _read(): void {}

  override _write(_chunk: Buffer, _encoding: string, done: () => void): void {
    if (this.isSlow) this.#unwritten.push(done);
    else done();
  }
}

/** A connection to the upstream, played by the test. */
export interface ModelUpstream {
  readonly listener: DialListener;
  readonly sending: Flow;
  /** The gateway has let go of it, or it has ended: nothing more may come from it. */
  isOver: boolean;
}

export interface ModelConnection {
  readonly socket: ModelSocket;
  readonly connection: InboundConnection;
  /** Bytes that the client has sent; what the gateway never read of them included. */
  fedBytes: number;
  /** Null until something was forwarded. */
  upstream: ModelUpstream | null;
}

/** A data thread's way from the sockets to the records, the built-in program included, without sockets, disk and time. */
export interface ModelGateway {
  readonly clock: TestClock;
  readonly totals: ReturnType<typeof newConnectionTotals>;
  /** What would be in the spool. */
  readonly records: readonly RecordDocument[];
  /** Log lines. */
  readonly lines: readonly string[];
  connect(): ModelConnection;
  /** A flush: what is in the batch, and a summary of what rules left out. */
  flush(): void;
  /** Ends what is open by force and closes the books. */
  close(): Promise<void>;
}

/** @param args options of the command line */
export function modelGateway(args: readonly string[]): ModelGateway {
  const { options } = readOptions({
    argv: ['--upstream=http://upstream:1', '--listen=127.0.0.1:0', ...args],
    env: {},
    cwd: '/',
  });
  const open: ModelConnection[] = [];
  /** The connection whose events are being handled: a dial is its own. */
  let current: ModelConnection | null = null;
  const dialer: Dialer = {
    dial(_target, _dialOptions, listener) {
      const upstream: ModelUpstream = { listener, sending: new Flow(), isOver: false };
      current!.upstream = upstream;
      return {
        sending: upstream.sending,
        reading: new Flow(),
        write: () => {},
        flush: () => {},
        end: () => {},
        destroy: () => (upstream.isOver = true),
      };
    },
  };
  const { ports, lines } = testPorts({ dialer });
  let sequence = 0;
  const init = { options, runId: 'run', thread: 0, hmacKey: new Uint8Array(32) };
  const recorder = newRecorder(init, () => ++sequence, ports);
  const records: RecordDocument[] = [];
  const batch = new RecordBatch(
    { append: (record) => void records.push(record), flush: () => Promise.resolve() },
    options.batchCount,
    options.batchBytes,
    () => recorder.summaries(),
  );
  const program = loadProgram({
    entry: '/audit.js',
    files: new DiskFiles(path.join(import.meta.dirname, '../../src/pipelines')),
    catalogue,
    ports,
    globals: { audit: auditGlobals(options, { recorder, batch }) },
  });
  const totals = newConnectionTotals();
  return {
    clock: ports.clock,
    totals,
    records,
    lines,
    connect() {
      const socket = new ModelSocket();
      const inbound = {
        id: ++totals.connections,
        remoteAddress: '10.0.0.1',
        remotePort: 1,
        localAddress: '10.0.0.2',
        localPort: 2,
      };
      const model = { socket, fedBytes: 0, upstream: null } as unknown as {
        -readonly [Key in keyof ModelConnection]: ModelConnection[Key];
      };
      model.connection = new InboundConnection(
        socket as unknown as Socket,
        inbound,
        { idleTimeoutMs: 0, sendBufferBytes: 64 },
        totals,
        (of, stream, output) =>
          new Session(program.listens[0]!.layout, program.createContext(of), stream, output),
        (closed) =>
          open.splice(
            open.findIndex(({ connection }) => connection === closed),
            1,
          ),
      );
      socket.prependListener('data', () => (current = model));
      open.push(model);
      return model;
    },
    flush: () => batch.flush(),
    async close() {
      current = null;
      for (const { connection, socket } of [...open]) {
        socket.takeAll();
        connection.destroy('the gateway was stopped before the exchange was complete');
      }
      while (open.length > 0) await new Promise(setImmediate);
      batch.flush();
      program.release();
    },
  };
}
