import type { Context } from '../core/context.ts';
import type { Data } from '../core/data.ts';
import { END_ERRORS, type Event } from '../core/event.ts';
import type { FilterDeclaration } from '../core/filter.ts';
import { localTime } from '../core/local-time.ts';
import { FAILED, Stage } from '../core/pipeline.ts';
import type { Ports } from '../core/ports.ts';

type Tag = string | number | (() => unknown) | null;

/** Prints what passes (spec filters, dump). */
export const dump: FilterDeclaration = {
  name: 'dump',
  origin: 'spec',
  summary: 'Prints every event, bytes in hexadecimal, and passes it on.',
  parameters: [
    {
      name: 'tag',
      type: 'any',
      isOptional: true,
      signature: 'string | number | (() => any)',
      meaning: 'a word that is printed with each event, or a function that returns it',
    },
  ],
  examples: ["pipy().listen(8000).dump('>').connect('127.0.0.1:80').dump('<')"],
  prepare: (args, site) => () => new Dump((args[0] ?? null) as Tag, site.ports),
};

const RULE = '-'.repeat(68);
const LINE_BYTES = 16;
const NAMES: Record<Event['kind'], string> = {
  data: 'Data',
  'message-start': 'MessageStart',
  'message-end': 'MessageEnd',
  'session-end': 'SessionEnd',
};

/** Numbers contexts in the order in which they are first printed. */
const contextIds = new WeakMap<Context, number>();
let lastContextId = 0;

class Dump extends Stage {
  readonly #tag: Tag;
  readonly #ports: Ports;

  constructor(tag: Tag, ports: Ports) {
    super();
    this.#tag = tag;
    this.#ports = ports;
  }

  receive(event: Event): void {
    let tag: unknown = this.#tag;
    if (typeof tag === 'function') {
      tag = this.session.call(this, tag as () => unknown);
      if (tag === FAILED) return;
    }
    const { clock, output } = this.#ports;
    const shownTag = this.#tag ? ` [${String(tag)}]` : '';
    output.write(
      `${localTime(clock.wallMs())} [dump] [context=${idOf(this.session.context)}]${shownTag} ${describe(event)}`,
    );
    this.emit(event);
  }
}

function idOf(context: Context): number {
  let id = contextIds.get(context);
  if (id === undefined) contextIds.set(context, (id = ++lastContextId));
  return id;
}

function describe(event: Event): string {
  const name = NAMES[event.kind];
  if (event.kind === 'session-end')
    return `${name} [${END_ERRORS.indexOf(event.error)}] ${event.message || event.error}`.trimEnd();
  if (event.kind !== 'data') return name;
  if (event.size === 0) return `${name} [size=0]`;
  return [`${name} [size=${event.size}]`, RULE, ...hexLines(event), RULE].join('\n');
}

/** `41 42 ... | AB..`: upper-case hexadecimal, control characters as `?`, a short last line padded. */
function hexLines(data: Data): string[] {
  const bytes = data.bytes();
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += LINE_BYTES) {
    const line = bytes.subarray(at, at + LINE_BYTES);
    const missing = LINE_BYTES - line.length;
    const hex = [...line].map((byte) => byte.toString(16).toUpperCase().padStart(2, '0'));
    const text = [...line].map((byte) => (byte < 0x20 || byte >= 0x7f ? '?' : String.fromCharCode(byte)));
    lines.push(`${hex.join(' ')}${' - '.repeat(missing)} | ${text.join('')}${'.'.repeat(missing)}`);
  }
  return lines;
}
