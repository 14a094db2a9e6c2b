import { closeSync, fchmodSync, openSync, rmSync, writeSync } from 'node:fs';
import type { ProfileKind } from '../profiling/profile-request.ts';
import { resolvePositions } from '../profiling/source-positions.ts';
import { type CpuSummary, type ProfileSummary, topByBytes, topByTime } from '../profiling/top-functions.ts';
import { readProfile } from '../profiling/v8-profile.ts';

/** A thread's file and what stands out in it. */
export type ThreadProfile = { readonly thread: string; readonly file: string; readonly bytes: number } & (
  | ({ readonly kind: 'cpu' } & CpuSummary)
  | ({ readonly kind: 'heap' } & ProfileSummary)
  | { readonly kind: 'snapshot' }
);

/** Functions of a thread that are named. */
const MAX_FUNCTIONS = 10;

/** A profile on its way into its file, which only the user can read. Never over a file that is there. */
export class ProfileFile {
  readonly #path: string;
  readonly #thread: string;
  readonly #kind: ProfileKind;
  readonly #descriptor: number;
  /** Of a profile: it is looked through before it is written. */
  readonly #parts: string[] = [];
  #bytes = 0;

  constructor(path: string, thread: string, kind: ProfileKind) {
    this.#path = path;
    this.#thread = thread;
    this.#kind = kind;
    this.#descriptor = openSync(path, 'wx', 0o600);
    // Whatever the umask is.
    fchmodSync(this.#descriptor, 0o600);
  }

  append(text: string): void {
    // A snapshot can be larger than what one text may be.
    if (this.#kind === 'snapshot') this.#write(text);
    else this.#parts.push(text);
  }

  /** The file is whole now. */
  finish(): ThreadProfile {
    const summary = this.#summarise();
    closeSync(this.#descriptor);
    return { thread: this.#thread, file: this.#path, bytes: this.#bytes, ...summary };
  }

  /** It will not become whole: a part of it is of no use. */
  discard(): void {
    closeSync(this.#descriptor);
    rmSync(this.#path, { force: true });
  }

  #summarise(): ({ kind: 'cpu' } & CpuSummary) | ({ kind: 'heap' } & ProfileSummary) | { kind: 'snapshot' } {
    if (this.#kind === 'snapshot') return { kind: 'snapshot' };
    const profile = readProfile(this.#parts.join(''));
    resolvePositions(profile);
    this.#write(JSON.stringify(profile));
    return 'nodes' in profile
      ? { kind: 'cpu', ...topByTime(profile, MAX_FUNCTIONS) }
      : { kind: 'heap', ...topByBytes(profile, MAX_FUNCTIONS) };
  }

  #write(text: string): void {
    const bytes = Buffer.from(text, 'utf8');
    for (let from = 0; from < bytes.length;) from += writeSync(this.#descriptor, bytes, from);
    this.#bytes += bytes.length;
  }
}
