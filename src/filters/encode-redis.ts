import { encodeRedis as encode } from '../codecs/redis/encode.ts';
import { CollectingStage } from '../core/collecting-stage.ts';
import { Data } from '../core/data.ts';
import { type Event, type MessageEnd, MessageStart } from '../core/event.ts';
import type { FilterDeclaration } from '../core/filter.ts';

/** Redis messages to bytes (docs/specs/additions.md). */
export const encodeRedis: FilterDeclaration = {
  name: 'encodeRedis',
  origin: 'tapline',
  summary:
    'Encodes messages as RESP: the value of the head where there is one and the body is empty, else the body as it is.',
  parameters: [
    {
      name: 'options',
      type: 'object',
      isOptional: true,
      meaning: 'how to write',
      options: [
        {
          name: 'protocol',
          type: 'number',
          defaultValue: '2',
          meaning: '3 has nulls, booleans, doubles, maps and sets of its own',
        },
      ],
    },
  ],
  examples: [
    "pipy().listen(6379).decodeRedis().replaceMessage(m => m.head.command == 'PING' ? new Message({ type: 'simple-string', value: 'PONG' }) : new Message({ value: { error: 'ERR unknown command' } })).encodeRedis()",
  ],
  prepare(args, site) {
    const protocol = (args[0] as { protocol?: unknown } | null | undefined)?.protocol ?? 2;
    if (protocol !== 2 && protocol !== 3) site.reject('option protocol expects 2 or 3');
    return () => new EncodeRedis(protocol as 2 | 3);
  },
};

class EncodeRedis extends CollectingStage {
  readonly #protocol: 2 | 3;

  constructor(protocol: 2 | 3) {
    super('encodeRedis');
    this.#protocol = protocol;
  }

  protected during(event: Exclude<Event, MessageEnd>): void {
    if (event.kind === 'session-end') this.emit(event);
  }

  protected whole(head: object | null, body: Data, end: MessageEnd): void {
    let bytes = body;
    if (body.size === 0 && head !== null && 'value' in head) {
      try {
        const { value, type } = head as { value: unknown; type?: unknown };
        bytes = Data.of(encode(value, this.#protocol, type));
      } catch (error) {
        this.session.abort(this, error);
        return;
      }
    }
    this.emit(new MessageStart(head));
    if (bytes.size > 0) this.emit(bytes);
    this.emit(end);
  }
}
