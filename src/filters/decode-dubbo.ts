import { DubboDecoder, type DubboSink } from '../codecs/dubbo/decoder.ts';
import type { DubboHead } from '../codecs/dubbo/head.ts';
import { Data } from '../core/data.ts';
import { type Event, MessageEnd, MessageStart, SessionEnd } from '../core/event.ts';
import type { FilterDeclaration } from '../core/filter.ts';
import { Stage } from '../core/pipeline.ts';

/** Bytes to Dubbo messages (spec filters, decodeDubbo). */
export const decodeDubbo: FilterDeclaration = {
  name: 'decodeDubbo',
  origin: 'spec',
  summary: 'Decodes bytes to Dubbo messages; bodies stream through as they come.',
  parameters: [],
  examples: [
    "pipy().listen(20880).decodeDubbo().onMessageStart(start => console.log(start.head.id)).demux('call').encodeDubbo()\n.pipeline('call').replaceMessage(m => new Message({ ...m.head, isRequest: false, status: 20 }, Hessian.encode([1])))",
  ],
  prepare: () => () => new DecodeDubbo(),
};

class DecodeDubbo extends Stage implements DubboSink {
  readonly #decoder = new DubboDecoder(this);
  #hasEnded = false;

  receive(event: Event): void {
    if (this.#hasEnded) return;
    if (event.kind === 'data') for (const view of event.views) this.#decoder.push(view);
    else if (event.kind === 'session-end') {
      this.#hasEnded = true;
      this.emit(event);
    }
  }

  onHead(head: DubboHead): void {
    this.emit(new MessageStart(head));
  }

  onBody(view: Buffer): void {
    this.emit(Data.of(view));
  }

  onEnd(): void {
    this.emit(new MessageEnd());
  }

  onError(message: string): void {
    this.#hasEnded = true;
    this.emit(new SessionEnd('ReadError', message));
  }
}
