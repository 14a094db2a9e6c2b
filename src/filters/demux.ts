import { type Event, MessageEnd, MessageStart, SessionEnd } from '../core/event.ts';
import type { FilterDeclaration, FilterSite } from '../core/filter.ts';
import { couple, Flow } from '../core/flow.ts';
import { Session, Stage } from '../core/pipeline.ts';
import { Stream } from '../core/stream.ts';

/** Messages that have a session at a time; further ones wait, and their sender is not read (spec filters, demux). */
const MAX_CHILDREN = 100;
/** Bytes of an answer that waits for its turn above which whoever sends it is not read. */
const HELD_ANSWER_BYTES = 1024 * 1024;

/** Gives every message a session of its own (spec filters, demux). */
export const demux: FilterDeclaration = {
  name: 'demux',
  origin: 'spec',
  summary:
    'Gives every message its own session of a pipeline, in a context of its own, and emits the answers in the order of the requests.',
  parameters: [{ name: 'target', type: 'pipeline', meaning: 'the pipeline that answers one message' }],
  examples: [
    "pipy({ _path: '' }).listen(8000).decodeHttpRequest().demux('request').encodeHttpResponse()\n.pipeline('request').onMessageStart(start => _path = start.head.path).link('api', () => _path.startsWith('/api/'), 'page')\n.pipeline('api').replaceMessage(new Message('api'))\n.pipeline('page').replaceMessage(new Message('page'))",
  ],
  targets: (args) => [String(args[0])],
  prepare: (args, site) => () => new Demux(args[0] as string, site),
};

/** The session of one message. Its answer is `waiting` until all before it are out; then it is emitted as it comes. */
class Child {
  readonly session: Session;
  /** Held while its answer waits and has become large. */
  readonly sink = new Flow();
  readonly uncouple: () => void;
  readonly waiting: Event[] = [];
  waitingBytes = 0;
  isHolding = false;
  /** Something of the answer has come. */
  hasBegun = false;
  /** The answer is whole, or something stands in for it. */
  isAnswered = false;
  /** The request is whole. */
  isAsked = false;

  constructor(
    parent: Session,
    site: FilterSite,
    target: string,
    onEvent: (child: Child, event: Event) => void,
  ) {
    const { source, sink } = parent.stream;
    this.uncouple = sink === null ? () => {} : couple(sink, this.sink);
    this.session = new Session(
      site.pipeline(target),
      parent.context.child(),
      new Stream(source, this.sink),
      (event) => onEvent(this, event),
    );
  }

  letGo(): void {
    if (!this.isHolding) return;
    this.isHolding = false;
    this.sink.release();
  }

  release(reason: SessionEnd): void {
    this.letGo();
    this.session.release(reason);
    this.uncouple();
  }
}

/** States: `open` → `closing` (no further request comes, answers are outstanding) → `ended`. */
class Demux extends Stage {
  readonly #target: string;
  readonly #site: FilterSite;
  #state: 'open' | 'closing' | 'ended' = 'open';
  /** Those whose answers are not out, oldest first. */
  readonly #children: Child[] = [];
  /** Every session that is not released: an answered one may still be asked. */
  readonly #sessions = new Set<Child>();
  /** The one whose request is coming in. */
  #asking: Child | null = null;
  /** Requests beyond the limit of children. */
  #queue: Event[] = [];
  #queueBytes = 0;
  #isHoldingSource = false;
  #answerBytes = 0;

  constructor(target: string, site: FilterSite) {
    super();
    this.#target = target;
    this.#site = site;
  }

