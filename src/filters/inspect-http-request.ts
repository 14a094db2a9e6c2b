import { HttpConversation, type PendingRequest } from '../codecs/http1/conversation.ts';
import type { RequestHead } from '../codecs/http1/head.ts';
import { DEFAULT_HTTP1_LIMITS, type Http1Limits } from '../codecs/http1/limits.ts';
import type { Http1Error, MessageSink } from '../codecs/http1/message-parser.ts';
import { RequestParser } from '../codecs/http1/request-parser.ts';
import { Data } from '../core/data.ts';
import { type Event, MessageEnd, MessageStart, type Refusal, SessionEnd } from '../core/event.ts';
import type { FilterDeclaration, FilterSite } from '../core/filter.ts';
import { Stage } from '../core/pipeline.ts';
import type { Timer } from '../core/ports.ts';
import { byteSize, durationMs } from '../core/quantity.ts';

/** Pipelined requests without an answer, above which the client is not read; half of them let it go on. */
const MAX_PENDING = 256;

interface Options {
  readonly limits: Http1Limits;
  readonly headerTimeoutMs: number;
}

/** Stands inline on the way to the server: marks messages, forwards the bytes as they came, refuses what is ambiguous. */
export const inspectHttpRequest: FilterDeclaration = {
  name: 'inspectHttpRequest',
  origin: 'tapline',
  summary:
    'Marks HTTP/1 requests in a byte stream without changing a byte, and refuses what two parsers could read differently.',
  parameters: [
    {
      name: 'options',
      type: 'object',
      isOptional: true,
      meaning: 'limits of a request head',
      options: [
        {
          name: 'maxHeadBytes',
          type: 'number|string',
          defaultValue: '64k',
          meaning: 'a longer head is answered 431',
        },
        {
          name: 'maxLineBytes',
          type: 'number|string',
          defaultValue: '8k',
          meaning: 'a longer line is answered 414 or 431',
        },
        {
          name: 'maxHeaders',
          type: 'number',
          defaultValue: '200',
          meaning: 'more header lines are answered 431',
        },
        {
          name: 'headerTimeout',
          type: 'number|string',
          defaultValue: '15s',
          meaning: 'a head that takes longer is answered 408',
        },
      ],
    },
  ],
  examples: ["pipy().listen(8000).inspectHttpRequest().connect('127.0.0.1:8080').inspectHttpResponse()"],
  prepare(args, site) {
    const options = readOptions((args[0] ?? {}) as Record<string, unknown>, site);
    return () => new InspectHttpRequest(options, site);
  },
};

/**
 * States: `parsing` → `upgrading` (an upgrade was asked for: what follows is held until its answer decides what it is) →
 * `tunnel`; `refused` and `ended` are final.
 */
class InspectHttpRequest extends Stage implements MessageSink<RequestHead> {
  readonly #options: Options;
  readonly #site: FilterSite;
  readonly #parser: RequestParser;
  #state: 'parsing' | 'upgrading' | 'tunnel' | 'refused' | 'ended' = 'parsing';
  #conversation!: HttpConversation;
  #current: PendingRequest | null = null;
  #headTimer: Timer | null = null;
  #isHoldingSource = false;
  /** What the answer to an upgrade said before its request was complete. */
  #earlyVerdict: boolean | null = null;
  /** Too many requests wait for their answers. */
  #isFull = false;
  /** The client's end, while its last bytes wait: for the answer to an upgrade, or for room. */
  #endAfterAnswer: SessionEnd | null = null;

  constructor(options: Options, site: FilterSite) {
    super();
    this.#options = options;
    this.#site = site;
    this.#parser = new RequestParser(this, { limits: options.limits });
  }

  receive(event: Event): void {
    if (event.kind === 'data') {
      if (event.size > 0) this.#push(event);
    } else if (event.kind === 'session-end') this.#end(event);
  }

  override release(reason: SessionEnd): void {
    const isOpen = this.#state !== 'ended' && this.#state !== 'refused';
    this.#state = 'ended';
    const held = isOpen ? this.#parser.takeHeld() : [];
    // Bytes that nobody will read any more still belong into a record.
    if (held.length > 0) {
      const message = 'The connection was over before this was read.';
      const refusal: Refusal = { status: 400, code: 'unread', message, held: Data.ofViews(held) };
      this.emit(new SessionEnd(reason.error, reason.message, refusal));
    }
    this.#stopHeadTimer();
    this.#letSourceGo();
  }

