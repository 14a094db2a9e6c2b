import { Data } from '../../core/data.ts';
import { Message, MessageEnd, MessageStart, SessionEnd } from '../../core/event.ts';
import type { GlobalDeclaration } from './declaration.ts';

/** Bytes (spec events-and-data 3). */
export const data: GlobalDeclaration = {
  name: 'Data',
  summary: 'A string of bytes: what comes from sockets, and the bodies of messages.',
  types: `/** A string of bytes. */
declare class Data {
  /** Bytes of a text, \`size\` zero bytes, a copy of another Data, or nothing. */
  constructor(source?: number | string | Data | null, encoding?: Encoding);
  /** Number of bytes. */
  readonly size: number;
  /** Appends a copy of the bytes; returns this Data. */
  push(more: Data | string): this;
  /** Removes up to \`count\` bytes from the front and returns them. */
  shift(count: number): Data;
  /** The bytes as text; what is no UTF-8 becomes U+FFFD. */
  toString(encoding?: Encoding): string;
}
type Encoding = 'utf8' | 'hex' | 'base64' | 'base64url';`,
  examples: [
    { code: `new Data('héllo').size`, gives: '6' },
    { code: `new Data('aGk=', 'base64').toString()`, gives: '"hi"' },
    { code: `new Data('hello').shift(2).toString('hex')`, gives: '"6865"' },
  ],
  create: () => Data,
};

/** A whole message (spec events-and-data 5). */
export const message: GlobalDeclaration = {
  name: 'Message',
  summary: 'A head and a body; where events are expected it stands for MessageStart, Data, MessageEnd.',
  types: `/** A head and a body. */
declare class Message {
  constructor(body?: Data | string | null);
  constructor(head: object | null | undefined, body?: Data | string | null);
  readonly head: any;
  readonly body: Data | null;
}`,
  examples: [
    { code: `new Message({ status: 404 }, 'no').head.status`, gives: '404' },
    { code: `new Message('text').body.size`, gives: '4' },
  ],
  create: () => Message,
};

/** The beginning of a message. */
export const messageStart: GlobalDeclaration = {
  name: 'MessageStart',
  summary: 'The event that begins a message and carries its head.',
  types: `/** Begins a message. The head is shared by all who see the message: changing it is how scripts rewrite requests. */
declare class MessageStart {
  constructor(head?: object | null);
  readonly head: any;
}`,
  examples: [{ code: `new MessageStart({ path: '/' }).head.path`, gives: '"/"' }],
  create: () => MessageStart,
};

/** The end of a message. */
export const messageEnd: GlobalDeclaration = {
  name: 'MessageEnd',
  summary: 'The event that ends a message.',
  types: `/** Ends a message. */
declare class MessageEnd {
  constructor();
}`,
  examples: [{ code: `new MessageEnd instanceof MessageEnd`, gives: 'true' }],
  create: () => MessageEnd,
};

/** The end of a stream. */
export const sessionEnd: GlobalDeclaration = {
  name: 'SessionEnd',
  summary: 'The event that ends a session, with the reason if it is not a normal end.',
  types: `/** Ends a session. */
declare class SessionEnd {
  constructor(error?: EndError);
  /** \`''\` for a normal end. */
  readonly error: EndError;
  /** The reason in words. */
  readonly message: string;
}
type EndError = '' | 'UnknownError' | 'RuntimeError' | 'ReadError' | 'CannotResolve' | 'ConnectionRefused' | 'Unauthorized'
  | 'BufferOverflow' | 'Timeout' | 'Refused';`,
  examples: [{ code: `new SessionEnd('Timeout').error`, gives: '"Timeout"' }],
  create: () => SessionEnd,
};
