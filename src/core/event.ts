import { Data } from './data.ts';

/** The reasons a stream can end for (spec events-and-data 1.3; `Timeout` and `Refused` are ours). */
export type EndError =
  | ''
  | 'UnknownError'
  | 'RuntimeError'
  | 'ReadError'
  | 'CannotResolve'
  | 'ConnectionRefused'
  | 'Unauthorized'
  | 'BufferOverflow'
  | 'Timeout'
  | 'Refused';

/** The codes that the original gave its end reasons; 8 and up are ours. */
export const END_ERRORS: readonly EndError[] = [
  '',
  'UnknownError',
  'RuntimeError',
  'ReadError',
  'CannotResolve',
  'ConnectionRefused',
  'Unauthorized',
  'BufferOverflow',
  'Timeout',
  'Refused',
];

/** The beginning of a message. `head` is shared by all who see the message: changing it is how scripts rewrite. */
export class MessageStart {
  readonly kind = 'message-start';
  readonly #head: object | null;
  constructor(head?: object | null) {
    if (head !== undefined && head !== null && typeof head !== 'object')
      throw new TypeError('argument #1 expects an object');
    this.#head = head ?? null;
  }
  get head(): object | null {
    return this.#head;
  }
}

/** The end of a message. */
export class MessageEnd {
  readonly kind = 'message-end';
}

/** The end of a stream, with the reason if it is not a normal one. Nothing follows it. */
export class SessionEnd {
  readonly kind = 'session-end';
  readonly #error: EndError;
  readonly #message: string;
  /** Set where the gateway refused a request: what it answers and why. */
  readonly refusal: Refusal | null;
  constructor(error: EndError = '', message: string = '', refusal: Refusal | null = null) {
    if (!END_ERRORS.includes(error))
      throw new TypeError(`argument #1 expects one of ${END_ERRORS.filter(Boolean).join(', ')}`);
    this.#error = error;
    this.#message = message;
    this.refusal = refusal;
  }
  get error(): EndError {
    return this.#error;
  }
  get message(): string {
    return this.#message;
  }
}

/** A request that the gateway does not forward (design: "one parse, inline, same bytes"). */
export interface Refusal {
  /** HTTP status of our answer: 400, 408, 413, 431, 501, 505. */
  readonly status: number;
  /** A stable word for records and tests, such as `content-length-with-transfer-encoding`. */
  readonly code: string;
  /** One sentence for the client and the operator. */
  readonly message: string;
  /** The bytes of the request that were held back and never forwarded. */
  readonly held: Data;
}

export type Event = Data | MessageStart | MessageEnd | SessionEnd;

/** A head and a body; not an event, it expands to MessageStart, Data, MessageEnd (spec events-and-data 5). */
export class Message {
  readonly #head: object | null = null;
  readonly #body: Data | null = null;
  constructor(first?: object | string | null, second?: Data | string | null) {
    if (first instanceof Data || typeof first === 'string') {
      if (second !== undefined && second !== null) throw new TypeError('argument #1 expects an object');
      this.#body = typeof first === 'string' ? new Data(first) : first;
      return;
    }
    if (first !== undefined && first !== null && typeof first !== 'object')
      throw new TypeError('argument #1 expects an object');
    this.#head = first ?? null;
    if (second === undefined || second === null) return;
    if (typeof second === 'string') this.#body = new Data(second);
    else if (second instanceof Data) this.#body = second;
    else throw new TypeError('argument #2 expects a string or a Data object');
  }
  get head(): object | null {
    return this.#head;
  }
  get body(): Data | null {
    return this.#body;
  }
}

export function isEvent(value: unknown): value is Event {
  return (
    value instanceof Data ||
    value instanceof MessageStart ||
    value instanceof MessageEnd ||
    value instanceof SessionEnd
  );
}
