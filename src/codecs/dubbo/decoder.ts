import { DEFAULT_MESSAGE_BYTES } from '../../core/message-collector.ts';
import { type DubboHead, FLAG_EVENT, FLAG_REQUEST, FLAG_TWO_WAY, HEAD_BYTES, MAGIC } from './head.ts';

/** Who is told what a decoder finds. */
export interface DubboSink {
  onHead(head: DubboHead): void;
  /** Part of a body; never empty. */
  onBody(view: Buffer): void;
  onEnd(): void;
  /** The bytes are no Dubbo; nothing follows. */
  onError(message: string): void;
}

/** Bytes to Dubbo frames, however they are cut. States: `head` → `body` → `head` …, or → `failed`. */
export class DubboDecoder {
  readonly #sink: DubboSink;
  readonly #maxBodyBytes: number;
  #state: 'head' | 'body' | 'failed' = 'head';
  readonly #head = Buffer.alloc(HEAD_BYTES);
  #headBytes = 0;
  #bodyLeft = 0;

  constructor(sink: DubboSink, maxBodyBytes: number = DEFAULT_MESSAGE_BYTES) {
    this.#sink = sink;
    this.#maxBodyBytes = maxBodyBytes;
  }

  push(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length && this.#state !== 'failed') {
      if (this.#state === 'head') at += this.#takeHead(bytes.subarray(at));
      else {
        const view = bytes.subarray(at, at + this.#bodyLeft);
        at += view.length;
        this.#bodyLeft -= view.length;
        this.#sink.onBody(view);
        this.#endBody();
      }
    }
  }

  #takeHead(bytes: Buffer): number {
    const taken = bytes.copy(this.#head, this.#headBytes, 0, HEAD_BYTES - this.#headBytes);
    this.#headBytes += taken;
    // Said at the first byte that is wrong, whatever the cutting.
    const isMagic = this.#head[0] === MAGIC >> 8 && (this.#headBytes < 2 || this.#head[1] === (MAGIC & 0xff));
    if (!isMagic) this.#fail('no Dubbo: a frame does not begin with DA BB');
    else if (this.#headBytes === HEAD_BYTES) this.#begin();
    return taken;
  }

  #begin(): void {
    const head = this.#head;
    this.#headBytes = 0;
    const length = head.readUInt32BE(12);
    if (length > this.#maxBodyBytes) {
      this.#fail(`a Dubbo body of ${length} bytes is larger than ${this.#maxBodyBytes}`);
      return;
    }
    const flags = head[2]!;
    this.#bodyLeft = length;
    this.#state = 'body';
    this.#sink.onHead({
      id: head.readBigInt64BE(4).toString(),
      status: head.readInt8(3),
      isRequest: (flags & FLAG_REQUEST) !== 0,
      isTwoWay: (flags & FLAG_TWO_WAY) !== 0,
      isEvent: (flags & FLAG_EVENT) !== 0,
    });
    this.#endBody();
  }

  #endBody(): void {
    if (this.#bodyLeft > 0 || this.#state !== 'body') return;
    this.#state = 'head';
    this.#sink.onEnd();
  }

  #fail(message: string): void {
    this.#state = 'failed';
    this.#sink.onError(message);
  }
}
