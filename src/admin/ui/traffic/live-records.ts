import { signal } from '@preact/signals';
import type { RecordRow } from '../../api/records/record-row.ts';
import { connection } from '../api/connection.ts';
import { request, RequestError } from '../api/request.ts';
import { ArrivalRate } from './arrival-rate.ts';
import { filterParameters, isLive, type RecordFilter } from './record-filter.ts';
import { RowList, type SkippedRows } from './row-list.ts';

export type LiveState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'ready' }
  /** Nothing is stored: the gateway says why. */
  | { readonly kind: 'storeless'; readonly message: string }
  | { readonly kind: 'failed'; readonly error: RequestError };

const PAGE_ROWS = 500;
/** As many as are drawn of what arrives in a second; the rest is told of in place. */
const DRAWN_PER_SECOND = 200;
const RETRY_MS = 2000;
/** A page that nobody sees gives its connection back: a browser has six for all pages of a gateway. */
const HIDDEN_MS = 30_000;

/** The records that a filter finds: a first page, what arrives, and older pages as they are asked for. */
export class LiveRecords {
  readonly list = new RowList();
  readonly state = signal<LiveState>({ kind: 'loading' });
  /** Rises at most once a frame. */
  readonly version = signal(0);
  readonly isLoadingOlder = signal(false);
  readonly rate = new ArrivalRate();
  readonly filter: RecordFilter;
  readonly #ended = new AbortController();
  #stream: EventSource | null = null;
  #retryTimer: ReturnType<typeof setTimeout> | null = null;
  #hiddenTimer: ReturnType<typeof setTimeout> | null = null;
  #isDrawing = false;

  constructor(filter: RecordFilter) {
    this.filter = filter;
  }

