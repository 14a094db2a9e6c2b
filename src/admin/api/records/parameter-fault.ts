/** A parameter of a request that cannot be read; the message names it. */
export class ParameterFault extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ParameterFault';
  }
}
