import { editHead, type FieldEdit } from '../codecs/http1/edit-head.ts';
import { RequestHead } from '../codecs/http1/head.ts';
import type { InjectedFields } from '../codecs/http1/injected-fields.ts';
import { DEFAULT_HTTP1_LIMITS } from '../codecs/http1/limits.ts';
import { formatForwarded, forwardedNode, parseForwarded } from '../codecs/forwarded/forwarded-field.ts';
import { TrustedProxies } from '../codecs/forwarded/trusted-proxies.ts';
import {
  formatTraceparent,
  isZero,
  parseTraceparent,
  RANDOM_TRACE_ID,
  SAMPLED,
} from '../codecs/trace-context/traceparent.ts';
import { Data } from '../core/data.ts';
import type { Event } from '../core/event.ts';
import type { FilterDeclaration, FilterSite } from '../core/filter.ts';
import { Stage } from '../core/pipeline.ts';
import { byteSize } from '../core/quantity.ts';
import { RandomPool } from '../core/random-pool.ts';
import { RecordIds } from '../records/record-id.ts';

/** How each field is spelled where it is added. */
const SPELLING = {
  traceparent: 'traceparent',
  'x-request-id': 'X-Request-Id',
  forwarded: 'Forwarded',
  'x-forwarded-for': 'X-Forwarded-For',
} as const;

/** Room for what is added to a list: an address, a host name of DNS with its port, quotes. */
const ADDED_BYTES = 384;

type FieldName = keyof typeof SPELLING;

/** A request id that somebody before us made: short, visible ASCII. */
const SANE_REQUEST_ID = /^[!-~]{1,128}$/;

interface Options {
  readonly fields: readonly FieldName[];
  readonly trusted: TrustedProxies;
  readonly proto: string;
  readonly maxLineBytes: number;
  readonly isSampled: boolean;
}

/** Adds to the heads of requests in place; all else passes as it came (docs/specs/additions.md). */
export const injectRequestHeaders: FilterDeclaration = {
  name: 'injectRequestHeaders',
  origin: 'tapline',
  summary:
    'Adds traceparent, X-Request-Id, Forwarded or X-Forwarded-For to the heads of an inspected stream; everything else stays byte for byte.',
  parameters: [
    {
      name: 'options',
      type: 'object',
      meaning: 'what to add',
      options: [
        {
          name: 'fields',
          type: 'array',
          defaultValue: '[]',
          meaning:
            'any of traceparent, x-request-id, forwarded, x-forwarded-for; with none the filter is left out',
        },
        {
          name: 'trustedProxies',
          type: 'array',
          defaultValue: '[]',
          meaning:
            'blocks of addresses whose Forwarded and X-Forwarded-For are extended; others are replaced',
        },
        {
          name: 'proto',
          type: 'string',
          defaultValue: 'http',
          meaning: 'what clients speak, for Forwarded: http or https',
        },
        {
          name: 'sampled',
          type: 'boolean',
          defaultValue: 'true',
          meaning: 'the flag of traces that begin here',
        },
        {
          name: 'maxLineBytes',
          type: 'number|string',
          defaultValue: '8k',
          meaning: 'a longer list of proxies loses its oldest entries',
        },
      ],
    },
  ],
  examples: [
    "pipy().listen(8000).inspectHttpRequest().injectRequestHeaders({ fields: ['x-request-id'] }).connect('127.0.0.1:8080').inspectHttpResponse()",
  ],
  prepare(args, site) {
    const options = readOptions((args[0] ?? {}) as Record<string, unknown>, site);
    if (options.fields.length === 0) return null;
    const injection = new Injection(options, site);
    return () => new InjectRequestHeaders(injection);
  },
};

/** The bytes of a head follow its MessageStart in one Data; between the two the new ones wait. */
class InjectRequestHeaders extends Stage {
  readonly #injection: Injection;
  #head: Buffer | null = null;
  #hasEnded = false;

