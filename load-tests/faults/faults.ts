import type { FaultProxy } from './fault-proxy.ts';
import type { GatewayProcess } from './gateway-process.ts';
import type { Server } from './server.ts';
import type { Traffic } from './traffic.ts';

/** What a fault may lay hands on. */
export interface Scene {
  readonly server: Server;
  readonly serverUrl: string;
  readonly proxy: FaultProxy;
  readonly gateway: GatewayProcess;
  readonly traffic: Traffic;
  readonly stream: string;
  /** The collector's file of faults. */
  readonly setCollectorFault: (words: string) => void;
  /** Sends some of the numbered requests while the fault lasts. */
  readonly during: () => Promise<void>;
  readonly pause: (ms: number) => Promise<void>;
}

export interface Fault {
  readonly name: string;
  readonly sink: 'elasticsearch' | 'otlp';
  /** Further options of the gateway. */
  readonly args?: readonly string[];
  /** Brings it about, keeps it up while `during` sends, and takes it away. */
  readonly play: (scene: Scene) => Promise<void>;
  /** Records that nobody can save; what is missing must be named by verify. */
  readonly mayLose?: boolean;
  /** The sink itself says that it lost records which it has. */
  readonly mayNameMore?: boolean;
  /** The sink cannot refuse second copies. */
  readonly mayDouble?: boolean;
}

const json = async (method: string, url: string, body: object): Promise<void> => {
  const answer = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
};

/** `kill -9` while requests go through and batches are under way; a new one goes on with what is on disk. */
async function killGateway({ gateway, traffic, during, pause }: Scene): Promise<void> {
  const sending = during();
  await pause(1200);
  await gateway.end('SIGKILL');
  await sending;
  await gateway.start();
  await traffic.moveTo(gateway.url);
}

