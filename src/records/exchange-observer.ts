import type { CaptureEffect } from './capture-rules/capture-rule.ts';
import type { Exchange } from './exchange.ts';

/** Hears of every exchange when it begins and when it is over; what is counted of the traffic comes from it. */
export interface ExchangeObserver {
  begun(exchange: Exchange): void;
  /** All of it is known now. Called for each exchange, so it must be cheap, and it must not throw. `isRecorded`: it has a record of its own. */
  finished(exchange: Exchange, isRecorded: boolean): void;
  /** A capture rule left out something of an exchange. */
  leftOut(rule: string, effect: Exclude<CaptureEffect, 'full'>): void;
}
