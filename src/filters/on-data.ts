import type { Event } from '../core/event.ts';
import type { FilterDeclaration } from '../core/filter.ts';
import { ObservingStage } from '../core/observing-stage.ts';

/** Observes every Data (spec filters, on*). */
export const onData: FilterDeclaration = {
  name: 'onData',
  origin: 'spec',
  summary: 'Calls a function with every Data, then passes it on.',
  parameters: [
    {
      name: 'callback',
      type: 'function',
      signature: '(data: Data) => any',
      meaning: 'gets the event; its result is ignored',
    },
  ],
  examples: ["pipy().listen(8000).onData(data => console.log(data.size)).connect('127.0.0.1:80')"],
  prepare(args) {
    const callback = args[0] as (event: Event) => unknown;
    return () => new ObservingStage('data', callback);
  },
};
