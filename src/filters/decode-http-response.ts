import { HttpConversation } from '../codecs/http1/conversation.ts';
import { decodingOptions } from '../codecs/http1/decoding-options.ts';
import type { ResponseHead } from '../codecs/http1/head.ts';
import type { Http1Error } from '../codecs/http1/message-parser.ts';
import { ResponseParser, type ResponseSink } from '../codecs/http1/response-parser.ts';
import { Data } from '../core/data.ts';
import { type EndError, type Event, MessageEnd, MessageStart, SessionEnd } from '../core/event.ts';
import type { FilterDeclaration } from '../core/filter.ts';
import { Stage } from '../core/pipeline.ts';

/** Bytes to HTTP/1 responses (spec filters, decodeHttpResponse). */
export const decodeHttpResponse: FilterDeclaration = {
  name: 'decodeHttpResponse',
  origin: 'spec',
  summary: 'Decodes bytes to HTTP/1 response messages; requests that get no answer get one that says why.',
  parameters: [],
  examples: [
    "pipy().listen(8000).decodeHttpRequest().link('up').encodeHttpResponse()\n.pipeline('up').encodeHttpRequest().connect('127.0.0.1:8080').decodeHttpResponse()",
  ],
  prepare: (_args, site) => () => new DecodeHttpResponse(site.isCompat),
};

/** What stands for an answer that never came. */
const STANDINS: Partial<Record<EndError, readonly [number, string]>> = {
  '': [502, 'Bad Gateway'],
  CannotResolve: [503, 'Cannot Resolve'],
  ConnectionRefused: [503, 'Connection Refused'],
  Unauthorized: [401, 'Unauthorized'],
  ReadError: [502, 'Read Error'],
  Timeout: [504, 'Gateway Timeout'],
};

class DecodeHttpResponse extends Stage implements ResponseSink {
  readonly #parser: ResponseParser;
  #conversation!: HttpConversation;
  #isInside = false;
  #hasEnded = false;

  constructor(isCompat: boolean) {
    super();
    this.#parser = new ResponseParser(this, decodingOptions(isCompat));
  }

  override begin(): void {
    this.#conversation = this.session.stream.slot(
      HttpConversation.upstreamSlot,
      () => new HttpConversation(),
    );
  }

  override release(): void {
    this.#hasEnded = true;
  }

  receive(event: Event): void {
    if (this.#hasEnded) return;
    if (event.kind === 'data') {
      for (const view of event.views) if (!this.#hasEnded) this.#parser.push(view);
    } else if (event.kind === 'session-end') this.#end(event);
  }

  /** An onlooker without an encoder beside it cannot know the requests: every answer is taken for that of a GET. */
  request(): { readonly method: string; readonly isUpgrade: boolean } | null {
    const { hasEncoder, pending } = this.#conversation;
    return hasEncoder ? (pending[0] ?? null) : { method: 'GET', isUpgrade: true };
  }

  onInterim(): void {}

  onHead({ protocol, status, statusText, headers }: ResponseHead): void {
    this.#isInside = true;
    this.emit(new MessageStart({ protocol, status, statusText, headers }));
  }

  onBody(view: Buffer): void {
    this.emit(Data.of(view));
  }

  onFraming(): void {}

  onEnd(): void {
    this.#isInside = false;
    this.#conversation.pending.shift();
    this.emit(new MessageEnd());
  }

  onError(error: Http1Error): void {
    this.#end(new SessionEnd('ReadError', error.message));
  }

  #end(event: SessionEnd): void {
    if (event.error === '') this.#parser.end();
    if (this.#hasEnded) return;
    if (this.#isInside) {
      this.#finish(new SessionEnd('ReadError', event.message || 'the connection ended inside an answer'));
      return;
    }
    const { pending } = this.#conversation;
    const [status, statusText] = STANDINS[event.error] ?? [500, 'Internal Server Error'];
    const isAnyWaiting = pending.length > 0;
    while (pending.shift() !== undefined) {
      this.emit(new MessageStart({ protocol: 'HTTP/1.1', status, statusText, headers: {} }));
      this.emit(new MessageEnd());
    }
    this.#finish(isAnyWaiting ? new SessionEnd() : event);
  }

  #finish(event: SessionEnd): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.emit(event);
  }
}
