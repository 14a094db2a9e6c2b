import { gunzipSync } from 'node:zlib';
import { Data } from '../../core/data.ts';
import { Message } from '../../core/event.ts';
import type { ProgramFiles } from '../program-files.ts';
import { expects, type GlobalDeclaration } from './declaration.ts';

/** Files beyond this are not kept in memory. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;

const TEXT = '; charset=utf-8';
const TYPES: Readonly<Record<string, string>> = {
  html: `text/html${TEXT}`,
  css: `text/css${TEXT}`,
  xml: `text/xml${TEXT}`,
  txt: `text/plain${TEXT}`,
  md: `text/markdown${TEXT}`,
  js: `application/javascript${TEXT}`,
  mjs: `application/javascript${TEXT}`,
  json: 'application/json',
  svg: 'image/svg+xml',
  gif: 'image/gif',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  ico: 'image/x-icon',
  woff: 'font/woff',
  woff2: 'font/woff2',
  wasm: 'application/wasm',
  pdf: 'application/pdf',
};

/** Files as answers (spec api 9). */
export const http: GlobalDeclaration = {
  name: 'http',
  summary: 'Files of the program as HTTP answers, compressed where a `.gz` or `.br` lies beside them.',
  types: `declare namespace http {
  /** A file, and the .gz and .br beside it, in memory. A folder means its index.html. */
  class File {
    /** Throws where there is none; \`path\` is inside the folder of the program. */
    constructor(path: string);
    /** \`null\` where there is none. */
    static from(path: string): File | null;
    /** The answer for a client that sent this \`accept-encoding\`; status 406 where it accepts nothing that is there. */
    toMessage(acceptEncoding?: string | null): Message;
  }
}`,
  examples: [{ code: `http.File.from('no/such/file')`, gives: 'null' }],
  create: ({ files }) => Object.freeze({ File: fileClass(files) }),
};

interface Variants {
  readonly plain: Buffer | null;
  readonly gzip: Buffer | null;
  readonly br: Buffer | null;
}

function fileClass(files: ProgramFiles): unknown {
  return class File {
    readonly #type: string;
    readonly #variants: Variants;
    readonly #answers = new Map<string, Message>();

    constructor(path: unknown) {
      if (typeof path !== 'string') throw expects(1, 'a string');
      const found = findFile(files, path);
      if (found === null) throw new Error(`file not found: ${path}`);
      this.#variants = found.variants;
      const extension = /\.([^./]+)$/.exec(found.name)?.[1]?.toLowerCase() ?? '';
      this.#type = Object.hasOwn(TYPES, extension) ? TYPES[extension]! : 'application/octet-stream';
    }

    static from(path: unknown): File | null {
      if (typeof path !== 'string') throw expects(1, 'a string');
      return findFile(files, path) === null ? null : new File(path);
    }

    toMessage(acceptEncoding?: unknown): Message {
      const accepts = acceptance(typeof acceptEncoding === 'string' ? acceptEncoding : '');
      const { plain, gzip, br } = this.#variants;
      if (br !== null && accepts('br')) return this.#answer('br', br);
      if (gzip !== null && accepts('gzip')) return this.#answer('gzip', gzip);
      if (plain !== null) return this.#answer('', plain);
      // Only compressed, and the client does not want it so.
      if (gzip !== null) return this.#answer('', () => gunzipSync(gzip, { maxOutputLength: MAX_FILE_BYTES }));
      return new Message({ status: 406, headers: {} });
    }

    /** Made once for each coding. */
    #answer(coding: string, body: Buffer | (() => Buffer)): Message {
      let message = this.#answers.get(coding);
      if (message === undefined) {
        const bytes = typeof body === 'function' ? body() : body;
        const headers = {
          'content-type': this.#type,
          ...(coding === '' ? {} : { 'content-encoding': coding }),
        };
        message = new Message({ headers }, Data.of(bytes));
        this.#answers.set(coding, message);
      }
      return message;
    }
  };
}

/** The file, or a folder's index.html, with what lies beside it; null where there is nothing. */
function findFile(files: ProgramFiles, path: string): { name: string; variants: Variants } | null {
  const folder = path.replace(/\/+$/, '');
  for (const name of [path, `${folder}/index.html`]) {
    if (name.endsWith('/')) continue;
    const variants: Variants = {
      plain: read(files, name),
      gzip: read(files, `${name}.gz`),
      br: read(files, `${name}.br`),
    };
    if (variants.plain !== null || variants.gzip !== null || variants.br !== null) return { name, variants };
  }
  return null;
}

function read(files: ProgramFiles, path: string): Buffer | null {
  const bytes = files.readInside(path);
  if (bytes !== null && bytes.length > MAX_FILE_BYTES)
    throw new RangeError(`${path} is larger than ${MAX_FILE_BYTES} bytes`);
  return bytes;
}

/** Whether a coding is accepted: named, or covered by a star, and not with `q=0` (RFC 9110 section 12.5.3). */
function acceptance(header: string): (coding: string) => boolean {
  const qualities = new Map<string, number>();
  for (const part of header.toLowerCase().split(',')) {
    const [name = '', ...parameters] = part.split(';').map((one) => one.trim());
    const quality = parameters.map((one) => /^q=([\d.]+)$/.exec(one)?.[1]).find((one) => one !== undefined);
    if (name !== '') qualities.set(name, quality === undefined ? 1 : Number(quality));
  }
  return (coding) => (qualities.get(coding) ?? qualities.get('*') ?? 0) > 0;
}
