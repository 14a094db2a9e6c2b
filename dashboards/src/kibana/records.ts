import { all, below, type Filter, from, is } from './filter.ts';

/** Records of requests, whatever became of them. A gap is a record too, and so may be others that are no request: so these are named. */
export const REQUESTS: Filter = is('tapline.kind', 'exchange', 'refusal', 'tunnel', 'broken');
/** Requests whose time tells of the application: a tunnel lasts as long as its client wants. */
export const EXCHANGES: Filter = is('tapline.kind', 'exchange');
/** Each tells of records that were lost. */
export const GAPS: Filter = is('tapline.kind', 'gap');
/** Each stands for exchanges that a capture rule left without records. */
export const SUMMARIES: Filter = is('tapline.kind', 'summary');
/** A 5xx answer, or none that is whole, or a request that was refused. */
export const FAILED: Filter = is('event.outcome', 'failure');
/** Requests of which that holds. */
export const FAILURES: Filter = all(REQUESTS, FAILED);

const status = (first: number): Filter =>
  all(from('http.response.status_code', first), below('http.response.status_code', first + 100));

/** Statuses by class; records without a status are in none. */
export const STATUS_CLASSES = [
  { label: '2xx', where: status(200) },
  { label: '3xx', where: status(300) },
  { label: '4xx', where: status(400) },
  { label: '5xx', where: status(500) },
] as const;
