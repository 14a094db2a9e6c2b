import type { RequestHead } from '../codecs/http1/head.ts';
import type { Data } from '../core/data.ts';
import type { Event, SessionEnd } from '../core/event.ts';
import type { FilterDeclaration } from '../core/filter.ts';
import { FAILED, Stage } from '../core/pipeline.ts';
import { ExchangeList, type OpenExchange } from '../records/exchange-list.ts';

/** Copies requests into the records of their exchanges. */
export const captureRequest: FilterDeclaration = {
  name: 'captureRequest',
  origin: 'tapline',
  summary:
    'Captures the requests of an inspected stream into the open exchanges of its connection; passes everything on.',
  parameters: [
    {
      name: 'exchanges',
      type: 'function',
      meaning:
        'returns the exchange list of the connection (`audit.exchanges()`), shared with `captureResponse`',
    },
  ],
  examples: ["pipy({ _exchanges: null }).pipeline('request').captureRequest(() => _exchanges)"],
  prepare(args) {
    const source = args[0] as () => unknown;
    return () => new CaptureRequest(source);
  },
};

class CaptureRequest extends Stage {
  readonly #source: () => unknown;
  #list: ExchangeList | null = null;
  #current: OpenExchange | null = null;
  /** Bytes since the last request that belong to none yet: blank lines before the next. */
  #bytesBetween = 0;
  #hasEnded = false;

  constructor(source: () => unknown) {
    super();
    this.#source = source;
  }

  receive(event: Event): void {
    if (this.#hasEnded) return;
    if (this.#list === null && !this.#find()) return;
    switch (event.kind) {
      case 'message-start':
        this.#current = this.#list!.begin();
        this.#current.exchange.requestBytes(this.#bytesBetween);
        this.#bytesBetween = 0;
        this.#current.exchange.requestHead(event.head as RequestHead);
        break;
      case 'data':
        this.#data(event);
        break;
      case 'message-end':
        if (this.#current !== null) {
          this.#current.exchange.requestEnd();
          this.#current.isRequestDone = true;
          this.#list!.settle();
        }
        break;
      case 'session-end':
        this.#end(event);
    }
    this.emit(event);
  }

  #data(data: Data): void {
    const current = this.#current;
    const isInside = current !== null && (!current.isRequestDone || data.part === 'tunnel');
    if (!isInside || current.exchange.isFinished) {
      this.#bytesBetween += data.size;
      return;
    }
    current.exchange.requestBytes(data.size);
    if (data.part === 'body') for (const view of data.views) current.exchange.requestBody(view);
  }

  #find(): boolean {
    const list = this.session.call(this, this.#source);
    if (list === FAILED) return false;
    if (!(list instanceof ExchangeList)) {
      this.session.abort(
        this,
        new TypeError('captureRequest expects a function that returns audit.exchanges()'),
      );
      return false;
    }
    this.#list = list;
    return true;
  }

  #end(event: SessionEnd): void {
    this.#hasEnded = true;
    const { refusal } = event;
    if (event.error !== '' && event.error !== 'Refused')
      this.#list!.clientFailure = {
        type: event.error === 'ReadError' ? 'client-closed' : event.error,
        message: event.message === '' ? 'The client broke the connection.' : event.message,
      };
    if (refusal !== null) {
      const isInsideRequest = this.#current !== null && !this.#current.isRequestDone;
      const open = isInsideRequest ? this.#current! : this.#list!.begin();
      open.exchange.requestBytes(refusal.held.size + this.#bytesBetween);
      this.#bytesBetween = 0;
      open.exchange.refuse({
        status: refusal.status,
        code: refusal.code,
        message: refusal.message,
        rawHead: isInsideRequest ? Buffer.alloc(0) : refusal.held.bytes(),
      });
      open.isRequestDone = true;
      this.#list!.settle();
    } else if (this.#current !== null && !this.#current.isRequestDone) {
      const message =
        event.message === '' ? 'The client ended the connection inside its request.' : event.message;
      this.#current.exchange.fail({ type: 'client-closed', message });
      this.#current.isRequestDone = true;
      this.#list!.settle();
    }
    if (this.#bytesBetween > 0) this.#recordRest();
  }

  /** Bytes that no request followed: a record of their own, so that the sums agree. */
  #recordRest(): void {
    const open = this.#list!.begin();
    open.exchange.requestBytes(this.#bytesBetween);
    this.#bytesBetween = 0;
    open.isRequestDone = true;
    open.isResponseDone = true;
    this.#list!.settle();
  }
}
