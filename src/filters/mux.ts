import { Data } from '../core/data.ts';
import { type Event, MessageEnd, MessageStart, SessionEnd } from '../core/event.ts';
import type { FilterDeclaration, FilterSite } from '../core/filter.ts';
import { MessageCollector } from '../core/message-collector.ts';
import { FAILED, Session, Stage } from '../core/pipeline.ts';
import type { Timer } from '../core/ports.ts';
import { Stream } from '../core/stream.ts';

/** A group without users is dropped after this long (spec filters, mux). */
const UNUSED_GROUP_MS = 10_000;
/** Messages without an answer beyond which a new one is refused; their bytes have the bound of a message. */
const MAX_WAITING_MESSAGES = 10_000;

/** Lets many sessions share one session of a pipeline (spec filters, mux). */
export const mux: FilterDeclaration = {
  name: 'mux',
  origin: 'spec',
  summary:
    'Brings the messages of many sessions into one shared session of a pipeline and gives each its answer, first in, first out.',
  parameters: [
    { name: 'target', type: 'pipeline', meaning: 'the pipeline that is shared' },
    {
      name: 'selector',
      type: 'function',
      isOptional: true,
      meaning: 'returns the group whose session is shared; asked once per session; without it all share one',
    },
  ],
  examples: [
    "pipy().listen(8000).decodeHttpRequest().mux('all').encodeHttpResponse().pipeline('all').replaceMessage(m => m)",
  ],
  targets: (args) => [String(args[0])],
  prepare(args, site) {
    const groups = new Map<string, Group>();
    const selector = (args[1] ?? null) as (() => unknown) | null;
    site.onRelease(() => {
      for (const group of [...groups.values()]) group.retire();
    });
    return () => new Mux(args[0] as string, selector, groups, site);
  },
};

class Mux extends Stage {
  readonly #target: string;
  readonly #selector: (() => unknown) | null;
  readonly #groups: Map<string, Group>;
  readonly #site: FilterSite;
  readonly #collector = new MessageCollector(() => this.session.maxMessageBytes);
  #group: Group | null = null;
  #hasEnded = false;

  constructor(
    target: string,
    selector: (() => unknown) | null,
    groups: Map<string, Group>,
    site: FilterSite,
  ) {
    super();
    this.#target = target;
    this.#selector = selector;
    this.#groups = groups;
    this.#site = site;
  }

