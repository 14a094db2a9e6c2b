import { checkTrailers, lineEndError, parseFields, splitLines } from './fields.ts';
import type { Framing } from './head.ts';
import { Http1Error } from './http1-error.ts';
import { DEFAULT_HTTP1_LIMITS, type Http1Limits } from './limits.ts';

export { Http1Error } from './http1-error.ts';

/** Who is told what a parser finds. Views are of the input: every byte is handed on exactly once, in order. */
export interface MessageSink<Head> {
  onHead(head: Head): void;
  /** Payload, without its framing. */
  onBody(view: Buffer): void;
  /** Chunk-size lines, the CRLF after a chunk, the last chunk with its trailers, blank lines between requests. */
  onFraming(view: Buffer): void;
  onEnd(): void;
  /** The parser has stopped; `held` came in and was not handed on. */
  onError(error: Http1Error, held: Buffer[]): void;
}

export interface ParserOptions {
  readonly limits?: Http1Limits;
  /** Takes bare LF and what else a decoder that encodes anew may take. */
  readonly isLenient?: boolean;
  /** Reads framing as the original did, ambiguous as it may be (`--compat`). */
  readonly isLoose?: boolean;
}

const CR = 13;
const LF = 10;
const NOTHING = Buffer.alloc(0);
/** Chunk extensions longer than a line are no use to anyone. */
const CHUNK_SIZE = /^([0-9A-Fa-f]{1,15})([ \t]*;[^\0-\x08\x0a-\x1f\x7f]*)?$/; // oxlint-disable-line no-control-regex

/** Blank lines that are skipped before a request line (RFC 9112 section 2.2). */
const MAX_BLANK_LINES = 4;

type Place =
  'start' | 'length' | 'chunk-size' | 'chunk-data' | 'chunk-end' | 'trailers' | 'close' | 'tunnel' | 'failed';

/**
 * The streaming core of both parsers: heads, bodies and chunks over the bytes as they came. What is not yet known to be
 * sound is held, bounded by the limits, and searched once: `#scannedBytes` remembers how far.
 */
export abstract class MessageParser<Head> {
  protected readonly sink: MessageSink<Head>;
  protected readonly limits: Http1Limits;
  protected readonly isLenient: boolean;
  protected readonly isLoose: boolean;
  #place: Place = 'start';
  #held: Buffer = NOTHING;
  #scannedBytes = 0;
  #leftBytes = 0;
  #isPaused = false;
  #isRunning = false;
  #hasOpenMessage = false;
  #blankLines = 0;

  constructor(sink: MessageSink<Head>, options: ParserOptions = {}) {
    this.sink = sink;
    this.limits = options.limits ?? DEFAULT_HTTP1_LIMITS;
    this.isLenient = options.isLenient ?? false;
    this.isLoose = options.isLoose ?? false;
  }

