import { GatewayAnswer } from '../codecs/http1/gateway-answer.ts';
import type { ResponseHead } from '../codecs/http1/head.ts';
import { Data } from '../core/data.ts';
import { type Event, MessageEnd, MessageStart, type SessionEnd } from '../core/event.ts';
import type { FilterDeclaration } from '../core/filter.ts';
import { FAILED, Stage } from '../core/pipeline.ts';
import { ExchangeList, type OpenExchange } from '../records/exchange-list.ts';
import type { RecordDocument } from '../records/record-document.ts';

/** Completes exchanges with their answers and turns each into one message: its record. */
export const captureResponse: FilterDeclaration = {
  name: 'captureResponse',
  origin: 'tapline',
  summary:
    'Captures the responses of an inspected stream and emits one message per finished exchange: its record as JSON.',
  parameters: [
    {
      name: 'exchanges',
      type: 'function',
      meaning:
        'returns the exchange list of the connection (`audit.exchanges()`), shared with `captureRequest`',
    },
  ],
  examples: ["pipy({ _exchanges: null }).pipeline('response').captureResponse(() => _exchanges)"],
  prepare(args) {
    const source = args[0] as () => unknown;
    return () => new CaptureResponse(source);
  },
};

class CaptureResponse extends Stage {
  readonly #source: () => unknown;
  #list: ExchangeList | null = null;
  /** The exchange whose answer is coming in; a tunnel stays here until the connection ends. */
  #current: OpenExchange | null = null;
  #hasEnded = false;
  /** Passed on when the session is over: until then the other mirror may still find bytes that make a record. */
  #sessionEnd: SessionEnd | null = null;

  constructor(source: () => unknown) {
    super();
    this.#source = source;
  }

  receive(event: Event): void {
    if (this.#hasEnded) return;
    if (this.#list === null && !this.#find()) return;
    const list = this.#list!;
    switch (event.kind) {
      case 'message-start':
        this.#start(event.head as ResponseHead | GatewayAnswer);
        break;
      case 'data':
        this.#data(event);
        break;
      case 'message-end':
        if (this.#current !== null) {
          this.#current.exchange.responseEnd();
          this.#current.isResponseDone = true;
          this.#current = null;
          list.settle();
        }
        break;
      case 'session-end':
        this.#hasEnded = true;
        this.#end(event);
        this.#sessionEnd = event;
    }
  }

  override release(reason: SessionEnd): void {
    this.emit(this.#sessionEnd ?? reason);
  }

  #find(): boolean {
    const list = this.session.call(this, this.#source);
    if (list === FAILED) return false;
    if (!(list instanceof ExchangeList)) {
      this.session.abort(
        this,
        new TypeError('captureResponse expects a function that returns audit.exchanges()'),
      );
      return false;
    }
    list.onRecord = (record) => this.#emitRecord(record);
    list.onFailure = (error) => this.session.abort(this, error);
    this.#list = list;
    return true;
  }

  #start(head: ResponseHead | GatewayAnswer): void {
    this.#current = this.#list!.answering;
    const exchange = this.#current?.exchange;
    if (exchange === undefined) return;
    exchange.responseHead(head);
    if (head instanceof GatewayAnswer) {
      exchange.answeredByGateway(head.status);
      exchange.fail({ type: head.code, message: head.message });
    } else if (head.status === 101) exchange.tunnel();
  }

  #data(data: Data): void {
    if (data.size === 0) return;
    const exchange = (this.#current ?? this.#list!.answering)?.exchange;
    if (exchange === undefined) return;
    exchange.responseBytes(data.size);
    if (data.part === 'body') for (const view of data.views) exchange.responseBody(view);
    else if (data.part === 'interim') exchange.interim(interimStatus(data));
  }

  #end(event: SessionEnd): void {
    const current = this.#current;
    if (current !== null && event.error === '' && current.exchange.isTunnel) {
      // The end of both ways is the ordinary end of a tunnel.
      current.isRequestDone = true;
      current.isResponseDone = true;
    }
    const type = this.#endType(event);
    const message =
      event.message === '' ? 'The connection ended before the exchange was complete.' : event.message;
    this.#list!.end({ type, message });
  }

  /** `error.type` of exchanges that the end of the connection has cut. */
  #endType({ error, message }: SessionEnd): string {
    if (error === '') return message === '' ? 'client-closed' : 'upstream-closed';
    return error === 'ReadError' ? 'connection-broken' : error;
  }

  #emitRecord(record: RecordDocument): void {
    this.emit(new MessageStart(record));
    this.emit(Data.of(record.bytes));
    this.emit(new MessageEnd());
  }
}

function interimStatus(data: Data): number {
  return Number(data.views[0]!.toString('latin1', 9, 12));
}
