import { HttpConversation, type PendingRequest } from '../codecs/http1/conversation.ts';
import { ResponseHead } from '../codecs/http1/head.ts';
import { DEFAULT_HTTP1_LIMITS } from '../codecs/http1/limits.ts';
import type { Http1Error } from '../codecs/http1/message-parser.ts';
import { ResponseParser, type ResponseSink } from '../codecs/http1/response-parser.ts';
import { Data } from '../core/data.ts';
import { type EndError, type Event, MessageEnd, MessageStart, SessionEnd } from '../core/event.ts';
import type { FilterDeclaration, FilterSite } from '../core/filter.ts';
import { Stage } from '../core/pipeline.ts';
import type { Timer } from '../core/ports.ts';
import { durationMs } from '../core/quantity.ts';
import { GatewayAnswer } from '../codecs/http1/gateway-answer.ts';

/** Stands inline on the way back to the client: marks answers, and answers itself where the server cannot. */
export const inspectHttpResponse: FilterDeclaration = {
  name: 'inspectHttpResponse',
  origin: 'tapline',
  summary:
    'Marks HTTP/1 responses in a byte stream without changing a byte, and answers refused and failed requests in their order.',
  parameters: [
    {
      name: 'options',
      type: 'object',
      isOptional: true,
      meaning: 'limits of the wait for an answer',
      options: [
        {
          name: 'responseTimeout',
          type: 'number|string',
          defaultValue: '60s',
          meaning: 'no byte of an answer this long after its request was sent: 504; 0 waits without end',
        },
      ],
    },
  ],
  examples: [
    "pipy().listen(8000).inspectHttpRequest().connect('127.0.0.1:8080').inspectHttpResponse({ responseTimeout: '5s' })",
  ],
  prepare(args, site) {
    const options = (args[0] ?? {}) as Record<string, unknown>;
    const timeoutMs =
      durationMs(options['responseTimeout'] ?? 60) ??
      site.reject("option responseTimeout expects seconds or a duration such as '60s'");
    return () => new InspectHttpResponse(timeoutMs, site);
  },
};

/** What we answer where the upstream gave no answer. */
const UPSTREAM_FAILURES: Partial<Record<EndError, { status: number; message: string }>> = {
  '': { status: 502, message: 'The upstream closed the connection without an answer.' },
  ReadError: { status: 502, message: 'The connection to the upstream broke before it answered.' },
  CannotResolve: { status: 503, message: 'The name of the upstream cannot be resolved.' },
  ConnectionRefused: { status: 503, message: 'The upstream refused the connection.' },
  Timeout: { status: 504, message: 'The upstream did not answer in time.' },
};

/** States: `parsing` → `tunnel` (after 101) → `ended`. */
class InspectHttpResponse extends Stage implements ResponseSink {
  readonly #timeoutMs: number;
  readonly #site: FilterSite;
  #parser: ResponseParser;
  #state: 'parsing' | 'tunnel' | 'ended' = 'parsing';
  #conversation!: HttpConversation;
  #isAnswering = false;
  /** Its body ends with the connection: whatever we sent after it would be read as a part of it. */
  #isLastAnswer = false;
  #lastAnswerEndMs = 0;
  #timer: Timer | null = null;

  constructor(timeoutMs: number, site: FilterSite) {
    super();
    this.#timeoutMs = timeoutMs;
    this.#site = site;
    this.#parser = new ResponseParser(this, { limits: DEFAULT_HTTP1_LIMITS });
  }

