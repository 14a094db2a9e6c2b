import type { Exchange } from './exchange.ts';
import type { RecordDocument } from './record-document.ts';

/** Hears of every exchange when it begins and when it is complete; what is counted of the traffic comes from it. */
export interface ExchangeObserver {
  begun(exchange: Exchange): void;
  /**
   * All of it is known now. Called for each, so it must be cheap, and it must not throw.
   * @param record what was made of it; null where nothing was to be recorded
   */
  finished(exchange: Exchange, record: RecordDocument | null): void;
}
