import { readFileSync } from 'node:fs';
import { SinkNotReady } from '../sink.ts';
import type { ElasticsearchOptions } from './options.ts';

type CredentialOptions = Pick<
  ElasticsearchOptions,
  | 'elasticsearchApiKey'
  | 'elasticsearchApiKeyFile'
  | 'elasticsearchUsername'
  | 'elasticsearchPassword'
  | 'elasticsearchPasswordFile'
>;

/** Who we are to the server: an API key, or a user with a password, from a variable or a file; or nobody. */
export class Credentials {
  readonly #options: CredentialOptions;
  #authorization: string | null;

  /** Throws SinkNotReady where a file cannot be read or a password is missing. */
  constructor(options: CredentialOptions) {
    this.#options = options;
    this.#authorization = read(options);
  }

  /** The value of the `authorization` header; null for none. */
  get authorization(): string | null {
    return this.#authorization;
  }

  /** The server refused them: reads the files again. True where they hold something else by now. */
  reload(): boolean {
    let now: string | null;
    try {
      now = read(this.#options);
    } catch {
      // A file that is being replaced; what we have is as good.
      return false;
    }
    const hasChanged = now !== this.#authorization;
    this.#authorization = now;
    return hasChanged;
  }

  /** What to do about an answer 401. */
  get advice(): string {
    const { elasticsearchApiKey, elasticsearchApiKeyFile, elasticsearchUsername, elasticsearchPasswordFile } =
      this.#options;
    if (elasticsearchApiKeyFile !== null)
      return `the API key in ${elasticsearchApiKeyFile} is wrong, has expired or was invalidated; write a new one into that file`;
    if (elasticsearchApiKey !== null)
      return 'the API key of TAPLINE_ELASTICSEARCH_API_KEY is wrong, has expired or was invalidated; make a new one (tapline setup elasticsearch --dry-run prints the request)';
    if (elasticsearchUsername !== null)
      return `the user ${elasticsearchUsername} or the password ${
        elasticsearchPasswordFile === null
          ? 'of TAPLINE_ELASTICSEARCH_PASSWORD'
          : `in ${elasticsearchPasswordFile}`
      } is wrong`;
    return 'it wants credentials; give TAPLINE_ELASTICSEARCH_API_KEY, --elasticsearch-api-key-file, or --elasticsearch-username and TAPLINE_ELASTICSEARCH_PASSWORD';
  }
}

function read(options: CredentialOptions): string | null {
  const key =
    options.elasticsearchApiKeyFile === null
      ? options.elasticsearchApiKey
      : readSecret('elasticsearch-api-key-file', options.elasticsearchApiKeyFile);
  // A server shows `encoded`, and id and key apart: both are taken.
  if (key !== null) return `ApiKey ${key.includes(':') ? Buffer.from(key).toString('base64') : key}`;
  const user = options.elasticsearchUsername;
  if (user === null) return null;
  const password =
    options.elasticsearchPasswordFile === null
      ? options.elasticsearchPassword
      : readSecret('elasticsearch-password-file', options.elasticsearchPasswordFile);
  if (password === null)
    throw new SinkNotReady(
      `--elasticsearch-username=${user} has no password; give TAPLINE_ELASTICSEARCH_PASSWORD or --elasticsearch-password-file`,
      { isPermanent: true },
    );
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

function readSecret(option: string, file: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new SinkNotReady(`--${option}: cannot read ${file}: ${(error as NodeJS.ErrnoException).code}`, {
      isPermanent: true,
    });
  }
  if (text === '' || /[\r\n]/.test(text))
    throw new SinkNotReady(`--${option}: ${file} should hold one line with the secret`, {
      isPermanent: true,
    });
  return text;
}
