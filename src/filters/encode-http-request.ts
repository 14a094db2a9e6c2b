import { HttpConversation } from '../codecs/http1/conversation.ts';
import { encodeRequestHead, type HeadLike } from '../codecs/http1/encode.ts';
import { type EncodingPlan, MessageEncoder } from '../codecs/http1/message-encoder.ts';
import type { Event } from '../core/event.ts';
import type { FilterDeclaration } from '../core/filter.ts';
import { FAILED, Stage } from '../core/pipeline.ts';

/** Methods whose requests usually have no body: without one they say no length (RFC 9110 section 8.6). */
const BODILESS = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE']);

/** HTTP/1 requests to bytes (spec filters, encodeHttpRequest). */
export const encodeHttpRequest: FilterDeclaration = {
  name: 'encodeHttpRequest',
  origin: 'spec',
  summary: 'Encodes messages to HTTP/1 requests; a body that is not whole within a turn is sent in chunks.',
  parameters: [
    {
      name: 'head',
      type: 'object|function',
      isOptional: true,
      meaning:
        'a request head that replaces that of every message, or a function that returns one, called when the message is whole',
    },
  ],
  examples: [
    "pipy().listen(8000).decodeHttpRequest().link('up').encodeHttpResponse()\n.pipeline('up').encodeHttpRequest().connect('127.0.0.1:8080').decodeHttpResponse()",
  ],
  prepare(args) {
    const head = (args[0] ?? null) as HeadLike | (() => unknown) | null;
    return () => new EncodeHttpRequest(head);
  },
};

class EncodeHttpRequest extends Stage {
  readonly #head: HeadLike | (() => unknown) | null;
  readonly #encoder = new MessageEncoder(
    (event) => this.emit(event),
    (error) => this.session.abort(this, error),
  );
  #conversation!: HttpConversation;
  #messageHead: HeadLike | null = null;
  #hasEnded = false;

  constructor(head: HeadLike | (() => unknown) | null) {
    super();
    this.#head = head;
  }

  override begin(): void {
    this.#conversation = this.session.stream.slot(
      HttpConversation.upstreamSlot,
      () => new HttpConversation(),
    );
    this.#conversation.hasEncoder = true;
  }

  override release(): void {
    this.#hasEnded = true;
  }

  receive(event: Event): void {
    if (this.#hasEnded) return;
    try {
      this.#take(event);
    } catch (error) {
      this.#hasEnded = true;
      this.session.abort(this, error);
    }
  }

  #take(event: Event): void {
    switch (event.kind) {
      case 'message-start':
        this.#messageHead = event.head;
        this.#encoder.start(
          event,
          typeof this.#head === 'function' ? null : this.#plan(this.#head ?? event.head),
        );
        break;
      case 'data':
        this.#encoder.data(event);
        break;
      case 'message-end':
        if (this.#encoder.isInside) this.#end();
        break;
      case 'session-end':
        this.#hasEnded = true;
        this.emit(event);
    }
  }

  #end(): void {
    if (typeof this.#head !== 'function') {
      this.#encoder.end();
      return;
    }
    const head = this.session.call(this, this.#head);
    if (head !== FAILED)
      this.#encoder.end(this.#plan(typeof head === 'object' && head !== null ? head : this.#messageHead));
  }

  #plan(head: HeadLike | null): EncodingPlan {
    const method = typeof head?.method === 'string' && head.method !== '' ? head.method : 'GET';
    return {
      sendsBody: true,
      // A server of HTTP/1.0 knows no chunks: its requests are collected.
      streaming: head?.protocol === 'HTTP/1.0' ? null : { kind: 'chunked' },
      framingOf: (size) =>
        size === 0 && BODILESS.has(method) ? { kind: 'none' } : { kind: 'length', length: size },
      encodeHead: (framing) => {
        const bytes = encodeRequestHead(head, framing);
        this.#conversation.pending.push({
          head: null,
          method,
          isUpgrade: false,
          completedAtMs: 0,
          refusal: null,
        });
        return bytes;
      },
    };
  }
}
