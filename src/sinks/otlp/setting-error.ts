/** A variable of the environment that cannot be used: its name, what is wrong, what to do; never its value, which may be a secret. */
export class OtlpSettingError extends Error {
  readonly variable: string;

  constructor(variable: string, message: string) {
    super(`${variable}: ${message}`);
    this.name = 'OtlpSettingError';
    this.variable = variable;
  }
}
