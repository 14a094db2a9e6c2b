import { HttpConversation } from '../codecs/http1/conversation.ts';
import { decodingOptions } from '../codecs/http1/decoding-options.ts';
import type { RequestHead } from '../codecs/http1/head.ts';
import type { Http1Error, MessageSink } from '../codecs/http1/message-parser.ts';
import { RequestParser } from '../codecs/http1/request-parser.ts';
import { Data } from '../core/data.ts';
import { type Event, MessageEnd, MessageStart, SessionEnd } from '../core/event.ts';
import type { FilterDeclaration, FilterSite } from '../core/filter.ts';
import { Stage } from '../core/pipeline.ts';

/** Bytes to HTTP/1 requests (spec filters, decodeHttpRequest). */
export const decodeHttpRequest: FilterDeclaration = {
  name: 'decodeHttpRequest',
  origin: 'spec',
  summary: 'Decodes bytes to HTTP/1 request messages; bodies stream through as they come.',
  parameters: [],
  examples: [
    'pipy().listen(8000).decodeHttpRequest().replaceMessage(m => new Message(m.body)).encodeHttpResponse()',
  ],
  prepare: (_args, site) => () => new DecodeHttpRequest(site),
};

/** States: `decoding` → `done`: a request was refused, or was the last one that its connection wants. */
class DecodeHttpRequest extends Stage implements MessageSink<RequestHead> {
  readonly #site: FilterSite;
  readonly #parser: RequestParser;
  #conversation!: HttpConversation;
  #isDone = false;
  #isLast = false;

  constructor(site: FilterSite) {
    super();
    this.#site = site;
    this.#parser = new RequestParser(this, decodingOptions(site.isCompat));
  }

  override begin(): void {
    const { stream } = this.session;
    this.#conversation = stream.slot(HttpConversation.slot, () => new HttpConversation());
    stream.activity ??= this.#conversation;
  }

  receive(event: Event): void {
    if (event.kind === 'session-end') {
      this.#isDone = true;
      this.emit(event);
      // Whoever is still to be answered is; then there is nothing to wait for, whatever the pipeline keeps open.
      this.#conversation.isOver = event.error === '';
      if (this.#conversation.isOver) this.#conversation.onOver?.();
    } else if (event.kind === 'data' && event.size > 0 && !this.#isDone) {
      this.#conversation.isReceiving = true;
      for (const view of event.views) if (!this.#isDone) this.#parser.push(view);
      this.#conversation.isReceiving =
        !this.#isDone && (this.#parser.state === 'head' || this.#parser.state === 'body');
    }
  }

  onHead(head: RequestHead): void {
    const { method, path, protocol, headers } = head;
    this.#conversation.pending.push({ head, method, isUpgrade: false, completedAtMs: 0, refusal: null });
    this.#isLast = !head.isKeepAlive;
    this.emit(new MessageStart({ method, path, protocol, headers }));
    if (head.expectsContinue && head.framing.kind !== 'none')
      this.#site.ports.clock.after(0, () => this.#conversation.onExpect?.());
  }

  onBody(view: Buffer): void {
    this.emit(Data.of(view));
  }

  onFraming(): void {}

  onEnd(): void {
    // What follows the last request of a connection is no request (RFC 9112 section 9.6).
    if (this.#isLast) {
      this.#isDone = true;
      this.#parser.pause();
    }
    this.emit(new MessageEnd());
  }

  onError({ status, code, message }: Http1Error, held: Buffer[]): void {
    this.#isDone = true;
    const conversation = this.#conversation;
    if (!conversation.hasEncoder) {
      this.emit(new SessionEnd('ReadError', message));
      return;
    }
    const refusal = { status, code, message, held: Data.ofViews(held) };
    const last = conversation.pending.at(-1);
    // A body that turned bad belongs to a request that is already waiting for its answer.
    if (this.#parser.hasFailedInside && last !== undefined) last.refusal = refusal;
    else conversation.pending.push({ head: null, method: '', isUpgrade: false, completedAtMs: 0, refusal });
    conversation.onRefusal?.();
  }
}