  receive(event: Event): void {
    if (this.#state === 'ended') return;
    if (event.kind === 'data') {
      if (event.size > 0) this.#push(event);
    } else if (event.kind === 'session-end') this.#upstreamEnded(event);
  }

  override release(): void {
    this.#state = 'ended';
    this.#timer?.cancel();
    this.#timer = null;
  }

  override begin(): void {
    const conversation = this.session.stream.slot(HttpConversation.slot, () => new HttpConversation());
    conversation.onRefusal = () => this.#answerRefusals();
    conversation.onRequest = () => this.#startTimer();
    conversation.onOver = () => this.#endWhenAnswered();
    this.#conversation = conversation;
  }

  request(): { method: string; isUpgrade: boolean } | null {
    return this.#conversation.pending[0] ?? null;
  }

  onInterim(head: ResponseHead): void {
    this.emit(Data.of(head.raw!, 'interim'));
  }

  onHead(head: ResponseHead): void {
    this.#isAnswering = true;
    this.#isLastAnswer = head.framing.kind === 'close';
    this.emit(new MessageStart(head));
    this.emit(Data.of(head.raw!, 'head'));
  }

  onBody(view: Buffer): void {
    this.emit(Data.of(view));
  }

  onFraming(view: Buffer): void {
    this.emit(Data.of(view, 'framing'));
  }

  onEnd(): void {
    if (this.#parser.state === 'tunnel') {
      this.#state = 'tunnel';
      this.#conversation.onUpgradeAnswered?.(true);
      return;
    }
    const { isUpgrade, refusal } = this.#answered();
    this.emit(new MessageEnd());
    if (refusal !== null) {
      // The rest of its request turned bad while it was being answered.
      this.#endStream(new SessionEnd());
      return;
    }
    if (this.#isLastAnswer) {
      this.#endStream(new SessionEnd('', 'The upstream closed the connection with an earlier answer.'));
      return;
    }
    if (isUpgrade) this.#conversation.onUpgradeAnswered?.(false);
    this.#answerRefusals();
    this.#conversation.noteIdle();
    this.#endWhenAnswered();
  }

  onError(error: Http1Error, held: Buffer[]): void {
    if (this.#state === 'ended') return;
    const message = `upstream: ${error.message}`;
    const isUnasked = error.code === 'unexpected-response';
    if (!this.#isAnswering && !isUnasked) {
      this.#answerAll(502, error.code, message);
      return;
    }
    void held;
    this.#endStream(new SessionEnd('ReadError', message));
  }

  /** The client is through and has its answers: an upstream that keeps its side open is not waited for. */
  #endWhenAnswered(): void {
    const { isOver, pending } = this.#conversation;
    if (isOver && pending.length === 0 && this.#state === 'parsing' && !this.#isAnswering)
      this.#endStream(new SessionEnd());
  }

  #push(data: Data): void {
    for (const view of data.views) {
      if (this.#state === 'parsing') {
        this.#parser.push(view);
        // Bytes that follow a 101 in the same read belong to the tunnel.
        if (this.#state === ('tunnel' as string))
          for (const rest of this.#parser.takeHeld()) this.emit(Data.of(rest, 'tunnel'));
      } else if (this.#state === 'tunnel') this.emit(Data.of(view, 'tunnel'));
    }
  }

  #upstreamEnded(event: SessionEnd): void {
    if (event.error === 'Refused') {
      // Nothing was forwarded before it, so no upstream was ever asked.
      this.#answerRefusals();
      return;
    }
    if (this.#state === 'tunnel') {
      this.#endStream(event);
      return;
    }
    if (event.error === '') this.#parser.end();
    if (this.#state !== 'parsing') return;
    if (this.#isAnswering) {
      const why = event.message === '' ? 'the upstream closed the connection' : event.message;
      this.#endStream(new SessionEnd('ReadError', `${why} in the middle of an answer`));
      return;
    }
    const failure = UPSTREAM_FAILURES[event.error] ?? {
      status: 500,
      message: `The upstream failed: ${event.error}.`,
    };
    const detail = event.message === '' ? failure.message : `${failure.message} (${event.message})`;
    const code = event.error === '' ? 'upstream-closed' : event.error;
    this.#answerAll(failure.status, code, detail);
  }

  /** Every request that is still open gets an answer, in order; then the stream ends. */
  #answerAll(status: number, code: string, message: string): void {
    const { pending } = this.#conversation;
    while (pending.length > 0) {
      const first = pending[0]!;
      if (first.refusal !== null)
        this.#answer(first, first.refusal.status, first.refusal.code, first.refusal.message);
      else this.#answer(first, status, code, message);
    }
    this.#endStream(new SessionEnd());
  }

  /** A refused request is answered when all before it are; nothing can follow it. */
  #answerRefusals(): void {
    if (this.#state !== 'parsing' || this.#isAnswering) return;
    const first = this.#conversation.pending[0];
    if (first === undefined || first.refusal === null) return;
    this.#answer(first, first.refusal.status, first.refusal.code, first.refusal.message);
    this.#endStream(new SessionEnd());
  }

  #answer(pending: PendingRequest, status: number, code: string, message: string): void {
    const answer = new GatewayAnswer(status, code, message, pending.method === 'HEAD');
    this.#isAnswering = true;
    this.emit(new MessageStart(answer));
    this.emit(Data.of(answer.raw, 'head'));
    if (answer.body.length > 0) this.emit(Data.of(answer.body));
    this.#answered();
    this.emit(new MessageEnd());
  }

  #answered(): PendingRequest {
    this.#isAnswering = false;
    this.#lastAnswerEndMs = this.#site.ports.clock.monotonicMs();
    const answered = this.#conversation.pending.shift()!;
    this.#conversation.onAnswered?.();
    return answered;
  }

  #endStream(event: SessionEnd): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#timer?.cancel();
    this.#timer = null;
    this.emit(event);
  }

  /** One timer a connection, which looks again when the oldest request would be overdue, instead of one a request. */
  #startTimer(): void {
    if (this.#timer !== null || this.#timeoutMs === 0 || this.#state !== 'parsing') return;
    this.#arm(this.#timeoutMs);
  }

  #arm(delayMs: number): void {
    this.#timer = this.#site.ports.clock.after(delayMs, () => {
      this.#timer = null;
      const first = this.#conversation.pending[0];
      if (this.#state !== 'parsing' || first === undefined) return;
      const isWaiting = !this.#isAnswering && first.completedAtMs > 0;
      const sinceMs = Math.max(first.completedAtMs, this.#lastAnswerEndMs);
      const leftMs = isWaiting
        ? sinceMs + this.#timeoutMs - this.#site.ports.clock.monotonicMs()
        : this.#timeoutMs;
      if (leftMs > 1) this.#arm(leftMs);
      else this.#answerAll(504, 'Timeout', `The upstream did not answer within ${this.#timeoutMs} ms.`);
    });
  }
}
