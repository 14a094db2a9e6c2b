/** Why bytes are refused: the status to answer, a stable word, and a sentence for people. */
export class Http1Error {
  readonly status: 400 | 414 | 431 | 501 | 505;
  readonly code: string;
  readonly message: string;
  constructor(status: Http1Error['status'], code: string, message: string) {
    this.status = status;
    this.code = code;
    this.message = message;
  }
}
