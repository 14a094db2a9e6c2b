import type { HeaderLine } from './header-lines.ts';

/** A part of a multipart body (RFC 7578). */
export interface MultipartPart {
  readonly headers: readonly HeaderLine[];
  readonly name: string | null;
  readonly fileName: string | null;
  readonly contentType: string | null;
  readonly content: string;
  /** Its end was not recorded. */
  readonly isCut: boolean;
}

const MAX_PARTS = 200;

/** The parts of a multipart body or its beginning; empty where it does not begin with a boundary. */
export function parseMultipart(text: string): readonly MultipartPart[] {
  const boundary = /^--[^\r\n]{1,200}(?=\r?\n)/.exec(text)?.[0].trimEnd();
  if (boundary === undefined) return [];
  const parts: MultipartPart[] = [];
  let at = boundary.length;
  while (parts.length < MAX_PARTS) {
    const start = afterLineEnd(text, at);
    if (start < 0) break;
    const found = nextBoundary(text, boundary, start);
    parts.push(readPart(text.slice(start, found?.contentEnd ?? text.length), found === null));
    if (found === null || text.startsWith('--', found.end)) break;
    at = found.end;
  }
  return parts;
}

/** The boundary behind `from` that begins a line; its line end belongs to it (RFC 2046 section 5.1.1). */
function nextBoundary(
  text: string,
  boundary: string,
  from: number,
): { readonly contentEnd: number; readonly end: number } | null {
  // An empty part begins with the boundary that ends it.
  if (text.startsWith(boundary, from)) return { contentEnd: from, end: from + boundary.length };
  const at = text.indexOf(`\n${boundary}`, from);
  if (at < 0) return null;
  return { contentEnd: text[at - 1] === '\r' ? at - 1 : at, end: at + 1 + boundary.length };
}

function afterLineEnd(text: string, from: number): number {
  const at = text.indexOf('\n', from);
  return at < 0 ? -1 : at + 1;
}

function readPart(text: string, isCut: boolean): MultipartPart {
  const isWithoutHead = /^\r?\n/.test(text);
  const end = isWithoutHead ? null : /\r?\n\r?\n/.exec(text);
  const contentAt = isWithoutHead
    ? text.indexOf('\n') + 1
    : end === null
      ? text.length
      : end.index + end[0].length;
  const head = isWithoutHead ? '' : text.slice(0, end?.index ?? text.length);
  const headers = head
    .split(/\r?\n/)
    .filter((line) => line.includes(':'))
    .map((line) => {
      const colon = line.indexOf(':');
      return { name: line.slice(0, colon).trim(), value: line.slice(colon + 1).trim() };
    });
  const valueOf = (name: string): string | null =>
    headers.find((header) => header.name.toLowerCase() === name)?.value ?? null;
  const disposition = valueOf('content-disposition') ?? '';
  return {
    headers,
    name: parameterOf(disposition, 'name'),
    fileName: parameterOf(disposition, 'filename'),
    contentType: valueOf('content-type'),
    content: text.slice(contentAt),
    isCut,
  };
}

function parameterOf(disposition: string, name: string): string | null {
  const found = new RegExp(`;\\s*${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s]*))`, 'i').exec(disposition);
  return found === null ? null : (found[1] ?? found[2] ?? '');
}
