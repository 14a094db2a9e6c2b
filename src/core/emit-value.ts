import { Data } from './data.ts';
import { type Event, isEvent, Message, MessageEnd, MessageStart } from './event.ts';

/**
 * The events that a value of a script stands for (spec events-and-data 6): an event, a Message, text (as Data), an array of
 * these, or nothing. Throws TypeError at the first element that is none of them.
 */
export function eventsOf(value: unknown): Event[] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value))
    return value.flatMap((element) => {
      if (Array.isArray(element)) throw new TypeError('not an Event object: arrays do not nest');
      return eventsOf(element);
    });
  if (typeof value === 'string') return [new Data(value)];
  if (value instanceof Data) return [value.copy()];
  if (value instanceof Message)
    return value.body === null
      ? [new MessageStart(value.head), new MessageEnd()]
      : [new MessageStart(value.head), value.body.copy(), new MessageEnd()];
  if (isEvent(value)) return [value];
  throw new TypeError(`not an Event object: ${typeof value}`);
}