  onHead(head: RequestHead): void {
    const pending: PendingRequest = {
      head,
      method: head.method,
      isUpgrade: head.upgrade !== null,
      completedAtMs: 0,
      refusal: null,
    };
    this.#current = pending;
    this.#conversation.pending.push(pending);
    this.#stopHeadTimer();
    this.emit(new MessageStart(head));
    this.emit(Data.of(head.raw!, 'head'));
  }

  onBody(view: Buffer): void {
    this.emit(Data.of(view));
  }

  onFraming(view: Buffer): void {
    this.emit(Data.of(view, this.#current === null ? 'interim' : 'framing'));
  }

  onEnd(): void {
    const current = this.#current!;
    this.#current = null;
    current.completedAtMs = this.#site.ports.clock.monotonicMs();
    this.#conversation.onRequest?.();
    if (current.isUpgrade && this.#earlyVerdict === null) {
      this.#state = 'upgrading';
      this.#parser.pause();
      this.#holdSource();
    } else if (this.#conversation.pending.length >= MAX_PENDING) {
      this.#isFull = true;
      this.#parser.pause();
      this.#holdSource();
    }
    this.emit(new MessageEnd());
    if (this.#earlyVerdict === true) this.#beginTunnel();
    this.#earlyVerdict = null;
  }

  onError(error: Http1Error, held: Buffer[]): void {
    this.#refuse(error, Data.ofViews(held));
  }

  override begin(): void {
    const conversation = this.session.stream.slot(HttpConversation.slot, () => new HttpConversation());
    this.session.stream.activity = conversation;
    conversation.onUpgradeAnswered = (isAccepted) => this.#upgradeAnswered(isAccepted);
    conversation.onAnswered = () => this.#answered();
    this.#conversation = conversation;
  }

  #push(data: Data): void {
    if (this.#state === 'tunnel') {
      for (const view of data.views) this.emit(Data.of(view, 'tunnel'));
      return;
    }
    if (this.#state === 'refused' || this.#state === 'ended') return;
    this.#conversation.isReceiving = true;
    for (const view of data.views) this.#take(view);
    this.#noteWhatIsOpen();
  }

  #take(view: Buffer): void {
    if (this.#state === 'tunnel') this.emit(Data.of(view, 'tunnel'));
    else this.#parser.push(view);
  }

  /** False while what comes next must wait, and when nothing is read any more. */
  #isReading(): boolean {
    return this.#state === 'parsing' && !this.#isFull;
  }

  /** A head that waits for us is not late. */
  #noteWhatIsOpen(): void {
    const isInHead = this.#parser.state === 'head' && this.#isReading();
    this.#conversation.isReceiving = isInHead || (this.#state === 'parsing' && this.#current !== null);
    if (isInHead) this.#startHeadTimer();
    else this.#stopHeadTimer();
  }

  #beginTunnel(): void {
    this.#state = 'tunnel';
    this.#parser.pause();
    for (const view of this.#parser.takeHeld()) this.emit(Data.of(view, 'tunnel'));
  }

  #startHeadTimer(): void {
    const { headerTimeoutMs } = this.#options;
    if (this.#headTimer !== null || headerTimeoutMs === 0) return;
    this.#headTimer = this.#site.ports.clock.after(headerTimeoutMs, () => {
      const message = `The request head did not arrive within ${headerTimeoutMs} ms.`;
      this.#refuse({ status: 408, code: 'header-timeout', message }, Data.ofViews(this.#parser.takeHeld()));
    });
  }

  #stopHeadTimer(): void {
    this.#headTimer?.cancel();
    this.#headTimer = null;
  }

  #refuse(error: { status: number; code: string; message: string }, held: Data): void {
    this.#state = 'refused';
    this.#stopHeadTimer();
    this.#holdSource();
    const refusal: Refusal = { status: error.status, code: error.code, message: error.message, held };
    const conversation = this.#conversation;
    // A body that turned bad belongs to a request that is already waiting for its answer.
    if (this.#current !== null) {
      this.#current.refusal = refusal;
      // It may have its answer already: then there is nothing to tell, and nothing more to come.
      if (!conversation.pending.includes(this.#current)) conversation.isOver = true;
    } else
      conversation.pending.push({
        head: null,
        method: '',
        isUpgrade: false,
        completedAtMs: this.#site.ports.clock.monotonicMs(),
        refusal,
      });
    this.emit(new SessionEnd('Refused', error.message, refusal));
    conversation.isReceiving = false;
    if (conversation.isOver) conversation.onOver?.();
    else conversation.onRefusal?.();
  }

  #answered(): void {
    if (!this.#isFull || this.#state !== 'parsing' || this.#conversation.pending.length > MAX_PENDING / 2)
      return;
    this.#isFull = false;
    this.#goOn();
  }

  /** Parses what was held. That may come to the next stop at once, or to a refusal: then the source stays held. */
  #goOn(): void {
    this.#parser.resume();
    this.#noteWhatIsOpen();
    if (this.#isReading()) this.#letSourceGo();
    if (this.#endAfterAnswer !== null) this.#end(this.#endAfterAnswer);
  }

  #upgradeAnswered(isAccepted: boolean): void {
    if (this.#state === 'parsing' && this.#current?.isUpgrade === true) this.#earlyVerdict = isAccepted;
    if (this.#state !== 'upgrading') return;
    if (!isAccepted) {
      this.#state = 'parsing';
      this.#goOn();
      return;
    }
    this.#beginTunnel();
    this.#letSourceGo();
    if (this.#endAfterAnswer !== null) this.#end(this.#endAfterAnswer);
  }

  #end(event: SessionEnd): void {
    if (this.#state === 'ended' || this.#state === 'refused') return;
    // What is held may be requests or a tunnel's first bytes: the answer tells, and the end comes after them.
    if ((this.#state === 'upgrading' || this.#isFull) && event.error === '' && this.#parser.heldBytes > 0) {
      this.#endAfterAnswer = event;
      return;
    }
    this.#stopHeadTimer();
    const held = this.#parser.takeHeld();
    // A head that was never finished is a request of its own in the record: its bytes are accounted for.
    if (held.length > 0) {
      const message = 'The client ended the connection inside a request head.';
      const refusal: Refusal = { status: 400, code: 'incomplete-head', message, held: Data.ofViews(held) };
      if (event.error === '') {
        this.#refuse(refusal, refusal.held);
        return;
      }
      this.#state = 'ended';
      this.emit(new SessionEnd(event.error, event.message, refusal));
      return;
    }
    this.#state = 'ended';
    this.emit(event);
    const cut = this.#current;
    if (cut !== null && event.error === '') {
      // No more of it will come: from here on its answer is waited for, and not without end.
      cut.completedAtMs = this.#site.ports.clock.monotonicMs();
      this.#conversation.onRequest?.();
    }
    this.#conversation.isOver = event.error === '';
    if (this.#conversation.isOver) this.#conversation.onOver?.();
  }

  #holdSource(): void {
    const { source } = this.session.stream;
    if (this.#isHoldingSource || source === null) return;
    this.#isHoldingSource = true;
    source.hold();
  }

  #letSourceGo(): void {
    if (!this.#isHoldingSource) return;
    this.#isHoldingSource = false;
    this.session.stream.source!.release();
  }
}

function readOptions(options: Record<string, unknown>, site: FilterSite): Options {
  const size = (name: keyof Http1Limits): number => {
    const bytes = byteSize(options[name] ?? DEFAULT_HTTP1_LIMITS[name]);
    return bytes ?? site.reject(`option ${name} expects bytes or a size such as '64k'`);
  };
  return {
    limits: {
      maxHeadBytes: size('maxHeadBytes'),
      maxLineBytes: size('maxLineBytes'),
      maxHeaders: size('maxHeaders'),
    },
    headerTimeoutMs:
      durationMs(options['headerTimeout'] ?? 15) ??
      site.reject("option headerTimeout expects seconds or a duration such as '15s'"),
  };
}
