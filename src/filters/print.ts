import type { Event } from '../core/event.ts';
import type { FilterDeclaration } from '../core/filter.ts';
import { Stage } from '../core/pipeline.ts';
import type { Output } from '../core/ports.ts';

/** Prints the text that passes (spec filters, print). */
export const print: FilterDeclaration = {
  name: 'print',
  origin: 'spec',
  summary: 'Prints Data as lines of text and passes everything on.',
  parameters: [],
  examples: [
    "pipy().task('5s').replaceMessage(new Message('tick\\n')).print().replaceMessage(() => new SessionEnd)",
  ],
  prepare: (_args, site) => () => new Print(site.ports.output),
};

/** Characters of a line; longer ones are broken. */
const LINE_LENGTH = 100;

class Print extends Stage {
  readonly #output: Output;
  /** Keeps a character that is cut between two Data. */
  readonly #decoder = new TextDecoder();
  #line = '';

  constructor(output: Output) {
    super();
    this.#output = output;
  }

  receive(event: Event): void {
    if (event.kind === 'data')
      for (const view of event.views) this.#take(this.#decoder.decode(view, { stream: true }));
    else if (event.kind !== 'message-start') this.#finish();
    this.emit(event);
  }

  override release(): void {
    this.#finish();
  }

  #take(text: string): void {
    const lines = (this.#line + text).split('\n');
    this.#line = lines.pop()!;
    for (const line of lines) this.#write(line);
    while (this.#line.length > LINE_LENGTH) {
      const end = cutAt(this.#line);
      this.#output.write(printable(this.#line.slice(0, end)));
      this.#line = this.#line.slice(end);
    }
  }

  #write(line: string): void {
    let rest = line;
    while (rest.length > LINE_LENGTH) {
      const end = cutAt(rest);
      this.#output.write(printable(rest.slice(0, end)));
      rest = rest.slice(end);
    }
    this.#output.write(printable(rest));
  }

  #finish(): void {
    const line = this.#line + this.#decoder.decode();
    this.#line = '';
    if (line !== '') this.#write(line);
  }
}

/** Not between the halves of a surrogate pair. */
function cutAt(text: string): number {
  return /[\uD800-\uDBFF]/.test(text[LINE_LENGTH - 1]!) ? LINE_LENGTH - 1 : LINE_LENGTH;
}

function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => (character === '\t' ? character : ''));
}
