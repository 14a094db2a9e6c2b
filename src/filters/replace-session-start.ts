import type { Event } from '../core/event.ts';
import type { FilterDeclaration } from '../core/filter.ts';
import { Stage } from '../core/pipeline.ts';
import { type Replacement, replacementEvents } from '../core/replacing-stage.ts';

/** Puts something else in the place of the first event of a session (spec filters, replaceSessionStart). */
export const replaceSessionStart: FilterDeclaration = {
  name: 'replaceSessionStart',
  origin: 'spec',
  summary:
    'Emits the result of a function, or a literal, instead of the first event of a session, whatever its type.',
  parameters: [
    {
      name: 'replacement',
      type: 'any',
      isOptional: true,
      signature: 'Emitted | ((event: Event) => Emitted)',
      meaning:
        'a function of the event, or what to emit; return an array with the event in it to insert rather than to replace',
    },
  ],
  examples: ["pipy().listen(8000).replaceSessionStart(event => [new Data('hello\\n'), event])"],
  prepare: (args) => () => new ReplaceSessionStart(args[0]),
};

class ReplaceSessionStart extends Stage {
  readonly #replacement: Replacement;
  #hasStarted = false;

  constructor(replacement: Replacement) {
    super();
    this.#replacement = replacement;
  }

  receive(event: Event): void {
    if (this.#hasStarted) this.emit(event);
    else {
      this.#hasStarted = true;
      for (const one of replacementEvents(this, this.#replacement, event) ?? []) this.emit(one);
    }
  }
}
