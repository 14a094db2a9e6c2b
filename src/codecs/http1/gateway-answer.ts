import { refusalResponse } from './encode.ts';
import { reasonPhrase } from './reason-phrases.ts';

/** A response that the gateway makes itself, with the reason for the record. Closes the connection. */
export class GatewayAnswer {
  readonly protocol = 'HTTP/1.1';
  readonly status: number;
  readonly statusText: string;
  readonly rawHeaders: string[];
  readonly raw: Buffer;
  readonly body: Buffer;
  /** A stable word for the record's `error.type`. */
  readonly code: string;
  readonly message: string;

  constructor(status: number, code: string, message: string, isHead: boolean) {
    this.status = status;
    this.statusText = reasonPhrase(status);
    this.code = code;
    this.message = message;
    const bytes = refusalResponse(status, message, isHead);
    const bodyAt = bytes.indexOf('\r\n\r\n') + 4;
    this.raw = bytes.subarray(0, bodyAt);
    this.body = bytes.subarray(bodyAt);
    this.rawHeaders = this.raw
      .toString('latin1')
      .split('\r\n')
      .slice(1, -2)
      .flatMap((line) => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon), line.slice(colon + 1).trim()];
      });
  }
}
