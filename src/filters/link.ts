import { type Event, SessionEnd } from '../core/event.ts';
import type { FilterDeclaration, FilterSite } from '../core/filter.ts';
import { FAILED, Session, Stage } from '../core/pipeline.ts';

interface Branch {
  readonly target: string;
  readonly when: (() => unknown) | null;
}

/** Chooses one pipeline and becomes it (spec filters, link). */
export const link: FilterDeclaration = {
  name: 'link',
  origin: 'spec',
  summary: 'Sends the stream through the first pipeline whose condition holds; decided once per session.',
  parameters: [
    { name: 'target', type: 'pipeline', meaning: 'the pipeline to go through' },
    {
      name: 'conditions',
      type: 'any',
      isOptional: true,
      isRest: true,
      meaning:
        'a function that says whether to take the target before it, then further targets and conditions; a last target without one is the default',
    },
  ],
  examples: [
    "pipy({ _path: '' }).listen(8000).decodeHttpRequest().onMessageStart(event => _path = event.head.path)\n.link('api', () => _path.startsWith('/api/'), 'page').encodeHttpResponse()\n.pipeline('api').replaceMessage(new Message('api'))\n.pipeline('page').replaceMessage(new Message('page'))",
  ],
  targets: (args) => args.filter((_, index) => index % 2 === 0).map(String),
  prepare(args, site) {
    const branches: Branch[] = [];
    for (let index = 0; index < args.length; index += 2) {
      const [target, when] = [args[index], args[index + 1]];
      if (typeof target !== 'string') site.reject(`argument #${index + 1} expects a string`);
      if (when !== undefined && typeof when !== 'function')
        site.reject(`argument #${index + 2} expects a function`);
      branches.push({ target: target as string, when: (when as (() => unknown) | undefined) ?? null });
    }
    return () => new Link(branches, site);
  },
};

class Link extends Stage {
  readonly #branches: readonly Branch[];
  readonly #site: FilterSite;
  #chosen: Session | null = null;
  #waiting: Event[] = [];
  #waitingBytes = 0;
  #hasEnded = false;

  constructor(branches: readonly Branch[], site: FilterSite) {
    super();
    this.#branches = branches;
    this.#site = site;
  }

  receive(event: Event): void {
    if (this.#hasEnded) return;
    if (this.#chosen === null && !this.#choose()) {
      this.#keep(event);
      return;
    }
    if (event.kind === 'session-end') this.#hasEnded = true;
    this.#chosen!.input(event);
  }

  override release(reason: SessionEnd): void {
    if (this.#chosen !== null) {
      if (!this.#hasEnded) this.#chosen.input(reason);
      this.#chosen.release(reason);
    }
    this.#hasEnded = true;
    this.#waiting = [];
  }

  #choose(): boolean {
    for (const { target, when } of this.#branches) {
      if (when !== null) {
        const holds = this.session.call(this, when);
        if (holds === FAILED) {
          this.#hasEnded = true;
          return false;
        }
        if (!holds) continue;
      }
      const { context, stream } = this.session;
      this.#chosen = new Session(this.#site.pipeline(target), context, stream, (event) => this.emit(event));
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const event of waiting) this.#chosen.input(event);
      return true;
    }
    return false;
  }

  #keep(event: Event): void {
    if (this.#hasEnded) return;
    if (event.kind === 'session-end') {
      this.#hasEnded = true;
      this.#waiting = [];
      this.emit(event);
      return;
    }
    this.#waiting.push(event);
    if (event.kind === 'data') this.#waitingBytes += event.size;
    if (this.#waitingBytes <= this.session.maxMessageBytes) return;
    this.#hasEnded = true;
    this.#waiting = [];
    this.emit(new SessionEnd('BufferOverflow', 'too many bytes wait for link to choose'));
  }
}
