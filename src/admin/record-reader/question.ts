import type { Query } from '../../store/query.ts';
import type { RecordSummary } from '../api/records/record-summary.ts';

/** Records as their whole documents, as RecordRow, or only counted. */
export type RecordForm = 'documents' | 'rows' | 'none';

/** The next records of a list. */
export interface PageQuestion {
  readonly type: 'page';
  readonly query: Query;
  readonly order: 'newest' | 'oldest';
  readonly afterRow: number;
  readonly beforeRow: number;
  readonly sinceMs: number;
  readonly untilMs: number;
  readonly limit: number;
  readonly form: RecordForm;
}

export interface Page {
  /** A record a line. */
  readonly bytes: Uint8Array;
  readonly records: number;
  /** All rows up to this one have been looked at: the next question goes on there. */
  readonly row: number;
  /** `more`: the limit is reached and there is at least one more; `cut`: this is enough for one answer, ask on; `end`: there are no more. */
  readonly state: 'more' | 'cut' | 'end';
}

/** The next records of a stream, in the order of storing; answered when there are any, or after `waitMs`. */
export interface FollowQuestion {
  readonly type: 'follow';
  readonly query: Query;
  readonly afterRow: number;
  readonly form: 'documents' | 'rows';
  /** Of what is there at once only so many are given, and the others counted; null for all. */
  readonly sample: number | null;
  readonly waitMs: number;
}

export interface Followed {
  /** Server-sent events. */
  readonly bytes: Uint8Array;
  /** Records among them. */
  readonly records: number;
  readonly row: number;
}

/** A record by its id. */
export interface RecordQuestion {
  readonly type: 'record';
  readonly id: string;
}

export interface FoundRecord {
  /** Its JSON document, as it was stored. */
  readonly bytes: Uint8Array;
}

/** The body of a record, where it was recorded as text. */
export interface BodyQuestion {
  readonly type: 'body';
  readonly id: string;
  readonly part: 'request' | 'response';
}

export interface FoundBody {
  /** UTF-8; null where the body was not recorded as text. */
  readonly bytes: Uint8Array | null;
  readonly mimeType: string | null;
  /** Of the request; hostile, as all of a record. */
  readonly path: string | null;
}

/** Counts over all records that match. */
export interface SummaryQuestion {
  readonly type: 'summary';
  readonly query: Query;
  readonly sinceMs: number;
  readonly untilMs: number;
  /** Of the histogram, at most. */
  readonly buckets: number;
}

/** The row of the newest record; of one that is forgotten, too. */
export interface NewestQuestion {
  readonly type: 'newest';
}

export type Question =
  PageQuestion | FollowQuestion | RecordQuestion | BodyQuestion | SummaryQuestion | NewestQuestion;

/** What is answered, by the type of the question. */
export interface Answers {
  readonly page: Page;
  readonly follow: Followed;
  readonly record: FoundRecord | null;
  readonly body: FoundBody | null;
  readonly summary: RecordSummary;
  readonly newest: number;
}

export type Answer = Answers[keyof Answers];