  /** Between messages with nothing held; inside a head; inside a body; switched; stopped by an error. */
  get state(): 'idle' | 'head' | 'body' | 'tunnel' | 'failed' {
    if (this.#place === 'failed' || this.#place === 'tunnel') return this.#place;
    if (this.#place !== 'start') return 'body';
    return this.#held.length > 0 ? 'head' : 'idle';
  }

  /** After an error: whether it came inside a message whose head was sound. */
  get hasFailedInside(): boolean {
    return this.#hasOpenMessage;
  }

  get heldBytes(): number {
    return this.#held.length;
  }

  /** Takes what is held out of the parser. */
  takeHeld(): Buffer[] {
    const held = this.#held;
    this.#held = NOTHING;
    this.#scannedBytes = 0;
    return held.length > 0 ? [held] : [];
  }

  /** Parse no further message; may be called inside a callback. */
  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#run();
  }

  push(chunk: Buffer): void {
    if (chunk.length === 0) return;
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    this.#run();
  }

  /** Parses the text of a head; `raw` is all its bytes. */
  protected abstract parseHead(lines: string[], raw: Buffer): Head | Http1Error;
  /** Tells the sink of the head and says how its body is framed; null for a message that is none (an interim answer). */
  protected abstract begin(head: Head): Framing | 'tunnel' | null;
  /** Looks at an unfinished head, to refuse early. */
  protected checkStart(_held: Buffer): Http1Error | null {
    return null;
  }
  protected abstract tooLong(isFirstLine: boolean): Http1Error;
  protected abstract readonly skipsBlankLines: boolean;

  protected fail(error: Http1Error): void {
    if (this.#place === 'failed') return;
    this.#place = 'failed';
    this.sink.onError(error, this.takeHeld());
  }

  /** The peer is through: completes a body that the close delimits, otherwise an open message is an error. */
  protected finish(): void {
    if (this.#place === 'close') {
      this.#place = 'start';
      this.#endMessage();
    } else if (
      this.#place !== 'failed' &&
      this.#place !== 'tunnel' &&
      (this.#hasOpenMessage || this.#held.length > 0)
    )
      this.fail(new Http1Error(400, 'incomplete-message', 'The connection ended inside a message.'));
  }

  #run(): void {
    // A callback may push or resume: the loop that is running goes on with what it finds.
    if (this.#isRunning) return;
    this.#isRunning = true;
    while (this.#held.length > 0 && this.#step());
    this.#isRunning = false;
  }

  /** One step; false where more bytes are needed. */
  #step(): boolean {
    switch (this.#place) {
      case 'start':
        return !this.#isPaused && this.#head();
      case 'length':
      case 'chunk-data':
        return this.#payload();
      case 'close':
        this.sink.onBody(this.#take(this.#held.length));
        return false;
      case 'chunk-size':
        return this.#chunkSize();
      case 'chunk-end':
        return this.#chunkEnd();
      case 'trailers':
        return this.#trailers();
      default:
        return false;
    }
  }

  #take(count: number): Buffer {
    const held = this.#held;
    this.#drop(count);
    return count === held.length ? held : held.subarray(0, count);
  }

  #drop(count: number): void {
    const held = this.#held;
    this.#scannedBytes = 0;
    this.#held = count === held.length ? NOTHING : held.subarray(count);
  }

  #head(): boolean {
    if (this.skipsBlankLines && !this.#hasOpenMessage) {
      const blank = this.#blankLine();
      if (blank !== 0) {
        if (blank < 0) return false;
        if (++this.#blankLines > MAX_BLANK_LINES) {
          this.fail(new Http1Error(400, 'bad-request-line', 'Too many blank lines before a request.'));
          return false;
        }
        this.sink.onFraming(this.#take(blank));
        return this.#held.length > 0;
      }
    }
    const early = this.checkStart(this.#held);
    if (early !== null) {
      this.fail(early);
      return false;
    }
    const end = this.#sectionEnd();
    if (end < 0) return false;
    const text = this.#held.toString('latin1', 0, end);
    const lines = splitLines(
      text.slice(0, text.endsWith('\r\n\r\n') ? -4 : /\r?\n\r?\n$/.exec(text)!.index),
      this.isLenient,
    );
    // A sound line has no CR and no LF in it, so the ends of lines need a look only where something is wrong, or taken loosely.
    const wrongEnd = this.isLoose || this.isLenient ? lineEndError(lines, this.isLenient) : null;
    if (wrongEnd !== null) return this.#refuse(wrongEnd);
    const raw = this.#held.subarray(0, end);
    const head = this.parseHead(lines, raw);
    if (head instanceof Http1Error) return this.#refuse(lineEndError(lines, this.isLenient) ?? head);
    this.#drop(end);
    this.#blankLines = 0;
    const framing = this.begin(head);
    if (this.#place === 'failed') return false;
    if (framing === null) return true;
    if (framing === 'tunnel') {
      this.#place = 'tunnel';
      this.sink.onEnd();
      return false;
    }
    this.#hasOpenMessage = true;
    if (framing.kind === 'none' || (framing.kind === 'length' && framing.length === 0)) this.#endMessage();
    else if (framing.kind === 'length') {
      this.#place = 'length';
      this.#leftBytes = framing.length;
    } else this.#place = framing.kind === 'chunked' ? 'chunk-size' : 'close';
    return true;
  }

  /** Size of a blank line at the front; 0 for none, -1 where it cannot be told yet. */
  #blankLine(): number {
    const held = this.#held;
    if (held[0] === CR) return held.length < 2 ? -1 : held[1] === LF ? 2 : 0;
    return this.isLenient && held[0] === LF ? 1 : 0;
  }

  /** Where a head or trailer section ends; -1 where it is not whole, after checking the bounds. */
  #sectionEnd(): number {
    const held = this.#held;
    const { maxHeadBytes, maxLineBytes } = this.limits;
    let end = -1;
    if (this.isLenient) {
      for (
        let at = held.indexOf(LF, Math.max(0, this.#scannedBytes - 3));
        at >= 0;
        at = held.indexOf(LF, at + 1)
      ) {
        if (held[at + 1] === LF) end = at + 2;
        else if (held[at + 1] === CR && held[at + 2] === LF) end = at + 3;
        if (end > 0) break;
      }
    } else {
      const at = held.indexOf('\r\n\r\n', Math.max(0, this.#scannedBytes - 3), 'latin1');
      if (at >= 0) end = at + 4;
    }
    const firstLine = held.indexOf(LF);
    const length = end < 0 ? held.length : end;
    if (firstLine < 0 ? length > maxLineBytes + 2 : firstLine > maxLineBytes + 1) {
      this.fail(this.tooLong(true));
      return -1;
    }
    if (length > maxHeadBytes) {
      this.fail(new Http1Error(431, 'head-too-large', `The head is larger than ${maxHeadBytes} bytes.`));
      return -1;
    }
    if (end < 0) {
      const error = this.#lineSoFar(held);
      if (error !== null) {
        this.fail(error);
        return -1;
      }
      this.#scannedBytes = held.length;
    }
    return end;
  }

  /** A line that is already wrong is refused before the rest of the head comes, alike for every cutting. */
  #lineSoFar(held: Buffer): Http1Error | null {
    const from = Math.max(0, this.#scannedBytes - 1);
    if (!this.isLenient)
      for (let at = held.indexOf(LF, from); at >= 0; at = held.indexOf(LF, at + 1))
        if (at === 0 || held[at - 1] !== CR)
          return new Http1Error(400, 'bare-lf', 'A line ends in LF without CR.');
    const lastLine = held.lastIndexOf(LF) + 1;
    return held.length - lastLine > this.limits.maxLineBytes + 2 ? this.tooLong(lastLine === 0) : null;
  }

  #payload(): boolean {
    const view = this.#take(Math.min(this.#leftBytes, this.#held.length));
    this.#leftBytes -= view.length;
    const isDone = this.#leftBytes === 0;
    const place = this.#place;
    if (isDone && place === 'chunk-data') this.#place = 'chunk-end';
    this.sink.onBody(view);
    if (isDone && place === 'length' && this.#place === 'length') this.#endMessage();
    return true;
  }

  /** The end of the line at the front, LF included; -1 where it is not whole. */
  #line(): number {
    const at = this.#held.indexOf(LF, this.#scannedBytes);
    if (at < 0) {
      this.#scannedBytes = this.#held.length;
      if (this.#held.length > this.limits.maxLineBytes)
        this.fail(new Http1Error(400, 'bad-chunk-size', 'A chunk-size line is too long.'));
      return -1;
    }
    return at + 1;
  }

  #chunkSize(): boolean {
    const end = this.#line();
    if (end < 0) return false;
    const isWhole = end >= 2 && this.#held[end - 2] === CR;
    const parts = CHUNK_SIZE.exec(this.#held.toString('latin1', 0, end - (isWhole ? 2 : 1)));
    if (parts === null || (!isWhole && !this.isLenient) || end > this.limits.maxLineBytes)
      return this.#refuse(new Http1Error(400, 'bad-chunk-size', 'A chunk size is not a hexadecimal number.'));
    const size = Number.parseInt(parts[1]!, 16);
    if (size > Number.MAX_SAFE_INTEGER)
      return this.#refuse(new Http1Error(400, 'bad-chunk-size', 'A chunk size is too large.'));
    this.#leftBytes = size;
    this.#place = size === 0 ? 'trailers' : 'chunk-data';
    this.sink.onFraming(this.#take(end));
    return true;
  }

  #chunkEnd(): boolean {
    const held = this.#held;
    const size = held[0] === CR ? 2 : this.isLenient && held[0] === LF ? 1 : 0;
    if (size === 0 || (held.length >= 2 && size === 2 && held[1] !== LF))
      return this.#refuse(new Http1Error(400, 'bad-chunk-end', 'A chunk is not followed by CRLF.'));
    if (held.length < size) return false;
    this.#place = 'chunk-size';
    this.sink.onFraming(this.#take(size));
    return true;
  }

  #trailers(): boolean {
    const blank = this.#blankLine();
    if (blank < 0) return false;
    if (blank > 0) {
      this.sink.onFraming(this.#take(blank));
      this.#endMessage();
      return true;
    }
    const end = this.#sectionEnd();
    if (end < 0) return false;
    const text = this.#held.toString('latin1', 0, end);
    const lines = splitLines(text.slice(0, /\r?\n\r?\n$/.exec(text)!.index), this.isLenient);
    const wrongEnd = lineEndError(lines, this.isLenient);
    if (wrongEnd !== null) return this.#refuse(wrongEnd);
    const fields = parseFields(lines, this.limits);
    if (fields instanceof Http1Error) return this.#refuse(fields);
    const forbidden = this.isLenient ? null : checkTrailers(fields);
    if (forbidden !== null) return this.#refuse(forbidden);
    this.sink.onFraming(this.#take(end));
    this.#endMessage();
    return true;
  }

  #endMessage(): void {
    this.#place = 'start';
    this.#hasOpenMessage = false;
    this.sink.onEnd();
  }

  #refuse(error: Http1Error): false {
    this.fail(error);
    return false;
  }
}
