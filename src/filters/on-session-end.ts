import type { Event } from '../core/event.ts';
import type { FilterDeclaration } from '../core/filter.ts';
import { ObservingStage } from '../core/observing-stage.ts';

/** Observes every SessionEnd (spec filters, on*). */
export const onSessionEnd: FilterDeclaration = {
  name: 'onSessionEnd',
  origin: 'spec',
  summary: 'Calls a function with every SessionEnd, then passes it on.',
  parameters: [
    {
      name: 'callback',
      type: 'function',
      signature: '(end: SessionEnd) => any',
      meaning: 'gets the event; its result is ignored',
    },
  ],
  examples: [
    "pipy().listen(8000).onSessionEnd(end => console.log(__inbound.remoteAddress, end.error || 'closed')).connect('127.0.0.1:80')",
  ],
  prepare(args) {
    const callback = args[0] as (event: Event) => unknown;
    return () => new ObservingStage('session-end', callback);
  },
};
