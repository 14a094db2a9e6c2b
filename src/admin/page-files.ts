import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import * as path from 'node:path';
import { type AdminAnswer, text } from './endpoint.ts';

/** Where `bin/build-page.ts` puts the page; the same from the source and from the bundle. */
const FOLDER = path.join(import.meta.dirname, '../../dist/page');

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/**
 * The page's own files: plain ones beside the program, each also compressed. They are listed whenever the document is asked for, as it may have been built anew, and what is not in the list is not
 * there: no path of a request ever names a file.
 */
export class PageFiles {
  readonly #folder: string;
  #files: ReadonlySet<string>;

  constructor(folder = FOLDER) {
    this.#folder = folder;
    this.#files = new Set(list(folder));
  }

  /** Whether the page has been built. */
  get isBuilt(): boolean {
    return this.#files.has('index.html');
  }

  /** The file of a path; null where there is none. `/` is `index.html`. */
  async answer(
    target: string,
    acceptEncoding: string | undefined,
    etag: string | undefined,
  ): Promise<AdminAnswer | null> {
    const name = target === '/' || target === '/index.html' ? 'index.html' : target.slice(1);
    if (name === 'index.html') return this.#document();
    if (!this.#files.has(name) || name.endsWith('.gz')) return null;
    const isCompressed =
      this.#files.has(`${name}.gz`) && /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/.test(acceptEncoding ?? '');
    // The name has the digest of the content.
    const ownTag = `"${path.basename(name)}${isCompressed ? '.gz' : ''}"`;
    const headers = {
      'Content-Type': TYPES[path.extname(name)] ?? 'application/octet-stream',
      'Cache-Control': 'public, max-age=31536000, immutable',
      ETag: ownTag,
      Vary: 'Accept-Encoding',
      ...(isCompressed ? { 'Content-Encoding': 'gzip' } : {}),
    };
    if (etag === ownTag) return { status: 304, headers, body: '' };
    const file = path.join(this.#folder, isCompressed ? `${name}.gz` : name);
    return { status: 200, headers, body: await readFile(file) };
  }

  /** The document, each time with another nonce: the editor's styles are allowed by it, and no other inline style or script. */
  async #document(): Promise<AdminAnswer> {
    this.#files = new Set(list(this.#folder));
    if (!this.isBuilt)
      return text(
        503,
        'The page is not built: run npm run build:page in the folder of the gateway, and start it again. The API under /api is there.\n',
      );
    const document = await readFile(path.join(this.#folder, 'index.html'), 'utf8');
    const nonce = randomBytes(18).toString('base64');
    return {
      status: 200,
      headers: {
        'Content-Type': TYPES['.html']!,
        'Content-Security-Policy': [
          "default-src 'none'",
          "script-src 'self'",
          `style-src 'self' 'nonce-${nonce}'`,
          "img-src 'self' data: blob:",
          "connect-src 'self'",
          "font-src 'self'",
          "base-uri 'none'",
          "form-action 'none'",
          "frame-ancestors 'none'",
          "require-trusted-types-for 'script'",
          "trusted-types 'none'",
        ].join('; '),
      },
      body: document.replace('{{nonce}}', nonce),
    };
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) =>
        path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'),
      );
  } catch {
    return [];
  }
}