  constructor(injection: Injection) {
    super();
    this.#injection = injection;
  }

  receive(event: Event): void {
    if (this.#hasEnded) return;
    if (event.kind === 'message-start') {
      const { head } = event;
      const isWhole = head instanceof RequestHead && head.raw !== null;
      this.#head = isWhole
        ? this.#injection.apply(head, this.session.context.inbound?.remoteAddress ?? '')
        : null;
    } else if (event.kind === 'data' && event.part === 'head' && this.#head !== null) {
      const head = this.#head;
      this.#head = null;
      this.emit(Data.of(head, 'head'));
      return;
    } else if (event.kind === 'session-end') this.#hasEnded = true;
    this.emit(event);
  }
}

/** What one request gets, while it is worked out. */
class Additions {
  readonly edits = new Map<string, { spelling: string; edit: FieldEdit }>();
  readonly added: Record<string, string> = {};
  readonly removed = new Set<string>();

  set(name: FieldName, value: string, added: string): void {
    this.edits.set(name, { spelling: SPELLING[name], edit: { kind: 'set', value } });
    this.added[name] = added;
  }

  leave(name: string, kind: 'keep' | 'remove'): void {
    this.edits.set(name, { spelling: name, edit: { kind } });
  }
}

class Injection {
  readonly #options: Options;
  readonly #site: FilterSite;
  readonly #random: RandomPool;
  readonly #ids: RecordIds;
  #lastElement: { readonly peer: string; readonly host: string | undefined; readonly text: string } = {
    peer: '',
    host: undefined,
    text: '',
  };

  constructor(options: Options, site: FilterSite) {
    this.#options = options;
    this.#site = site;
    this.#random = new RandomPool(site.ports.randomBytes);
    this.#ids = new RecordIds(site.ports.randomBytes);
  }

  /** The bytes to send instead of the head's own; the head is told what they have more. */
  apply(head: RequestHead, peer: string): Buffer {
    const { fields } = this.#options;
    const additions = new Additions();
    let trace: InjectedFields['trace'] = null;
    let requestId: { id: string; isOurs: boolean } | null = null;
    for (const field of fields)
      if (field === 'traceparent') trace = this.#trace(head, additions);
      else if (field === 'x-request-id') requestId = this.#requestId(head, additions);
      else if (field === 'forwarded') this.#forwarded(head, peer, additions);
      else this.#forwardedFor(head, peer, additions);
    const { bytes, dropped } = editHead(head, additions.edits);
    head.injected = {
      added: additions.added,
      removed: [...new Set([...additions.removed, ...dropped])],
      trace,
      requestId: requestId?.id ?? null,
      recordId: requestId?.isOurs ? requestId.id : null,
    };
    return bytes;
  }

  #trace(head: RequestHead, additions: Additions): InjectedFields['trace'] {
    const given = head.header('traceparent');
    const parent = given === undefined ? null : parseTraceparent(given);
    if (given !== undefined && parent === null) additions.removed.add('traceparent');
    const traceId = parent?.traceId ?? this.#newId(16);
    const spanId = this.#newId(8);
    const flags = parent?.flags ?? RANDOM_TRACE_ID | (this.#options.isSampled ? SAMPLED : 0);
    const value = formatTraceparent({ traceId, spanId, flags });
    additions.set('traceparent', value, value);
    // It belongs to the trace that the client named; in another one it means nothing.
    additions.leave('tracestate', parent === null ? 'remove' : 'keep');
    return { traceId, spanId, parentId: parent?.spanId ?? null };
  }