  receive(event: Event): void {
    if (this.#state !== 'open') return;
    if (event.kind === 'session-end' && event.error !== '') {
      this.#end(event);
      return;
    }
    const isFull = event.kind === 'message-start' && this.#children.length >= MAX_CHILDREN;
    if (this.#queue.length > 0 || isFull) this.#keep(event);
    else this.#ask(event);
  }

  override release(reason: SessionEnd): void {
    this.#state = 'ended';
    this.#letSourceGo();
    for (const child of [...this.#sessions]) {
      if (!child.isAnswered) child.session.input(reason);
      child.release(reason);
    }
    this.#sessions.clear();
    this.#children.length = 0;
    this.#queue = [];
  }

  #ask(event: Event): void {
    switch (event.kind) {
      case 'message-start':
        this.#asking = new Child(this.session, this.#site, this.#target, (child, answer) =>
          this.#answer(child, answer),
        );
        this.#children.push(this.#asking);
        this.#sessions.add(this.#asking);
        this.#asking.session.input(event);
        return;
      case 'data':
        this.#asking?.session.input(event);
        return;
      case 'message-end': {
        const child = this.#asking;
        if (child === null) return;
        this.#asking = null;
        child.isAsked = true;
        child.session.input(event);
        if (child.isAnswered) this.#retire(child);
        return;
      }
      case 'session-end':
        this.#state = 'closing';
        for (const child of [...this.#children]) if (!child.isAnswered) child.session.input(event);
        this.#endWhenAnswered();
    }
  }

  #keep(event: Event): void {
    this.#queue.push(event);
    if (event.kind === 'data') this.#queueBytes += event.size;
    if (this.#queueBytes > this.session.maxMessageBytes) {
      const overflow = new SessionEnd('BufferOverflow', 'too many bytes wait for demux');
      this.#end(overflow);
      return;
    }
    if (this.#isHoldingSource) return;
    this.#isHoldingSource = true;
    this.session.stream.source?.hold();
  }

  #letSourceGo(): void {
    if (!this.#isHoldingSource) return;
    this.#isHoldingSource = false;
    this.session.stream.source?.release();
  }

  /** Requests that waited, as far as there is room now. */
  #takeQueued(): void {
    let taken = 0;
    const queue = this.#queue;
    while (taken < queue.length && this.#state === 'open') {
      const event = queue[taken]!;
      if (event.kind === 'message-start' && this.#children.length >= MAX_CHILDREN) break;
      taken++;
      this.#ask(event);
    }
    if (this.#queue !== queue || taken === 0) return;
    this.#queue = queue.slice(taken);
    this.#queueBytes = this.#queue.reduce((sum, one) => sum + (one.kind === 'data' ? one.size : 0), 0);
    if (this.#queue.length === 0) this.#letSourceGo();
  }

  #answer(child: Child, event: Event): void {
    if (child.isAnswered || this.#state === 'ended') return;
    if (event.kind === 'session-end') {
      this.#standIn(child);
      return;
    }
    child.hasBegun ||= event.kind !== 'data' || event.size > 0;
    child.isAnswered = event.kind === 'message-end';
    if (this.#children[0] === child) {
      this.emit(event);
      if (child.isAnswered) this.#advance();
      return;
    }
    child.waiting.push(event);
    if (event.kind === 'data') this.#hold(child, event.size);
    if (child.isAnswered && child.isAsked) this.#retire(child);
  }

  /** A session that ended without an answer: the requester must not be given the next one's (spec filters, demux). */
  #standIn(child: Child): void {
    if (child.hasBegun) {
      const cut = new SessionEnd('ReadError', 'a session of demux ended inside its answer');
      child.isAnswered = true;
      this.#end(cut);
      return;
    }
    this.#answer(child, new MessageStart({ status: 502, headers: {} }));
    this.#answer(child, new MessageEnd());
  }

  #hold(child: Child, bytes: number): void {
    child.waitingBytes += bytes;
    this.#answerBytes += bytes;
    if (this.#answerBytes > this.session.maxMessageBytes) {
      const overflow = new SessionEnd(
        'BufferOverflow',
        'too many bytes of answers wait for an older one in demux',
      );
      this.#end(overflow);
    } else if (child.waitingBytes > HELD_ANSWER_BYTES && !child.isHolding) {
      child.isHolding = true;
      child.sink.hold();
    }
  }

  /** The oldest answer is out: emit what waited behind it. */
  #advance(): void {
    for (;;) {
      const done = this.#children.shift()!;
      if (done.isAsked) this.#retire(done);
      const next = this.#children[0];
      if (next === undefined) break;
      this.#answerBytes -= next.waitingBytes;
      next.waitingBytes = 0;
      for (const event of next.waiting.splice(0)) this.emit(event);
      if (!next.isAnswered) {
        next.letGo();
        break;
      }
    }
    this.#takeQueued();
    this.#endWhenAnswered();
  }

  #endWhenAnswered(): void {
    if (this.#state !== 'closing' || this.#children.length > 0) return;
    this.#end(new SessionEnd());
  }

  /** Not while one of its stages is still emitting. */
  #retire(child: Child): void {
    if (!this.#sessions.delete(child)) return;
    queueMicrotask(() => child.release(new SessionEnd()));
  }

  #end(reason: SessionEnd): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#letSourceGo();
    const open = [...this.#sessions];
    this.#sessions.clear();
    this.#children.length = 0;
    this.#queue = [];
    queueMicrotask(() => {
      for (const child of open) {
        if (!child.isAnswered) child.session.input(reason);
        child.release(reason);
      }
    });
    this.emit(reason);
  }
}