  start(): void {
    if (isLive(this.filter, Date.now())) {
      this.#open();
      document.addEventListener('visibilitychange', this.#onVisibility);
    } else void this.refresh();
  }

  stop(): void {
    this.#ended.abort();
    document.removeEventListener('visibilitychange', this.#onVisibility);
    if (this.#hiddenTimer !== null) clearTimeout(this.#hiddenTimer);
    this.#close();
  }

  /** Loads the newest page anew: what was missed is in it, or the list begins again. */
  async refresh(): Promise<void> {
    try {
      const { rows, olderBefore } = await this.#page({});
      const { list } = this;
      const newest = list.newestRow;
      const isFirst = this.state.value.kind !== 'ready';
      // More was missed than a page holds.
      if (!isFirst && olderBefore !== null && (rows.at(-1)?.row ?? 0) > newest) list.clear();
      if (isFirst || list.length === 0) list.addPage(rows, olderBefore);
      else for (const row of rows.toReversed()) if (row.row > newest) list.add(row);
      this.state.value = { kind: 'ready' };
      this.changed();
    } catch (error) {
      this.#failed(error);
    }
  }

  /** The next page of older records. */
  async loadOlder(): Promise<void> {
    const before = this.list.olderBefore;
    if (before === null || this.isLoadingOlder.value) return;
    this.isLoadingOlder.value = true;
    try {
      const { rows, olderBefore } = await this.#page({ before });
      this.list.addPage(rows, olderBefore);
      this.changed();
    } catch (error) {
      // The banner tells of a gateway that is gone; scrolling on asks again.
      if (error instanceof RequestError && error.status !== 0) this.#failed(error);
    } finally {
      this.isLoadingOlder.value = false;
    }
  }

  /** What was skipped, or the newest part of it. */
  async fill(skipped: SkippedRows): Promise<void> {
    const { rows, olderBefore } = await this.#page({ before: skipped.row + 1, after: skipped.fromRow - 1 });
    this.list.fill(skipped, rows, olderBefore === null);
    this.changed();
  }

  /** Draws with the next frame. */
  changed(): void {
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    requestAnimationFrame(() => {
      this.#isDrawing = false;
      this.version.value++;
    });
  }

  async #page(
    cursors: Readonly<Record<string, number>>,
  ): Promise<{ rows: readonly RecordRow[]; olderBefore: number | null }> {
    const parameters = filterParameters(this.filter, Date.now());
    parameters.set('view', 'rows');
    parameters.set('limit', String(PAGE_ROWS));
    for (const [name, row] of Object.entries(cursors)) parameters.set(name, String(row));
    const response = await request(`/api/records?${parameters}`, { signal: this.#ended.signal });
    const lines = (await response.text()).split('\n');
    const rows = lines.filter((line) => line !== '').map((line) => JSON.parse(line) as RecordRow);
    return { rows, olderBefore: nextBefore(response.headers.get('link')) };
  }

  #open(): void {
    const parameters = filterParameters(this.filter, Date.now());
    parameters.set('view', 'rows');
    parameters.set('sample', String(DRAWN_PER_SECOND));
    const stream = new EventSource(`/api/records/stream?${parameters}`);
    this.#stream = stream;
    // The stream first, the page then: nothing can fall between.
    stream.addEventListener('open', () => void this.refresh(), { once: true });
    stream.addEventListener('open', () => connection.found());
    stream.addEventListener('record', ({ data }: MessageEvent<string>) => {
      this.rate.add(1, Date.now());
      this.list.add(JSON.parse(data) as RecordRow);
      this.changed();
    });
    stream.addEventListener('skipped', ({ data }: MessageEvent<string>) => {
      const { count, fromRow, toRow } = JSON.parse(data) as { count: number; fromRow: number; toRow: number };
      this.rate.add(count, Date.now());
      this.list.add({ kind: 'skipped', row: toRow, fromRow, count, reason: 'sampled' });
      this.changed();
    });
    stream.addEventListener('expired', () => {
      this.list.clear();
      void this.refresh();
    });
    stream.addEventListener('error', () => void this.#onError(stream));
  }

  /** A browser tries again by itself, unless it got an answer that is no stream. Asking once tells whether the gateway is gone, and why it refuses. */
  async #onError(stream: EventSource): Promise<void> {
    if (this.state.value.kind === 'ready') await request('/healthz').catch(() => {});
    else await this.refresh();
    if (stream.readyState === EventSource.CLOSED && this.#stream === stream) this.#retryLater();
  }

  #retryLater(): void {
    if (this.#ended.signal.aborted) return;
    this.#retryTimer ??= setTimeout(() => {
      this.#retryTimer = null;
      if (this.#stream === null) void this.refresh();
      else {
        this.#close();
        this.#open();
      }
    }, RETRY_MS);
  }

  #close(): void {
    if (this.#retryTimer !== null) clearTimeout(this.#retryTimer);
    this.#retryTimer = null;
    this.#stream?.close();
    this.#stream = null;
  }

  readonly #onVisibility = (): void => {
    if (document.visibilityState === 'visible') {
      if (this.#hiddenTimer !== null) clearTimeout(this.#hiddenTimer);
      if (this.#stream === null) this.#open();
    } else this.#hiddenTimer = setTimeout(() => this.#close(), HIDDEN_MS);
  };

  #failed(error: unknown): void {
    if (this.#ended.signal.aborted) return;
    if (!(error instanceof RequestError)) throw error;
    const { status, message } = error;
    // A gateway that starts knows nothing of records yet.
    const isPassing = status === 0 || status === 404 || status >= 500;
    if (isPassing) this.#retryLater();
    // What is shown stays; the banner tells of a gateway that is gone.
    if (isPassing && this.state.value.kind === 'ready') return;
    this.state.value = status === 404 ? { kind: 'storeless', message } : { kind: 'failed', error };
  }
}

/** The cursor of the next page, as the field `Link` has it; null at the end. */
function nextBefore(link: string | null): number | null {
  const target = /<([^>]*)>\s*;\s*rel="?next"?/.exec(link ?? '')?.[1];
  if (target === undefined) return null;
  const before = new URL(target, location.href).searchParams.get('before');
  return before === null ? null : Number(before);
}