  #requestId(head: RequestHead, additions: Additions): { id: string; isOurs: boolean } {
    const given = head.header('x-request-id');
    if (given !== undefined && SANE_REQUEST_ID.test(given)) {
      additions.leave('x-request-id', 'keep');
      return { id: given, isOurs: false };
    }
    if (given !== undefined) additions.removed.add('x-request-id');
    const id = this.#ids.next(this.#site.ports.clock.wallMs());
    additions.set('x-request-id', id, id);
    return { id, isOurs: true };
  }

  #forwardedFor(head: RequestHead, peer: string, additions: Additions): void {
    const node = peer === '' ? 'unknown' : peer;
    const before = this.#chain(head, 'x-forwarded-for', peer, additions, (value) => value.split(','));
    additions.set('x-forwarded-for', [...before, node].join(', '), node);
  }

  #forwarded(head: RequestHead, peer: string, additions: Additions): void {
    const element = this.#element(peer, head.header('host'));
    // A quote that never ends would swallow what we add.
    const before = this.#chain(
      head,
      'forwarded',
      peer,
      additions,
      (value) => parseForwarded(value)?.map(({ text }) => text) ?? null,
    );
    additions.set('forwarded', [...before, element].join(', '), element);
  }

  /** Requests that follow each other mostly have the same. */
  #element(peer: string, host: string | undefined): string {
    const last = this.#lastElement;
    if (last.text !== '' && last.peer === peer && last.host === host) return last.text;
    const { proto } = this.#options;
    const text = formatForwarded({ for: forwardedNode(peer), host: forwardedHost(host), proto });
    this.#lastElement = { peer, host, text };
    return text;
  }

  /** What proxies before us have told: the youngest entries that fit into a line. Nothing, where the peer is not trusted. */
  #chain(
    head: RequestHead,
    name: 'forwarded' | 'x-forwarded-for',
    peer: string,
    additions: Additions,
    split: (value: string) => readonly string[] | null,
  ): string[] {
    const given = head.header(name);
    if (given === undefined) return [];
    const entries = this.#options.trusted.has(peer) ? split(given) : null;
    if (entries === null) {
      additions.removed.add(name);
      return [];
    }
    const kept: string[] = [];
    let left = this.#options.maxLineBytes - name.length - 2 - ADDED_BYTES;
    for (let index = entries.length - 1; index >= 0; index--) {
      const entry = entries[index]!.trim();
      if (entry === '') continue;
      left -= entry.length + 2;
      if (left < 0) {
        additions.removed.add(name);
        break;
      }
      kept.push(entry);
    }
    return kept.reverse();
  }

  #newId(bytes: number): string {
    for (;;) {
      const id = this.#random.hex(bytes);
      if (!isZero(id)) return id;
    }
  }
}

/** Longer than any name of DNS with its port is no host that helps anybody. */
function forwardedHost(host: string | undefined): string | null {
  return host === undefined || host === '' || host.length > 262 ? null : host;
}

function readOptions(given: Record<string, unknown>, site: FilterSite): Options {
  const list = (name: string): string[] => {
    const value = given[name] ?? [];
    return Array.isArray(value) ? value.map(String) : site.reject(`option ${name} expects an array`);
  };
  const fields = [...new Set(list('fields').map((name) => name.toLowerCase()))];
  for (const field of fields)
    if (!Object.hasOwn(SPELLING, field))
      site.reject(`option fields expects ${Object.keys(SPELLING).join(', ')}, got ${JSON.stringify(field)}`);
  let trusted: TrustedProxies;
  try {
    trusted = new TrustedProxies(list('trustedProxies'));
  } catch (error) {
    return site.reject(`option trustedProxies: ${(error as Error).message}`);
  }
  const proto = given['proto'] ?? 'http';
  if (proto !== 'http' && proto !== 'https') site.reject('option proto expects http or https');
  return {
    fields: fields as FieldName[],
    trusted,
    proto,
    isSampled: given['sampled'] === undefined || Boolean(given['sampled']),
    maxLineBytes:
      byteSize(given['maxLineBytes'] ?? DEFAULT_HTTP1_LIMITS.maxLineBytes) ??
      site.reject("option maxLineBytes expects bytes or a size such as '8k'"),
  };
}
