import { connection } from './connection.ts';

/** An answer that was no success, or none at all (`status` 0: the gateway cannot be reached). */
export class RequestError extends Error {
  readonly status: number;
  /** The JSON of the answer, where it was JSON: `error`, and where it is: `line`, `column`, `file`. */
  readonly detail: Readonly<Record<string, unknown>>;

  constructor(message: string, status: number, detail: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = 'RequestError';
    this.status = status;
    this.detail = detail;
  }
}

export interface RequestOptions {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

/** How long the gateway may take for the head of its answer. */
const TIMEOUT_MS = 30_000;

/** Asks the gateway. Throws RequestError; where `signal` aborts, its reason. */
export async function request(target: string, options: RequestOptions = {}): Promise<Response> {
  const { signal, ...rest } = options;
  const late = AbortSignal.timeout(TIMEOUT_MS);
  let response: Response;
  try {
    response = await fetch(target, {
      ...rest,
      signal: signal === undefined ? late : AbortSignal.any([signal, late]),
    });
  } catch (error) {
    signal?.throwIfAborted();
    connection.lost();
    throw new RequestError('The gateway cannot be reached.', 0, { cause: String(error) });
  }
  if (response.ok) {
    connection.found();
    return response;
  }
  const error = await toError(response);
  // It answers before it can tell anything; what is asked is asked again as soon as it can.
  if (response.status === 503 && error.detail['state'] === 'starting') connection.lost();
  else connection.found();
  if (response.status === 401) connection.refused();
  throw error;
}

/** The same, its answer read as JSON. */
export async function requestJson<T>(target: string, options: RequestOptions = {}): Promise<T> {
  return (await (await request(target, options)).json()) as T;
}

async function toError(response: Response): Promise<RequestError> {
  const text = await response.text().catch(() => '');
  try {
    const detail = JSON.parse(text) as Record<string, unknown>;
    const told = detail['error'];
    return new RequestError(
      typeof told === 'string' ? told : `status ${response.status}`,
      response.status,
      detail,
    );
  } catch {
    return new RequestError(text.trim().slice(0, 500) || `status ${response.status}`, response.status);
  }
}
