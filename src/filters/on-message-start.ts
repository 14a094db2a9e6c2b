import type { Event } from '../core/event.ts';
import type { FilterDeclaration } from '../core/filter.ts';
import { ObservingStage } from '../core/observing-stage.ts';

/** Observes every MessageStart (spec filters, on*). */
export const onMessageStart: FilterDeclaration = {
  name: 'onMessageStart',
  origin: 'spec',
  summary: 'Calls a function with every MessageStart, then passes it on.',
  parameters: [
    {
      name: 'callback',
      type: 'function',
      signature: '(start: MessageStart) => any',
      meaning: 'gets the event; its result is ignored',
    },
  ],
  examples: [
    "pipy().listen(8000).decodeHttpRequest().onMessageStart(start => console.log(start.head.path)).replaceMessage(new Message('ok')).encodeHttpResponse()",
  ],
  prepare(args) {
    const callback = args[0] as (event: Event) => unknown;
    return () => new ObservingStage('message-start', callback);
  },
};
