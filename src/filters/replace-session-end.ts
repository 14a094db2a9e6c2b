import type { FilterDeclaration } from '../core/filter.ts';
import { ReplacingStage } from '../core/replacing-stage.ts';

/** Puts something else in the place of every SessionEnd (spec filters, replaceData and its like). */
export const replaceSessionEnd: FilterDeclaration = {
  name: 'replaceSessionEnd',
  origin: 'spec',
  summary: 'Emits the result of a function, or a literal, instead of every SessionEnd.',
  parameters: [
    {
      name: 'replacement',
      type: 'any',
      isOptional: true,
      signature: 'Emitted | ((end: SessionEnd) => Emitted)',
      meaning:
        'a function of the event, or what to emit: an event, a Message, text, an array of them; nothing removes the event',
    },
  ],
  examples: ["pipy().listen(8000).replaceSessionEnd(() => [new Data('bye'), new SessionEnd])"],
  prepare: (args) => () => new ReplacingStage('session-end', args[0]),
};
