import type { Event } from '../core/event.ts';
import type { FilterDeclaration } from '../core/filter.ts';
import { ObservingStage } from '../core/observing-stage.ts';

/** Observes every MessageEnd (spec filters, on*). */
export const onMessageEnd: FilterDeclaration = {
  name: 'onMessageEnd',
  origin: 'spec',
  summary: 'Calls a function with every MessageEnd, then passes it on.',
  parameters: [
    {
      name: 'callback',
      type: 'function',
      signature: '(end: MessageEnd) => any',
      meaning: 'gets the event; its result is ignored',
    },
  ],
  examples: [
    "pipy({ _count: 0 }).listen(8000).decodeHttpRequest().onMessageEnd(() => _count++).replaceMessage(() => new Message('request ' + _count)).encodeHttpResponse()",
  ],
  prepare(args) {
    const callback = args[0] as (event: Event) => unknown;
    return () => new ObservingStage('message-end', callback);
  },
};
