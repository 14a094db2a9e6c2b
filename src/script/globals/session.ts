import type { Context } from '../../core/context.ts';
import { eventsOf } from '../../core/emit-value.ts';
import { SessionEnd } from '../../core/event.ts';
import { type PipelineLayout, Session } from '../../core/pipeline.ts';
import { Stream } from '../../core/stream.ts';
import { expects, type GlobalDeclaration } from './declaration.ts';

/** Sessions that scripts feed themselves (spec events-and-data 8). */
export const session: GlobalDeclaration = {
  name: 'Session',
  summary: 'A session of a named pipeline that a script feeds itself; its output goes nowhere.',
  types: `/** Feeds a pipeline from a script. */
declare class Session {
  /** \`file\` as \`__filename\` shows it, and one of its named pipelines. Not while scripts load. */
  constructor(file: string, pipeline: string);
  /** Feeds events, Messages, or arrays of those, and runs the pipeline at once. */
  input(...values: Emitted[]): void;
  /** True once the pipeline has ended. */
  readonly done: boolean;
  /** Of the connection that it was made in; \`''\` and 0 where there is none. */
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string;
  readonly localPort: number;
}`,
  examples: [{ code: `typeof Session`, gives: '"function"' }],
  create: ({ sessions }) => scriptSession(sessions),
};

/** What `new Session` needs of the program. */
export interface SessionHost {
  /** The context of the code that is running. */
  context(): Context;
  /** A named pipeline of a loaded file; throws where there is none. */
  pipeline(file: string, name: string): PipelineLayout;
}

/** Ends the session of an object that no script holds any more; the original dropped it without a word. */
const unreachable = new FinalizationRegistry<Session>((session) => session.release(new SessionEnd()));

function scriptSession(host: SessionHost): unknown {
  return class ScriptSession {
    readonly #session: Session;

    constructor(file: unknown, pipeline: unknown) {
      if (typeof file !== 'string') throw expects(1, 'a string');
      if (typeof pipeline !== 'string') throw expects(2, 'a string');
      const layout = host.pipeline(file, pipeline);
      const session = new Session(layout, host.context(), new Stream(), () => {});
      this.#session = session;
      unreachable.register(this, session);
    }

    /** True once a SessionEnd came out of the pipeline's end, or a callback failed. */
    get done(): boolean {
      return this.#session.isDone;
    }

    get remoteAddress(): string {
      return this.#session.context.inbound?.remoteAddress ?? '';
    }

    get localAddress(): string {
      return this.#session.context.inbound?.localAddress ?? '';
    }

    get remotePort(): number {
      return this.#session.context.inbound?.remotePort ?? 0;
    }

    get localPort(): number {
      return this.#session.context.inbound?.localPort ?? 0;
    }

    /** Feeds events, Messages, or arrays of those, in order; runs the pipeline at once. */
    input(...values: unknown[]): void {
      for (const value of values)
        for (const event of eventsOf(value)) {
          if (this.#session.isDone) return;
          this.#session.input(event);
        }
    }
  };
}
