import type { FilterDeclaration } from '../core/filter.ts';
import { ReplacingStage } from '../core/replacing-stage.ts';

/** Puts something else in the place of every Data (spec filters, replaceData and its like). */
export const replaceData: FilterDeclaration = {
  name: 'replaceData',
  origin: 'spec',
  summary: 'Emits the result of a function, or a literal, instead of every Data.',
  parameters: [
    {
      name: 'replacement',
      type: 'any',
      isOptional: true,
      signature: 'Emitted | ((data: Data) => Emitted)',
      meaning:
        'a function of the event, or what to emit: an event, a Message, text, an array of them; nothing removes the event',
    },
  ],
  examples: ['pipy().listen(8000).replaceData(data => data.toString().toUpperCase())'],
  prepare: (args) => () => new ReplacingStage('data', args[0]),
};
