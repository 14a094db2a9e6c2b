import { type DubboHeadLike, encodeDubboHead } from '../codecs/dubbo/encode.ts';
import { CollectingStage } from '../core/collecting-stage.ts';
import { Data } from '../core/data.ts';
import { type Event, type MessageEnd, MessageStart } from '../core/event.ts';
import type { FilterDeclaration } from '../core/filter.ts';
import { FAILED } from '../core/pipeline.ts';

type HeadSource = DubboHeadLike | (() => unknown) | null;

/** Messages to Dubbo bytes (spec filters, encodeDubbo). */
export const encodeDubbo: FilterDeclaration = {
  name: 'encodeDubbo',
  origin: 'spec',
  summary: 'Encodes messages to Dubbo frames.',
  parameters: [
    {
      name: 'head',
      type: 'object|function',
      isOptional: true,
      signature: 'DubboHead | (() => DubboHead | null | undefined)',
      meaning:
        'a head that replaces that of every message, or a function that returns one, asked at each MessageEnd; missing fields: the next id of the session, status 0, a request, two ways, no event',
    },
  ],
  examples: [
    "pipy().task('10s').replaceMessage(new Message(Hessian.encode(['ping']))).encodeDubbo().connect('127.0.0.1:20880')",
  ],
  prepare(args) {
    const head = (args[0] ?? null) as HeadSource;
    return () => new EncodeDubbo(head);
  },
};

class EncodeDubbo extends CollectingStage {
  readonly #source: HeadSource;
  #messages = 0n;

  constructor(source: HeadSource) {
    super('encodeDubbo');
    this.#source = source;
  }

  protected during(event: Exclude<Event, MessageEnd>): void {
    if (event.kind === 'session-end') this.emit(event);
  }

  protected whole(messageHead: object | null, body: Data, end: MessageEnd): void {
    let head: unknown = this.#source;
    if (typeof head === 'function') {
      head = this.session.call(this, head as () => unknown);
      if (head === FAILED) return;
    }
    if (typeof head !== 'object' || head === null) head = messageHead;
    let bytes: Buffer;
    try {
      bytes = encodeDubboHead(head as DubboHeadLike | null, this.#messages++, body.size);
    } catch (error) {
      this.session.abort(this, error);
      return;
    }
    this.emit(new MessageStart(head as object | null));
    this.emit(Data.of(bytes));
    if (body.size > 0) this.emit(body);
    this.emit(end);
  }
}
