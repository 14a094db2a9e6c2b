import type { Exchange } from './exchange.ts';

/** Hears of every exchange when it begins and when its record is made; what is counted of the traffic comes from it. */
export interface ExchangeObserver {
  begun(exchange: Exchange): void;
  /** All of it is known now. Called for each record, so it must be cheap, and it must not throw. */
  recorded(exchange: Exchange): void;
}