  receive(event: Event): void {
    if (this.#hasEnded) return;
    if (this.#group === null && !this.#join()) return;
    if (event.kind === 'session-end') {
      this.#leave();
      return;
    }
    if (!this.#collector.note(event)) {
      this.#leave();
      this.emit(new SessionEnd('BufferOverflow', 'a message is too large for mux'));
      return;
    }
    if (event.kind !== 'message-end') return;
    const { head } = this.#collector;
    const body = this.#collector.take();
    if (body !== null) this.#group!.send(this, head, body);
  }

  override release(): void {
    this.#leave();
  }

  get hasLeft(): boolean {
    return this.#hasEnded;
  }

  /** An event of the answer to one of this session's messages. */
  answer(event: Event): void {
    if (!this.#hasEnded) this.emit(event);
  }

  #join(): boolean {
    let name = '';
    if (this.#selector !== null) {
      const selected = this.session.call(this, this.#selector);
      if (selected === FAILED) return false;
      name = String(selected);
    }
    let group = this.#groups.get(name);
    if (group === undefined) {
      group = new Group(this.#target, this.#site, () => this.#groups.delete(name));
      this.#groups.set(name, group);
    }
    group.join();
    this.#group = group;
    return true;
  }

  #leave(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#group?.leave();
  }
}

/** One shared session with the messages that wait for its answers, oldest first. */
class Group {
  readonly #target: string;
  readonly #site: FilterSite;
  readonly #onUnused: () => void;
  readonly #waiting: { readonly user: Mux; readonly bytes: number }[] = [];
  #waitingBytes = 0;
  #session: Session | null = null;
  #users = 0;
  /** An answer has begun and is not whole. */
  #isAnswering = false;
  /** Bytes of the current answer that came for a session that has left. */
  #unreadBytes = 0;
  #timer: Timer | null = null;
  #isRetired = false;

  constructor(target: string, site: FilterSite, onUnused: () => void) {
    this.#target = target;
    this.#site = site;
    this.#onUnused = onUnused;
  }

  join(): void {
    this.#users++;
    this.#timer?.cancel();
    this.#timer = null;
  }

  leave(): void {
    if (--this.#users > 0 || this.#timer !== null) return;
    if (this.#isRetired) this.#drop();
    else this.#timer = this.#site.ports.clock.after(UNUSED_GROUP_MS, () => this.#drop());
  }

  /** The program is replaced: nobody new joins, and nobody is waited for (spec cli 6). */
  retire(): void {
    this.#isRetired = true;
    this.#drop();
  }

  #drop(): void {
    if (this.#users > 0) return;
    this.#timer?.cancel();
    this.#timer = null;
    this.#onUnused();
    this.#end(new SessionEnd());
  }

  send(user: Mux, head: object | null, body: Data): void {
    const { maxMessageBytes } = user.session;
    if (this.#waiting.length >= MAX_WAITING_MESSAGES || this.#waitingBytes + body.size > maxMessageBytes) {
      user.answer(new SessionEnd('BufferOverflow', 'too many messages wait for their answers in mux'));
      return;
    }
    const session = (this.#session ??= this.#open(user));
    this.#waiting.push({ user, bytes: body.size });
    this.#waitingBytes += body.size;
    session.input(new MessageStart(head));
    if (body.size > 0) session.input(body);
    session.input(new MessageEnd());
  }

  /** A copy of the first user's context: its variables are there to be read, its connection is not (spec filters, mux). */
  #open(user: Mux): Session {
    const session: Session = new Session(
      this.#site.pipeline(this.#target),
      user.session.context.child(null),
      new Stream(),
      (event) => {
        if (this.#session === session) this.#receive(event);
      },
    );
    return session;
  }

  #receive(event: Event): void {
    if (event.kind === 'session-end') {
      this.#end(event);
      return;
    }
    const oldest = this.#waiting[0];
    if (oldest === undefined) {
      // Output that nobody asked for would be taken for the next answer.
      if (event.kind !== 'data' || event.size > 0) this.#end(new SessionEnd());
      return;
    }
    this.#isAnswering = event.kind !== 'message-end';
    if (event.kind === 'message-end') {
      this.#waiting.shift();
      this.#waitingBytes -= oldest.bytes;
      this.#unreadBytes = 0;
    } else if (event.kind === 'data' && oldest.user.hasLeft) {
      // The rest of an answer that nobody waits for is read over, so that the order stays; not without end.
      this.#unreadBytes += event.size;
      if (this.#unreadBytes > oldest.user.session.maxMessageBytes) {
        this.#end(new SessionEnd('BufferOverflow', 'a session left mux and its answer has no end'));
        return;
      }
    }
    oldest.user.answer(event);
  }

  /** The shared session is over: each waiting message is told, the next message opens a new one. */
  #end(reason: SessionEnd): void {
    const session = this.#session;
    this.#session = null;
    const waiting = this.#waiting.splice(0);
    this.#waitingBytes = 0;
    this.#unreadBytes = 0;
    const isCut = this.#isAnswering && reason.error === '';
    this.#isAnswering = false;
    // Not while one of its stages is still emitting.
    if (session !== null) queueMicrotask(() => session.release(reason));
    for (const [index, { user }] of waiting.entries())
      // An answer that was cut must not look whole.
      user.answer(
        isCut && index === 0
          ? new SessionEnd('ReadError', 'the shared session ended inside an answer')
          : reason,
      );
  }
}
