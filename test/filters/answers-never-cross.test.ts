import test from 'ava';
import * as fc from 'fast-check';
import { Data } from '../../src/core/data.ts';
import { SessionEnd } from '../../src/core/event.ts';
import { Flow } from '../../src/core/flow.ts';
import type { Dialer, DialListener } from '../../src/core/ports.ts';
import { loadTestProgram, openSession } from '../support/program.ts';

/** What an upstream does with the oldest request that it has not answered. */
const FATES = [
  'answer',
  'chunked',
  'interim',
  'in pieces',
  'close',
  'reset',
  'half',
  'malformed',
  'extra',
] as const;
type Fate = (typeof FATES)[number];

/** One connection to the misbehaving upstream. */
class Upstream {
  readonly listener: DialListener;
  readonly asked: string[] = [];
  isOver = false;
  #held = '';

  constructor(listener: DialListener) {
    this.listener = listener;
  }

  take(bytes: Buffer): void {
    this.#held += bytes.toString();
    for (let found; (found = /^GET \/(\S+) HTTP\/1\.1\r\n[^]*?\r\n\r\n/.exec(this.#held)) !== null;) {
      this.asked.push(found[1]!);
      this.#held = this.#held.slice(found[0].length);
    }
  }

  say(text: string): void {
    if (!this.isOver) this.listener.onBytes(Buffer.from(text));
  }

  end(error: '' | 'ReadError'): void {
    if (this.isOver) return;
    this.isOver = true;
    this.listener.onEnd(error, '');
  }

  act(fate: Fate): void {
    const id = this.asked[0];
    if (id === undefined || this.isOver) return;
    const body = `[${id}]`;
    const whole = `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    // A second answer while others are awaited cannot be told from theirs, by nobody.
    const isAlone = this.asked.length === 1;
    this.asked.shift();
    switch (fate) {
      case 'answer':
        this.say(whole);
        return;
      case 'chunked':
        this.say(
          `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
        );
        return;
      case 'interim':
        this.say(`HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n${whole}`);
        return;
      case 'in pieces':
        for (const character of whole) this.say(character);
        return;
      case 'extra':
        this.say(isAlone ? whole + whole.replace(id, 'stray') : whole);
        return;
      case 'close':
        this.end('');
        return;
      case 'reset':
        this.end('ReadError');
        return;
      case 'half':
        this.say(whole.slice(0, -2));
        this.end('');
        return;
      case 'malformed':
        this.say('HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n');
    }
  }
}

const PROXIES: Record<string, string> = {
  mux: "mux('up').encodeHttpResponse().pipeline('up')",
  'mux by client': "mux('up', () => __inbound.id).encodeHttpResponse().pipeline('up')",
  demux: "demux('up').encodeHttpResponse().pipeline('up')",
  'demux and mux': "demux('one').encodeHttpResponse().pipeline('one').mux('up').pipeline('up')",
  link: "link('up').encodeHttpResponse().pipeline('up')",
};

const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('ask' as const), client: fc.nat(2) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('act' as const),
      upstream: fc.nat(3),
      fate: fc.constantFrom<Fate>(...FATES),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('leave' as const), client: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('turn' as const) }) },
);

for (const [name, chain] of Object.entries(PROXIES))
  test(`${name}: every request gets its own answer or an error, never another's`, async (t) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const upstreams: Upstream[] = [];
        const dialer: Dialer = {
          dial(_target, _options, listener) {
            const upstream = new Upstream(listener);
            upstreams.push(upstream);
            return {
              sending: new Flow(),
              reading: new Flow(),
              write: (bytes) => upstream.take(bytes),
              flush: () => {},
              end: () => {},
              destroy: () => (upstream.isOver = true),
            };
          },
        };
        const loaded = loadTestProgram(
          `pipy().listen(1).decodeHttpRequest().${chain}.encodeHttpRequest().connect('u:1').decodeHttpResponse()`,
          { dialer },
        );
        const clients = [1, 2, 3].map((id) =>
          openSession(loaded, {
            inbound: { id, remoteAddress: '', remotePort: 0, localAddress: '', localPort: 0 },
          }),
        );
        const asked: number[] = [0, 0, 0];
        const left = new Set<number>();
        for (const one of steps) {
          if (one.kind === 'ask' && !left.has(one.client))
            clients[one.client]!.session.input(
              new Data(`GET /${one.client}-${asked[one.client]!++} HTTP/1.1\r\nHost: x\r\n\r\n`),
            );
          else if (one.kind === 'leave') {
            left.add(one.client);
            clients[one.client]!.session.input(new SessionEnd());
          } else if (one.kind === 'turn') await Promise.resolve();
          else if (one.kind === 'act') {
            const open = upstreams.filter(({ isOver, asked: waiting }) => !isOver && waiting.length > 0);
            open[one.upstream % Math.max(1, open.length)]?.act(one.fate);
          }
        }
        for (const [client, running] of clients.entries()) {
          const text = running.out.map((event) => (event.kind === 'data' ? event.toString() : '')).join('');
          const answers = text.split(/(?=HTTP\/1\.1 \d{3})/).filter((answer) => answer !== '');
          for (const [position, answer] of answers.entries()) {
            const status = Number(/^HTTP\/1\.1 (\d+)/.exec(answer)![1]);
            const owner = /\[(\d)-(\d+)\]?/.exec(answer);
            if (status === 200 && owner !== null) {
              t.is(Number(owner[1]), client, text);
              t.is(Number(owner[2]), position, text);
            } else if (status !== 200) t.true(status >= 500, text);
            t.false(answer.includes('stray'), text);
          }
          t.true(answers.length <= asked[client]!, text);
          running.session.release(new SessionEnd());
        }
      }),
      { numRuns: 300 },
    );
  });
