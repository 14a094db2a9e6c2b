import { Data } from '../core/data.ts';
import { type EndError, type Event, SessionEnd } from '../core/event.ts';
import type { FilterDeclaration, FilterSite } from '../core/filter.ts';
import { couplePeer } from '../core/flow.ts';
import { countError, FAILED, Stage } from '../core/pipeline.ts';
import type { Child, ChildListener } from '../core/ports.ts';

type Command = string | unknown[] | (() => unknown);

/** Runs a program beside each session (spec filters, exec). */
export const exec: FilterDeclaration = {
  name: 'exec',
  origin: 'spec',
  summary: 'Runs a program: the stream goes to its standard input, its standard output comes back.',
  parameters: [
    {
      name: 'command',
      type: 'string|array|function',
      signature: 'string | string[] | (() => string | string[])',
      meaning:
        'program and arguments as an array, or as text split at blanks with simple quotes; or a function that returns either, asked once per session. No shell is involved',
    },
  ],
  examples: ["pipy().listen(8000).exec(['sort', '-r'])"],
  prepare(args, site) {
    const command = args[0] as Command;
    if (typeof command === 'string' && splitCommand(command) === null) site.reject('a quote is not closed');
    return () => new Exec(command, site);
  },
};

/** States: `idle` → `running` → `ended`. */
class Exec extends Stage implements ChildListener {
  readonly #command: Command;
  readonly #site: FilterSite;
  #state: 'idle' | 'running' | 'ended' = 'idle';
  #child: Child | null = null;
  #uncouple: () => void = () => {};

  constructor(command: Command, site: FilterSite) {
    super();
    this.#command = command;
    this.#site = site;
  }

  receive(event: Event): void {
    if (this.#state === 'ended') return;
    if (event.kind === 'session-end') {
      this.#endInput(event);
      return;
    }
    if (this.#state === 'idle' && !this.#spawn()) return;
    if (event.kind === 'data') for (const view of event.views) this.#child!.write(view);
  }

  override release(): void {
    this.#close();
  }

  onBytes(bytes: Buffer): void {
    this.emit(Data.of(bytes));
    this.emit(Data.flushMark());
    this.session.context.group.notify();
  }

  onEnd(error: EndError, message: string): void {
    if (this.#state === 'ended') return;
    if (error !== '') {
      const { clock, log } = this.#site.ports;
      log.write('error', `[exec] ${message}`);
      countError(this.counts, `${error}: ${message}`, clock.wallMs(), this.#site.place);
    }
    this.#close();
    this.emit(new SessionEnd(error, message));
    this.session.context.group.notify();
  }

  #endInput(event: SessionEnd): void {
    if (this.#state === 'idle') {
      this.#state = 'ended';
      this.emit(event);
    } else if (event.error === '') this.#child!.end();
    else {
      this.#close();
      this.emit(event);
    }
  }

  #spawn(): boolean {
    let command: unknown = this.#command;
    if (typeof command === 'function') {
      command = this.session.call(this, command as () => unknown);
      if (command === FAILED) return false;
    }
    const words = Array.isArray(command) ? Array.from(command, String) : splitCommand(String(command));
    if (words === null || words.length === 0 || words[0] === '') {
      this.session.abort(this, new TypeError(`no command to run: ${JSON.stringify(command)}`));
      return false;
    }
    this.#state = 'running';
    const child = this.#site.ports.processes.spawn(words, this);
    this.#child = child;
    this.#uncouple = couplePeer(child, this.session.stream);
    return true;
  }

  #close(): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#uncouple();
    this.#child?.kill();
  }
}

/** Words between runs of blanks; `'...'` and `"..."` keep blanks. Null where a quote is not closed. */
function splitCommand(text: string): string[] | null {
  const words: string[] = [];
  let word: string | null = null;
  let quote = '';
  for (const character of text) {
    if (quote !== '') {
      if (character === quote) quote = '';
      else word += character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (/\s/.test(character)) {
      if (word !== null) words.push(word);
      word = null;
    } else word = (word ?? '') + character;
  }
  if (quote !== '') return null;
  if (word !== null) words.push(word);
  return words;
}
