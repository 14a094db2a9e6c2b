import type { EcsBodyMarks, EcsDocument } from './ecs-document.ts';
import { readDocument } from './read-document.ts';
import { marksText } from './record-marks.ts';

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
  /** What happened to it on its way here: names of MARKS, in their order, with blanks between them. */
  readonly marks: string | null;
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
  'marks',
] as const satisfies readonly (keyof RecordFacts)[];

/** A JSON array of the values, in the order of FACT_NAMES. */
export function encodeFacts(facts: RecordFacts): Buffer {
  const { kind, method, host, path, status, durationNs } = facts;
  const { mimeType, outcome, errorType, client, trace, connection, marks } = facts;
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
      marks,
    ]),
  );
}

/** The facts of a document; null for what is missing or of another type than it should be: a script may have made it. */
export function factsOf(document: Partial<EcsDocument>): RecordFacts {
  const { event, http, url, tapline, error, client, trace } = document;
  return {
    kind: textOf(tapline?.kind) ?? 'exchange',
    method: textOf(http?.request?.method),
    host: textOf(url?.domain),
    path: textOf(url?.path),
    status: numberOf(http?.response?.status_code),
    durationNs: numberOf(event?.duration),
    mimeType: textOf(http?.response?.mime_type),
    outcome: textOf(event?.outcome),
    errorType: textOf(error?.type),
    client: textOf(client?.address),
    trace: textOf(trace?.id),
    connection: numberOf(tapline?.connection?.id),
    marks: marksOf(tapline),
  };
}

function marksOf(tapline: EcsDocument['tapline']): string | null {
  const bodies = [tapline?.request?.body, tapline?.response?.body];
  return marksText({
    redacted: (numberOf(tapline?.redacted) ?? 0) > 0,
    truncated: bodies.some(isCut) || tapline?.refused?.truncated === true,
    dropped: bodies.some(isWithoutRoom),
    rule: textOf(tapline?.rule) !== null,
    gateway: tapline?.response?.from_gateway === true,
    undecoded: bodies.some((body) => textOf(body?.decode_error) !== null),
  });
}

/** What is not kept at all is no beginning. */
function isCut(body: EcsBodyMarks | undefined): boolean {
  return body?.truncated === true && textOf(body.dropped) === null;
}

function isWithoutRoom(body: EcsBodyMarks | undefined): boolean {
  const reason = textOf(body?.dropped);
  return reason !== null && reason !== 'capture-rule';
}

/** The same, encoded, from the bytes of a document, for a record that came without. Never throws. */
export function factsOfBytes(bytes: Buffer): Buffer {
  return encodeFacts(factsOf(readDocument(bytes.toString('utf8'))));
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
