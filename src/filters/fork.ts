import type { Context } from '../core/context.ts';
import { type Event, SessionEnd } from '../core/event.ts';
import type { FilterDeclaration, FilterSite } from '../core/filter.ts';
import { FAILED, Session, Stage } from '../core/pipeline.ts';
import { Stream } from '../core/stream.ts';

/** Mirrors a stream into other pipelines (spec filters, fork). */
export const fork: FilterDeclaration = {
  name: 'fork',
  origin: 'spec',
  summary:
    'Copies every event to one or more sessions of a pipeline; the original goes on unchanged, their output is thrown away.',
  parameters: [
    { name: 'target', type: 'pipeline', meaning: 'the pipeline to mirror into' },
    {
      name: 'sessionData',
      type: 'object|function',
      isOptional: true,
      meaning:
        'variables of the mirror: an object for one session, an array for one session per element, or a function that returns either',
    },
  ],
  examples: [
    "pipy().listen(8000).fork('copy').connect('127.0.0.1:80').pipeline('copy').onData(data => console.log(data.size))",
  ],
  targets: (args) => [String(args[0])],
  prepare(args, site) {
    const target = args[0] as string;
    return () => new Fork(target, args[1], site);
  },
};

/** A mirror is a guest: it neither pauses, changes nor ends what it mirrors. */
class Fork extends Stage {
  readonly #target: string;
  readonly #sessionData: unknown;
  readonly #site: FilterSite;
  #mirrors: Session[] | null = null;
  #hasEnded = false;

  constructor(target: string, sessionData: unknown, site: FilterSite) {
    super();
    this.#target = target;
    this.#sessionData = sessionData;
    this.#site = site;
  }

  receive(event: Event): void {
    if (this.#mirrors === null && !this.#open()) return;
    const mirrors = this.#mirrors!;
    if (event.kind === 'session-end') this.#hasEnded = true;
    // Nobody changes a Data that it was given, so one object serves all.
    for (let index = 0; index < mirrors.length; index++) mirrors[index]!.input(event);
    this.emit(event);
  }

  override release(reason: SessionEnd): void {
    // A stream that ends before its first event has a mirror all the same: it is told of the end.
    if (!this.#hasEnded && this.#mirrors === null) this.#open();
    for (const mirror of this.#mirrors ?? []) {
      if (!this.#hasEnded) mirror.input(reason);
      mirror.release(reason);
    }
    this.#hasEnded = true;
  }

  #open(): boolean {
    let data = this.#sessionData;
    if (typeof data === 'function') {
      data = this.session.call(this, data as () => unknown);
      if (data === FAILED) return false;
      if (data !== undefined && typeof data !== 'object') {
        this.session.abort(this, new TypeError('invalid session data'));
        return false;
      }
    }
    const elements: unknown[] = Array.isArray(data) ? Array.from(data as unknown[]) : [data ?? undefined];
    const layout = this.#site.pipeline(this.#target);
    try {
      this.#mirrors = elements.map(
        (element) => new Session(layout, this.#context(element), new Stream(), ignore),
      );
    } catch (error) {
      this.session.abort(this, error);
      return false;
    }
    return true;
  }

  #context(element: unknown): Context {
    const { context } = this.session;
    if (element === undefined || (element !== null && typeof element !== 'object')) return context;
    const child = context.child();
    const record = child.records[this.#site.moduleIndex]!;
    for (const [name, value] of Object.entries(element ?? {})) {
      if (!Object.hasOwn(record, name) && this.#site.isCompat)
        Object.defineProperty(record, name, { value, writable: true, enumerable: true, configurable: true });
      if (!Object.hasOwn(record, name))
        throw new TypeError(`session data names an undeclared variable: ${name}`);
      record[name] = value;
    }
    return child;
  }
}

function ignore(): void {}
