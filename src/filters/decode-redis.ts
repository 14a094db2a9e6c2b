import { RedisDecoder, type RedisSink } from '../codecs/redis/decoder.ts';
import type { RedisHead } from '../codecs/redis/value.ts';
import type { Data } from '../core/data.ts';
import { type Event, MessageEnd, MessageStart, SessionEnd } from '../core/event.ts';
import type { FilterDeclaration } from '../core/filter.ts';
import { Stage } from '../core/pipeline.ts';

/** Bytes to Redis messages (docs/specs/additions.md). */
export const decodeRedis: FilterDeclaration = {
  name: 'decodeRedis',
  origin: 'tapline',
  summary:
    'Decodes RESP2 and RESP3, requests and answers alike: the head has type, value and, of a request, command and args; the body is the bytes as they came.',
  parameters: [],
  examples: [
    "pipy().listen(6379).fork('audit').connect('127.0.0.1:6380')\n.pipeline('audit').decodeRedis().onMessageStart(start => console.log(start.head.command, start.head.args.length))",
  ],
  prepare: () => () => new DecodeRedis(),
};

class DecodeRedis extends Stage implements RedisSink {
  readonly #decoder = new RedisDecoder(this);
  #hasEnded = false;

  receive(event: Event): void {
    if (this.#hasEnded) return;
    if (event.kind === 'data') for (const view of event.views) this.#decoder.push(view);
    else if (event.kind === 'session-end') {
      this.#hasEnded = true;
      this.emit(event);
    }
  }

  onMessage(head: RedisHead, bytes: Data): void {
    this.emit(new MessageStart(head));
    this.emit(bytes);
    this.emit(new MessageEnd());
  }

  onError(error: 'ReadError' | 'BufferOverflow', message: string): void {
    this.#hasEnded = true;
    this.emit(new SessionEnd(error, message));
  }
}
