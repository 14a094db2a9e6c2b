/** An event of a `text/event-stream` (WHATWG HTML, server-sent events). */
export interface ServerSentEvent {
  readonly id: string | null;
  readonly type: string | null;
  readonly data: string;
  readonly retry: string | null;
  readonly comments: readonly string[];
  /** The blank line that ends it was not recorded: a browser would not have seen it yet. */
  readonly isCut: boolean;
}

/** Reads the events of a stream or its beginning, at most `maxEvents`. */
export function parseServerSentEvents(text: string, maxEvents = 1000): readonly ServerSentEvent[] {
  const events: ServerSentEvent[] = [];
  let block: string[] = [];
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/);
  // What follows the last line end is no line yet.
  const rest = lines.pop()!;
  for (const line of lines) {
    if (line !== '') block.push(line);
    else if (block.length > 0) {
      if (events.length === maxEvents) return events;
      events.push(readEvent(block, false));
      block = [];
    }
  }
  if (rest !== '') block.push(rest);
  if (block.length > 0 && events.length < maxEvents) events.push(readEvent(block, true));
  return events;
}

function readEvent(lines: readonly string[], isCut: boolean): ServerSentEvent {
  const data: string[] = [];
  const comments: string[] = [];
  let [id, type, retry]: (string | null)[] = [null, null, null];
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === '') comments.push(value);
    else if (name === 'data') data.push(value);
    else if (name === 'id') id = value;
    else if (name === 'event') type = value;
    else if (name === 'retry') retry = value;
  }
  return { id: id ?? null, type: type ?? null, data: data.join('\n'), retry: retry ?? null, comments, isCut };
}
