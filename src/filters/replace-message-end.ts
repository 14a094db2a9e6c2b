import type { FilterDeclaration } from '../core/filter.ts';
import { ReplacingStage } from '../core/replacing-stage.ts';

/** Puts something else in the place of every MessageEnd (spec filters, replaceData and its like). */
export const replaceMessageEnd: FilterDeclaration = {
  name: 'replaceMessageEnd',
  origin: 'spec',
  summary: 'Emits the result of a function, or a literal, instead of every MessageEnd.',
  parameters: [
    {
      name: 'replacement',
      type: 'any',
      isOptional: true,
      signature: 'Emitted | ((end: MessageEnd) => Emitted)',
      meaning:
        'a function of the event, or what to emit: an event, a Message, text, an array of them; nothing removes the event',
    },
  ],
  examples: [
    "pipy().listen(8000).decodeHttpRequest().replaceMessageEnd(end => [new Data('-- the end --'), end]).encodeHttpResponse()",
  ],
  prepare: (args) => () => new ReplacingStage('message-end', args[0]),
};
