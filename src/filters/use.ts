import { type Event, type SessionEnd } from '../core/event.ts';
import type { FilterDeclaration, UsedModule } from '../core/filter.ts';
import { FAILED, Session, Stage } from '../core/pipeline.ts';

/** What the module gets as `__argv`: nothing, a list, or a function that is asked at the first event of each session. */
type Arguments = null | unknown[] | (() => unknown);

/** Sends the stream through a pipeline of another file (spec language 6). */
export const use: FilterDeclaration = {
  name: 'use',
  origin: 'spec',
  summary: 'Sends the stream through a pipeline of another file of the program.',
  parameters: [
    {
      name: 'file',
      type: 'string',
      meaning: 'the other script, relative to the folder of the root script, never outside it',
    },
    { name: 'pipeline', type: 'string', meaning: 'one of its named pipelines' },
    {
      name: 'args',
      type: 'any',
      isOptional: true,
      isRest: true,
      meaning:
        'what the module reads as __argv: one array, one function that returns it for each session, or the arguments themselves',
    },
  ],
  examples: ["pipy().listen(8000).use('lib/audit.js', 'all', 'orders').connect('127.0.0.1:80')"],
  uses: (args) => ({ file: args[0] as string, pipeline: args[1] as string }),
  prepare(args, site) {
    const module = site.useModule(args[0] as string);
    const given = moduleArguments(args.slice(2));
    return () => new Use(module, args[1] as string, given);
  },
};

function moduleArguments(args: readonly unknown[]): Arguments {
  if (args.length === 0) return null;
  if (args.length > 1) return [...args];
  const [only] = args;
  if (only === null || only === undefined) return null;
  if (typeof only === 'function') return only as () => unknown;
  return Array.isArray(only) ? only : [only];
}

/** States: `waiting` for the first event → `open` → `ended`. */
class Use extends Stage {
  readonly #module: UsedModule;
  readonly #pipeline: string;
  readonly #arguments: Arguments;
  #target: Session | null = null;
  #hasEnded = false;

  constructor(module: UsedModule, pipeline: string, args: Arguments) {
    super();
    this.#module = module;
    this.#pipeline = pipeline;
    this.#arguments = args;
  }

  receive(event: Event): void {
    if (this.#hasEnded) return;
    if (this.#target === null && !this.#open()) return;
    if (event.kind === 'session-end') this.#hasEnded = true;
    this.#target!.input(event);
  }

  override release(reason: SessionEnd): void {
    if (this.#target !== null) {
      if (!this.#hasEnded) this.#target.input(reason);
      this.#target.release(reason);
    }
    this.#hasEnded = true;
  }

  #open(): boolean {
    let args: unknown = this.#arguments;
    if (typeof args === 'function') {
      args = this.session.call(this, args as () => unknown);
      if (args === FAILED) return false;
      if (!Array.isArray(args)) args = [args];
    }
    const { context, stream } = this.session;
    if (args !== null) context.argv[this.#module.index] = args as unknown[];
    const layout = this.#module.pipeline(this.#pipeline);
    this.#target = new Session(layout, context, stream, (event) => this.emit(event));
    return true;
  }
}
