import { HttpConversation, type PendingRequest } from '../codecs/http1/conversation.ts';
import { encodeResponseHead, type HeadLike, refusalResponse } from '../codecs/http1/encode.ts';
import type { Framing } from '../codecs/http1/head.ts';
import { EncodeStage, type HeadSource } from '../codecs/http1/encode-stage.ts';
import type { EncodingPlan } from '../codecs/http1/message-encoder.ts';
import { Data } from '../core/data.ts';
import { MessageEnd, MessageStart, SessionEnd } from '../core/event.ts';
import type { FilterDeclaration } from '../core/filter.ts';

const CONTINUE = Buffer.from('HTTP/1.1 100 Continue\r\n\r\n');

/** HTTP/1 responses to bytes (spec filters, encodeHttpResponse). */
export const encodeHttpResponse: FilterDeclaration = {
  name: 'encodeHttpResponse',
  origin: 'spec',
  summary: 'Encodes messages to HTTP/1 responses, framed for the request that each answers.',
  parameters: [
    {
      name: 'head',
      type: 'object|function',
      isOptional: true,
      meaning:
        'a response head that replaces that of every message, or a function that returns one, called when the message is whole',
    },
  ],
  examples: [
    "pipy().listen(8000).decodeHttpRequest().replaceMessage(new Message({ status: 404 }, 'no')).encodeHttpResponse()",
  ],
  prepare(args) {
    const head = (args[0] ?? null) as HeadSource;
    return () => new EncodeHttpResponse(head);
  },
};

class EncodeHttpResponse extends EncodeStage {
  #conversation!: HttpConversation;
  #isKeepingAlive = true;
  #isInterim = false;

  override begin(): void {
    const conversation = this.session.stream.slot(HttpConversation.slot, () => new HttpConversation());
    conversation.hasEncoder = true;
    conversation.onRefusal = () => this.#answerRefusals();
    conversation.onOver = () => this.#endWhenAnswered();
    conversation.onExpect = () => this.#continue();
    this.#conversation = conversation;
  }

  protected override end(event: SessionEnd): void {
    // An answer that was cut must not look whole.
    const isCut = this.encoder.isInside && event.error === '';
    this.emit(isCut ? new SessionEnd('ReadError', 'the session ended inside an answer') : event);
  }

  protected override afterMessage(): void {
    if (this.#isInterim) return;
    this.#conversation.pending.shift();
    if (this.#isKeepingAlive) {
      this.#answerRefusals();
      this.#conversation.noteIdle();
      this.#endWhenAnswered();
    } else {
      this.hasEnded = true;
      this.emit(new SessionEnd());
    }
  }

  protected override plan(head: HeadLike | null): EncodingPlan {
    const request = this.#conversation.pending[0] ?? null;
    const status = Number(head?.status) || 200;
    const isOld = request?.head?.protocol === 'HTTP/1.0';
    this.#isInterim = status < 200;
    // Who drains the connection wants the client to know that it is the last answer.
    this.#isKeepingAlive = (request?.head?.isKeepAlive ?? true) && this.#conversation.onIdle === null;
    const hasNoBody = status < 200 || status === 204;
    const sendsBody = !hasNoBody && status !== 304 && request?.method !== 'HEAD';
    if (isOld && sendsBody) return this.#oldPlan(head);
    return {
      sendsBody,
      streaming: sendsBody ? { kind: 'chunked' } : null,
      // Of a body that is neither sent nor there, nobody knows the length.
      framingOf: (size) =>
        hasNoBody || (!sendsBody && size === 0) ? { kind: 'none' } : { kind: 'length', length: size },
      encodeHead: (framing) => this.#encodeHead(head, framing),
    };
  }

  /** A client of HTTP/1.0 knows no chunks: a body of unknown length ends with the connection. */
  #oldPlan(head: HeadLike | null): EncodingPlan {
    return {
      sendsBody: true,
      streaming: { kind: 'close' },
      framingOf: (size) => ({ kind: 'length', length: size }),
      encodeHead: (framing) => {
        if (framing.kind === 'close') this.#isKeepingAlive = false;
        return this.#encodeHead(head, framing);
      },
    };
  }

  #encodeHead(head: HeadLike | null, framing: Framing): Buffer {
    return encodeResponseHead(head, framing, this.#isInterim ? null : this.#isKeepingAlive);
  }

  #endWhenAnswered(): void {
    const { isOver, pending } = this.#conversation;
    if (this.hasEnded || !isOver || pending.length > 0 || this.encoder.isInside) return;
    this.hasEnded = true;
    this.emit(new SessionEnd());
  }

  /** The body of the request that is to be answered next is wanted. */
  #continue(): void {
    if (this.hasEnded || this.encoder.isInside || this.#conversation.pending.length !== 1) return;
    if (this.#conversation.pending[0]!.refusal === null) this.emit(Data.of(CONTINUE, 'interim'));
  }

  /** A refused request is answered when all before it are; nothing follows it. */
  #answerRefusals(): void {
    const first: PendingRequest | undefined = this.#conversation.pending[0];
    if (this.hasEnded || this.encoder.isInside || first?.refusal == null) return;
    this.hasEnded = true;
    const { status, message } = first.refusal;
    this.emit(new MessageStart({ protocol: 'HTTP/1.1', status, headers: {} }));
    this.emit(Data.of(refusalResponse(status, message, first.method === 'HEAD')));
    this.emit(new MessageEnd());
    this.emit(new SessionEnd());
  }
}
