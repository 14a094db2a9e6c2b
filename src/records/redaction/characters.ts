const NAME_CHARACTER = /[\p{L}\p{N}_.\-$[\]%+*!~\\]/u;
/** The same for ASCII, by code. */
const IS_NAME_CHARACTER = Uint8Array.from({ length: 128 }, (_, code) =>
  Number(NAME_CHARACTER.test(String.fromCharCode(code))),
);

/** Whether the character at `at` may stand in a name without quotation marks. */
export function isNameCharacter(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code < 128 ? IS_NAME_CHARACTER[code] === 1 : NAME_CHARACTER.test(text[at]!);
}

/** Whether a blank of any kind stands at `at`. */
export function isBlank(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code < 128 ? code === 0x20 || (code >= 0x09 && code <= 0x0d) : /\s/.test(text[at]!);
}

/** Blank, tab, carriage return, line feed. */
export function isPlainBlank(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d;
}
