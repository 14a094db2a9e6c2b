import { HttpConversation } from '../codecs/http1/conversation.ts';
import { encodeRequestHead, type HeadLike } from '../codecs/http1/encode.ts';
import { EncodeStage, type HeadSource } from '../codecs/http1/encode-stage.ts';
import type { EncodingPlan } from '../codecs/http1/message-encoder.ts';
import type { SessionEnd } from '../core/event.ts';
import type { FilterDeclaration } from '../core/filter.ts';

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
    const head = (args[0] ?? null) as HeadSource;
    return () => new EncodeHttpRequest(head);
  },
};

class EncodeHttpRequest extends EncodeStage {
  #conversation!: HttpConversation;

  override begin(): void {
    this.#conversation = this.session.stream.slot(
      HttpConversation.upstreamSlot,
      () => new HttpConversation(),
    );
    this.#conversation.hasEncoder = true;
  }

  protected override end(event: SessionEnd): void {
    this.emit(event);
  }

  protected override plan(head: HeadLike | null): EncodingPlan {
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