/** The faults of the table in docs/delivery.md, in its order. */
export const FAULTS: readonly Fault[] = [
  { name: 'none', sink: 'elasticsearch', play: ({ during }) => during() },
  {
    name: 'sink killed with -9 and restarted',
    sink: 'elasticsearch',
    async play({ server, during }) {
      await server.crash();
      await during();
      await server.start();
    },
  },
  {
    name: 'sink frozen past every timeout',
    sink: 'elasticsearch',
    args: ['--elasticsearch-timeout=2s'],
    async play({ server, during, pause }) {
      server.signal('SIGSTOP');
      await during();
      await pause(6000);
      server.signal('SIGCONT');
    },
  },
  {
    name: 'sink down for ten flush intervals',
    sink: 'elasticsearch',
    async play({ server, during, pause }) {
      await server.stop();
      await during();
      await pause(10_000);
      await server.start();
    },
  },
  {
    name: '429 for a while',
    sink: 'elasticsearch',
    async play({ proxy, during }) {
      proxy.fault = { kind: 'status', status: 429, retryAfter: '1' };
      await during();
      proxy.fault = { kind: 'none' };
    },
  },
  {
    name: '503 for a while',
    sink: 'elasticsearch',
    async play({ proxy, during }) {
      proxy.fault = { kind: 'status', status: 503, retryAfter: null };
      await during();
      proxy.fault = { kind: 'none' };
    },
  },
  {
    name: '413 for large bulks',
    sink: 'elasticsearch',
    async play({ proxy, during }) {
      proxy.fault = { kind: 'limit', maxBytes: 8000 };
      await during();
    },
  },
  {
    name: 'single items refused',
    sink: 'elasticsearch',
    mayLose: true,
    async play({ serverUrl, during }) {
      // Whoever comes through the pipeline of the operator with a number that ends in 7 is refused.
      const pipeline = `${serverUrl}/_ingest/pipeline/logs-tapline.http@custom`;
      await json('PUT', pipeline, {
        processors: [
          {
            script: {
              source:
                "if (ctx.url != null && ctx.url.path != null && ctx.url.path.endsWith('7')) { throw new IllegalArgumentException('refused') }",
            },
          },
        ],
      });
      await during();
      await fetch(pipeline, { method: 'DELETE' });
    },
  },
  {
    name: 'read-only index',
    sink: 'elasticsearch',
    async play({ serverUrl, stream, during, pause }) {
      const block = (on: boolean | null): Promise<void> =>
        json('PUT', `${serverUrl}/${stream}/_settings`, { 'index.blocks.read_only_allow_delete': on });
      await block(true);
      await during();
      await pause(3000);
      await block(null);
    },
  },
  {
    name: 'rollover in the middle',
    sink: 'elasticsearch',
    async play({ serverUrl, stream, during }) {
      const sending = during();
      await json('POST', `${serverUrl}/${stream}/_rollover`, {});
      await sending;
    },
  },
  {
    name: 'answers lost after storing',
    sink: 'elasticsearch',
    async play({ proxy, during }) {
      proxy.fault = { kind: 'lost-answer' };
      await during();
      proxy.fault = { kind: 'none' };
    },
  },
  {
    name: 'answers lost after storing, then a rollover',
    sink: 'elasticsearch',
    async play({ proxy, serverUrl, stream, during, pause }) {
      proxy.fault = { kind: 'lost-answer' };
      await during();
      await pause(1500);
      await json('POST', `${serverUrl}/${stream}/_rollover`, {});
      proxy.fault = { kind: 'none' };
    },
  },
  {
    name: 'spool full while the sink is down',
    sink: 'elasticsearch',
    args: ['--spool-size=1m', '--spool-segment=32k', '--flush-interval=50ms', '--delivery-interval=100ms'],
    mayLose: true,
    async play({ server, gateway, during }) {
      await server.stop();
      await during();
      await server.start();
      // While it backs off it is as good as down.
      await gateway.drained(60_000);
    },
  },
  {
    name: 'gateway killed with -9 in the middle of a bulk',
    sink: 'elasticsearch',
    mayLose: true,
    play: killGateway,
  },
  {
    name: 'gateway killed with -9 after lost answers, a rollover, restart',
    sink: 'elasticsearch',
    mayLose: true,
    async play({ gateway, traffic, proxy, serverUrl, stream, during }) {
      proxy.fault = { kind: 'lost-answer' };
      await during();
      while (proxy.spoilt === 0) await new Promise((resolve) => setTimeout(resolve, 50));
      await gateway.end('SIGKILL');
      await json('POST', `${serverUrl}/${stream}/_rollover`, {});
      proxy.fault = { kind: 'none' };
      await gateway.start();
      await traffic.moveTo(gateway.url);
    },
  },
  { name: 'none', sink: 'otlp', play: ({ during }) => during() },
  {
    name: 'collector killed with -9 and restarted',
    sink: 'otlp',
    mayDouble: true,
    async play({ server, during }) {
      await server.crash();
      await during();
      await server.start();
    },
  },
  {
    name: 'collector frozen past every timeout',
    sink: 'otlp',
    mayDouble: true,
    async play({ server, during, pause }) {
      server.signal('SIGSTOP');
      await during();
      await pause(6000);
      server.signal('SIGCONT');
    },
  },
  {
    name: 'collector refusing with Retry-After',
    sink: 'otlp',
    async play({ setCollectorFault, during }) {
      setCollectorFault('status=429 retry=2s');
      await during();
      setCollectorFault('');
    },
  },
  {
    name: 'collector refusing without Retry-After',
    sink: 'otlp',
    async play({ setCollectorFault, during }) {
      setCollectorFault('status=503');
      await during();
      setCollectorFault('');
    },
  },
  {
    name: 'partial success: all stored, 3 said to be rejected',
    sink: 'otlp',
    mayNameMore: true,
    async play({ setCollectorFault, during }) {
      setCollectorFault('partial=3 times=1');
      await during();
      setCollectorFault('');
    },
  },
  {
    name: 'answers lost after storing',
    sink: 'otlp',
    mayDouble: true,
    async play({ setCollectorFault, during }) {
      setCollectorFault('late status=503 times=2');
      await during();
      setCollectorFault('');
    },
  },
  {
    name: 'gateway killed with -9 in the middle',
    sink: 'otlp',
    mayLose: true,
    mayDouble: true,
    play: killGateway,
  },
];
