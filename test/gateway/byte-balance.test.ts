import assert from 'node:assert/strict';
import test from 'ava';
import fc from 'fast-check';
import { ANSWERS, REQUEST_PIECES } from '../support/conversation-pieces.ts';
import { type ModelConnection, type ModelGateway, modelGateway } from '../support/model-gateway.ts';

/** Everything that can happen to a gateway, one at a time; what is not possible just then does nothing. */
type Step =
  | { readonly kind: 'send'; readonly pieces: readonly string[]; readonly keptBytes: number }
  | { readonly kind: 'say'; readonly answer: string }
  | { readonly kind: 'upstream ends'; readonly error: '' | 'ReadError' | 'ConnectionRefused' }
  | { readonly kind: (typeof PLAIN_STEPS)[number] };

const PLAIN_STEPS = [
  'upstream is slow',
  'upstream takes',
  'client is slow',
  'client takes',
  'fin',
  'break',
  'idle',
  'time',
  'flush',
  'drain',
  'stop',
] as const;

const sends = fc.record({
  kind: fc.constant('send' as const),
  pieces: fc.array(fc.constantFrom(...REQUEST_PIECES), { maxLength: 4 }),
  /** Of the end of what there is to send: they come with the next step of this kind. */
  keptBytes: fc.oneof(fc.constant(0), fc.nat(120)),
});
const says = fc.record({ kind: fc.constant('say' as const), answer: fc.constantFrom(...ANSWERS) });
const upstreamEnds = fc.record({
  kind: fc.constant('upstream ends' as const),
  error: fc.constantFrom('' as const, 'ReadError' as const, 'ConnectionRefused' as const),
});
const plain = fc.record({ kind: fc.constantFrom(...PLAIN_STEPS) });

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: sends },
  { weight: 5, arbitrary: says },
  { weight: 1, arbitrary: upstreamEnds },
  { weight: 4, arbitrary: plain },
);

/** One client and its upstream in the hands of a test. */
class Conversation {
  readonly #gateway: ModelGateway;
  readonly #model: ModelConnection;
  #unsent = '';
  #hasEnded = false;
  #isUpstreamSlow = false;

  constructor(gateway: ModelGateway) {
    this.#gateway = gateway;
    this.#model = gateway.connect();
  }

  play(one: Step): void {
    const { socket, connection, upstream } = this.#model;
    const asked = upstream === null || upstream.isOver ? null : upstream;
    switch (one.kind) {
      case 'send':
        this.#send(one.pieces.join(''), one.keptBytes);
        break;
      case 'say':
        asked?.listener.onBytes(Buffer.from(one.answer));
        break;
      case 'upstream ends':
        if (asked === null) break;
        asked.isOver = true;
        asked.listener.onEnd(one.error, '');
        break;
      case 'upstream is slow':
      case 'upstream takes':
        this.#slowUpstream(one.kind === 'upstream is slow');
        break;
      case 'client is slow':
        socket.isSlow = true;
        break;
      case 'client takes':
        socket.takeAll();
        break;
      case 'fin':
        if (!this.#hasEnded && !socket.destroyed) socket.push(null);
        this.#hasEnded = true;
        break;
      case 'break':
        socket.breakOff();
        break;
      case 'idle':
        socket.emit('timeout');
        break;
      case 'time':
        this.#gateway.clock.pass(200);
        break;
      case 'flush':
        this.#gateway.flush();
        break;
      case 'drain':
        connection.drain();
        break;
      case 'stop':
        connection.destroy('stopped');
    }
  }

  #send(text: string, keptBytes: number): void {
    const { socket } = this.#model;
    this.#unsent += text;
    const bytes = Buffer.from(this.#unsent.slice(0, Math.max(0, this.#unsent.length - keptBytes)));
    if (bytes.length === 0 || this.#hasEnded || socket.destroyed) return;
    this.#unsent = this.#unsent.slice(bytes.length);
    socket.push(bytes);
  }

  #slowUpstream(isSlow: boolean): void {
    const { upstream } = this.#model;
    if (upstream === null || upstream.isOver || isSlow === this.#isUpstreamSlow) return;
    this.#isUpstreamSlow = isSlow;
    if (isSlow) upstream.sending.hold();
    else upstream.sending.release();
  }
}

/** Throws, so that the smallest failing sequence of steps is looked for. */
function balance({ totals, records, lines }: ModelGateway): void {
  const sum = (of: 'sourceBytes' | 'destinationBytes'): number =>
    records.reduce((bytes, record) => bytes + record[of], 0);
  assert.equal(sum('sourceBytes') + totals.discardedBytes, totals.receivedBytes, 'received');
  assert.equal(sum('destinationBytes'), totals.sentBytes, 'sent');
  const sequences = records.map(({ sequence }) => sequence).toSorted((left, right) => left - right);
  assert.deepEqual(
    sequences,
    records.map((_record, index) => index + 1),
  );
  assert.deepEqual(
    lines.filter((line) => line.startsWith('error')),
    [],
  );
}

const RULES = [
  '--capture-rule=full status>=502',
  '--capture-rule=heads method=PUT name=puts',
  '--capture-rule=count method=POST status=200 name=posts',
  '--capture-rule=off path=/a,/ws name=quiet',
];

const UPGRADE = 'GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
const GET = 'GET /a HTTP/1.1\r\nHost: x\r\n\r\n';
const TWO_HOSTS = 'GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n';
const send = (...pieces: string[]): [number, Step] => [0, { kind: 'send', pieces, keptBytes: 0 }];
const say = (answer: string): [number, Step] => [0, { kind: 'say', answer }];

/** Sequences that once lost bytes: what came while the answer to an upgrade was awaited, behind a request that was then refused. */
const FOUND: [[number, Step][]][] = [
  [[send(UPGRADE, GET, TWO_HOSTS), send(GET), say(ANSWERS[0]!)]],
  [[send(UPGRADE, 'GET /g HTTP/1.0\r\n\r\n', GET), send(GET), say(ANSWERS[0]!)]],
];

for (const [name, args] of Object.entries({ 'everything is recorded': [], 'with capture rules': RULES }))
  test(`${name}: whatever happens in whatever order, every byte is in one record`, async (t) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(1), step), { minLength: 1, maxLength: 30 }),
        async (steps) => {
          const gateway = modelGateway(['--response-timeout=300ms', '--header-timeout=300ms', ...args]);
          const conversations = [new Conversation(gateway), new Conversation(gateway)];
          for (const [client, one] of steps) {
            conversations[client]!.play(one);
            // What an event has left to be done is done before the next event, as in the loop of a process.
            await new Promise(setImmediate);
          }
          await gateway.close();
          balance(gateway);
        },
      ),
      { numRuns: 500, examples: FOUND },
    );
    t.pass();
  });
