import { redactMalformedHead } from '../redaction/redact-malformed-head.ts';
import { redactText } from '../redaction/redact-text.ts';
import type { SecretNames } from '../redaction/secret-names.ts';
import { shownText } from './shown-text.ts';

/** Bytes of a refused head that a record shows. */
const MAX_RAW_HEAD_BYTES = 8192;

/** What a record shows of a refused head. */
export interface RefusedHead {
  readonly head: string;
  readonly bytes: number;
  readonly truncated?: true;
}

/** Redacts the texts of a record and counts what it covered. One serves all records of a recorder: set `count` to 0 before each. */
export class CountingRedactor {
  readonly names: SecretNames;
  count = 0;

  constructor(names: SecretNames) {
    this.names = names;
  }

  text(text: string): string {
    const redacted = redactText(text, this.names);
    this.count += redacted.count;
    return redacted.text;
  }

  /** Bytes that stand where a head should be, up to the first blank line. */
  rawHead(bytes: Buffer): RefusedHead {
    const end = /\r?\n\r?\n/.exec(bytes.toString('latin1'))?.index ?? bytes.length;
    const redacted = redactMalformedHead(shownText(bytes.toString('latin1', 0, end)), this.names);
    this.count += redacted.count;
    return {
      head: redacted.text.slice(0, MAX_RAW_HEAD_BYTES).toWellFormed(),
      bytes: bytes.length,
      ...(redacted.text.length > MAX_RAW_HEAD_BYTES ? { truncated: true } : {}),
    };
  }
}
