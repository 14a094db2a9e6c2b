import type { EcsDocument } from './ecs-document.ts';

/** What records are found by, apart from words: a few values of the document, handed over beside it so that nobody has to parse it. */
export interface RecordFacts {
  /** exchange, refusal, tunnel, broken, gap or summary. */
  readonly kind: string;
  readonly method: string | null;
  /** That the client asked for. */
  readonly host: string | null;
  readonly path: string | null;
  readonly status: number | null;
  readonly durationNs: number | null;
  /** Of the answer's body. */
  readonly mimeType: string | null;
  readonly outcome: string | null;
  readonly errorType: string | null;
  /** Address of the client. */
  readonly client: string | null;
  readonly trace: string | null;
  readonly connection: number | null;
}

/** The order of the values in the encoded form; new ones go to the end, and are missing in what was written before. */
export const FACT_NAMES = [
  'kind',
  'method',
  'host',
  'path',
  'status',
  'durationNs',
  'mimeType',
  'outcome',
  'errorType',
  'client',
  'trace',
  'connection',
] as const satisfies readonly (keyof RecordFacts)[];

/** A JSON array of the values, in the order of FACT_NAMES. */
export function encodeFacts(facts: RecordFacts): Buffer {
  const { kind, method, host, path, status, durationNs } = facts;
  const { mimeType, outcome, errorType, client, trace, connection } = facts;
  return Buffer.from(
    JSON.stringify([
      kind,
      method,
      host,
      path,
      status,
      durationNs,
      mimeType,
      outcome,
      errorType,
      client,
      trace,
      connection,
    ]),
  );
}

/** The facts of a document. */
export function factsOf(document: EcsDocument): RecordFacts {
  const { event, http, url, tapline } = document;
  return {
    kind: tapline?.kind ?? 'exchange',
    method: http?.request?.method ?? null,
    host: url?.domain ?? null,
    path: url?.path ?? null,
    status: http?.response?.status_code ?? null,
    durationNs: event.duration ?? null,
    mimeType: http?.response?.mime_type ?? null,
    outcome: event.outcome ?? null,
    errorType: document.error?.type ?? null,
    client: document.client?.address ?? null,
    trace: document.trace?.id ?? null,
    connection: tapline?.connection?.id ?? null,
  };
}

/** The same, encoded, from the bytes of a document, for a record that came without. Throws where they are no JSON. */
export function factsOfBytes(bytes: Buffer): Buffer {
  return encodeFacts(factsOf(JSON.parse(bytes.toString('utf8')) as EcsDocument));
}
