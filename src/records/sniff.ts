import { isAscii, isUtf8 } from 'node:buffer';

/** Control characters that no text has. */
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const NOT_TEXT = /[\0-\x07\x0b\x0e-\x1a\x1c-\x1f]/;

/**
 * The text of a body or its beginning; null where it is binary. A character that the cut has halved is left out.
 * @param declared Content-Type; its charset is looked at only where the bytes are no UTF-8
 */
export function decodeText(bytes: Buffer, declared: string | undefined, isCut: boolean): string | null {
  const text = decodeUtf8(bytes, isCut) ?? decodeCharset(bytes, declared);
  return text === null || NOT_TEXT.test(text) ? null : text;
}

function decodeUtf8(bytes: Buffer, isCut: boolean): string | null {
  // Most text is ASCII, and strings of one byte a character are half as long and quicker to put together.
  if (isAscii(bytes)) return bytes.toString('latin1');
  // No byte order mark: that is what a decoder is needed for.
  if (bytes[0] !== 0xef && isUtf8(bytes)) return bytes.toString('utf8');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: isCut });
  } catch {
    return null;
  }
}

function decodeCharset(bytes: Buffer, declared: string | undefined): string | null {
  const charset = /;\s*charset\s*=\s*"?([\w.:-]+)/i.exec(declared ?? '')?.[1];
  if (charset === undefined) return null;
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return null;
  }
}

const SIGNATURES: readonly [string, string, number][] = [
  ['89504e470d0a1a0a', 'image/png', 0],
  ['ffd8ff', 'image/jpeg', 0],
  ['47494638', 'image/gif', 0],
  ['25504446', 'application/pdf', 0],
  ['504b0304', 'application/zip', 0],
  ['1f8b', 'application/gzip', 0],
  ['28b52ffd', 'application/zstd', 0],
  ['0061736d', 'application/wasm', 0],
  ['57454250', 'image/webp', 8],
  ['66747970', 'video/mp4', 4],
  ['4f676753', 'audio/ogg', 0],
  ['774f4632', 'font/woff2', 0],
  ['424d', 'image/bmp', 0],
];

/** The media type that the content shows (ECS `mime_type`); the declared one only tells kinds of text apart. */
export function sniffMimeType(
  bytes: Buffer,
  text: string | null,
  declared: string | undefined,
): string | null {
  if (bytes.length === 0) return null;
  const type = declared === undefined ? '' : mediaType(declared);
  if (text === null) {
    const hex = bytes.toString('hex', 0, 16);
    const found = SIGNATURES.find(([signature, , offset]) => hex.startsWith(signature, offset * 2));
    if (found !== undefined) return found[1];
    return /^[\w.+-]+\/[\w.+-]+$/.test(type) && !isTextual(type) ? type : 'application/octet-stream';
  }
  const trimmed = text.trimStart();
  const first = trimmed[0];
  if (first === '{' || first === '[')
    return type.endsWith('+json') || type.endsWith('ndjson') ? type : 'application/json';
  const start = trimmed.slice(0, 256);
  if (/^<(!doctype html|html|head|body)/i.test(start)) return 'text/html';
  if (/^<[?!\w]/.test(start)) return type.endsWith('xml') || type === 'text/html' ? type : 'application/xml';
  if (/^--[^\r\n]+\r?\ncontent-disposition:/i.test(start)) return 'multipart/form-data';
  if (/^(?:data|event|id|retry|):/.test(start) && type === 'text/event-stream') return type;
  if (/^[^\s=&]+=[^\s]*$/.test(start)) return 'application/x-www-form-urlencoded';
  return isTextual(type) && !/json|xml|html|form|multipart|event-stream/.test(type) ? type : 'text/plain';
}

/** Without parameters, in lower case. */
function mediaType(declared: string): string {
  const end = declared.indexOf(';');
  return (end < 0 ? declared : declared.slice(0, end)).trim().toLowerCase();
}

function isTextual(type: string): boolean {
  return /^text\/|json$|xml$|yaml$|javascript$|urlencoded$|graphql$/.test(type);
}
