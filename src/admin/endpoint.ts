import type { IncomingHttpHeaders } from 'node:http';

/** A request as an endpoint sees it: who may ask, and how large it may be, is settled by then. */
export interface AdminRequest {
  readonly method: string;
  /** Of the target, percent-decoded, without the query. */
  readonly path: string;
  /** What stands in the braces of the endpoint's path, percent-decoded: `{id}` is one segment, `{path...}` the rest. */
  readonly pathValues: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** Address of who asks. */
  readonly client: string;
  /** Whole; empty where the endpoint's description takes none. */
  readonly body: Buffer;
  /** The client has gone away, or the server stops. */
  readonly signal: AbortSignal;
}

/** What an endpoint answers. */
export interface AdminAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A stream is pulled: its next piece is asked for when the client has taken the last one. It is ended (`return`) when the client goes away. */
  readonly body: string | Buffer | AsyncIterable<string | Buffer>;
}

/** JSON Schema (2020-12), as OpenAPI 3.1 writes it. */
export type Schema = Readonly<Record<string, unknown>>;

export interface ParameterDescription {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly description: string;
  readonly isRequired?: boolean;
  readonly schema: Schema;
}

export interface AnswerDescription {
  readonly description: string;
  /** Media type; left out for an answer without a body. */
  readonly contentType?: string;
  /** Of the body, or of each line of NDJSON, or of the data of each server-sent event. */
  readonly schema?: Schema;
  readonly headers?: Readonly<Record<string, string>>;
}

/** How much an endpoint gives away, and so who is answered. */
export type Exposure =
  /** Everybody who reaches the port (probes): nothing of a record, and nothing that changes anything. */
  | 'public'
  /** Who may open the page, before the token: the page's own files, and the way in. */
  | 'page'
  | 'private';

/** An endpoint in words: OpenAPI and the reference page are made of it, and tests hold the server to it. */
export interface EndpointDescription {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** `/api/records/{id}`; `{path...}` takes the rest of the path. Where two fit, the one without braces at that segment wins. */
  readonly path: string;
  /** Name of the operation in OpenAPI. */
  readonly name: string;
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly ParameterDescription[];
  /** Left out where a body is refused. */
  readonly body?: {
    readonly contentType: string;
    readonly description: string;
    /** More is answered 413. */
    readonly maxBytes: number;
    readonly schema?: Schema;
  };
  /** By status. */
  readonly answers: Readonly<Record<string, AnswerDescription>>;
  /** Who is answered; default `private`. */
  readonly exposure?: Exposure;
}

/** One operation of the admin port. */
export interface Endpoint {
  readonly description: EndpointDescription;
  /** May throw or reject: that is answered 500 and logged. */
  readonly answer: (request: AdminRequest) => AdminAnswer | Promise<AdminAnswer>;
}

export const JSON_TYPE = 'application/json; charset=utf-8';
export const TEXT_TYPE = 'text/plain; charset=utf-8';

/** An answer in JSON. */
export function json(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): AdminAnswer {
  return { status, headers: { 'Content-Type': JSON_TYPE, ...headers }, body: `${JSON.stringify(value)}\n` };
}

/** An answer in plain text. */
export function text(
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): AdminAnswer {
  return { status, headers: { 'Content-Type': TEXT_TYPE, ...headers }, body };
}

/** An error in JSON: `error` says what is wrong and what to do; `more` says where. */
export function problem(
  status: number,
  error: string,
  more: Readonly<Record<string, unknown>> = {},
  headers: Readonly<Record<string, string>> = {},
): AdminAnswer {
  return json(status, { error, ...more }, headers);
}

/** The schema of what `problem` answers. */
export const PROBLEM: Schema = {
  type: 'object',
  required: ['error'],
  properties: { error: { type: 'string', description: 'What is wrong, and what to do.' } },
};
