import type { FilterDeclaration } from '../core/filter.ts';
import { ReplacingStage } from '../core/replacing-stage.ts';

/** Puts something else in the place of every MessageStart (spec filters, replaceData and its like). */
export const replaceMessageStart: FilterDeclaration = {
  name: 'replaceMessageStart',
  origin: 'spec',
  summary: 'Emits the result of a function, or a literal, instead of every MessageStart.',
  parameters: [
    {
      name: 'replacement',
      type: 'any',
      isOptional: true,
      signature: 'Emitted | ((start: MessageStart) => Emitted)',
      meaning:
        'a function of the event, or what to emit: an event, a Message, text, an array of them; nothing removes the event',
    },
  ],
  examples: [
    "pipy().listen(8000).decodeHttpRequest().replaceMessageStart(start => new MessageStart({ ...start.head, path: '/inner' + start.head.path })).encodeHttpRequest().connect('127.0.0.1:80')",
  ],
  prepare: (args) => () => new ReplacingStage('message-start', args[0]),
};
