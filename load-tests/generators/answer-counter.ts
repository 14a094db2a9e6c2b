type State =
  | { readonly at: 'head' }
  | { readonly at: 'body'; left: number }
  | { readonly at: 'chunk-size' }
  | { readonly at: 'chunk'; left: number }
  | { readonly at: 'trailer' };

const HEAD_END = Buffer.from('\r\n\r\n');
const LINE_END = Buffer.from('\r\n');
const NOTHING = Buffer.alloc(0);

/** Counts the answers on one connection, whose bytes come in any pieces. Knows lengths and chunks; an answer to the end of the connection it does not. */
export class AnswerCounter {
  #state: State = { at: 'head' };
  #rest: Buffer = NOTHING;
  #isFailure = false;
  /** Complete since the start, those with a status from 400 too. */
  answers = 0;
  /** Of them with a status from 400. */
  failures = 0;
  /** Bytes of bodies, without the lines of chunks. */
  bodyBytes = 0;

  /** Takes bytes. Throws SyntaxError for what is no answer. */
  feed(bytes: Buffer): void {
    let rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    for (;;) {
      const taken = this.#step(rest);
      if (taken === 0) break;
      rest = rest.subarray(taken);
    }
    this.#rest = rest;
  }

  /** How many of the bytes are understood now; 0 where more must come. */
  #step(bytes: Buffer): number {
    const state = this.#state;
    switch (state.at) {
      case 'head': {
        const end = bytes.indexOf(HEAD_END);
        if (end === -1) return 0;
        this.#head(bytes.toString('latin1', 0, end + 2));
        return end + HEAD_END.length;
      }
      case 'body':
      case 'chunk': {
        const taken = Math.min(state.left, bytes.length);
        state.left -= taken;
        this.bodyBytes += taken;
        if (state.left > 0) return taken;
        if (state.at === 'body') this.#complete();
        else if (bytes.length >= taken + LINE_END.length) {
          this.#state = { at: 'chunk-size' };
          return taken + LINE_END.length;
        }
        return taken;
      }
      case 'chunk-size': {
        const end = bytes.indexOf(LINE_END);
        if (end === -1) return 0;
        const left = Number.parseInt(bytes.toString('latin1', 0, end), 16);
        if (Number.isNaN(left)) throw new SyntaxError('not the size of a chunk');
        this.#state = left === 0 ? { at: 'trailer' } : { at: 'chunk', left };
        return end + LINE_END.length;
      }
      case 'trailer': {
        const end = bytes.indexOf(LINE_END);
        if (end === -1) return 0;
        if (end === 0) this.#complete();
        return end + LINE_END.length;
      }
    }
  }

  #head(head: string): void {
    const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1]);
    if (Number.isNaN(status)) throw new SyntaxError('not the head of an answer');
    if (status < 200) return;
    this.#isFailure = status >= 400;
    if (/\r\ntransfer-encoding: *chunked/i.test(head)) this.#state = { at: 'chunk-size' };
    else {
      const left = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
      if (left === 0) this.#complete();
      else this.#state = { at: 'body', left };
    }
  }

  #complete(): void {
    this.answers++;
    if (this.#isFailure) this.failures++;
    this.#state = { at: 'head' };
  }
}
