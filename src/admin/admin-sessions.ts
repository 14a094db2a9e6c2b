import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A session ends when it was not used for so long. */
const IDLE_MS = 12 * 3_600_000;
/** Sessions at a time; beyond it the one that was not used for the longest time ends. */
const MAX_SESSIONS = 64;
/** Wrong tokens that are answered at once; more in a minute wait for the next one. */
const MAX_FAULTS_A_MINUTE = 20;
const MIN_TOKEN_LENGTH = 16;

/** Those who have shown the token: it is sent once, afterwards a cookie that no script can read stands for it. */
export class AdminSessions {
  readonly #token: Buffer;
  readonly #now: () => number;
  /** By digest, so that memory does not hold what opens the port: when last used. Ordered by that. */
  readonly #sessions = new Map<string, number>();
  #cookieName = 'tapline';
  #faults: number[] = [];

  /**
   * @param token what the file holds; blanks around it do not count. Throws where it is too short to be safe.
   * @param now monotonic milliseconds
   */
  constructor(token: string, now: () => number = () => performance.now()) {
    const trimmed = token.trim();
    if (trimmed.length < MIN_TOKEN_LENGTH || /\s/.test(trimmed))
      throw new Error(
        `the token must be one word of ${MIN_TOKEN_LENGTH} characters or more, such as what this writes: head -c 32 /dev/urandom | base64`,
      );
    this.#token = digest(trimmed);
    this.#now = now;
  }

  /** Cookies know no ports: with its number, two gateways on one machine do not log each other out. */
  boundTo(port: number): void {
    this.#cookieName = `tapline-${port}`;
  }

  isToken(given: string): boolean {
    return given !== '' && timingSafeEqual(digest(given), this.#token);
  }

  /** Whether wrong tokens came so fast that the next must wait. */
  get isGuessed(): boolean {
    const now = this.#now();
    this.#faults = this.#faults.filter((at) => now - at < 60_000);
    return this.#faults.length >= MAX_FAULTS_A_MINUTE;
  }

  /** Begins a session: the value of `Set-Cookie`; null for a wrong token. */
  open(given: string): string | null {
    if (!this.isToken(given)) {
      this.#faults.push(this.#now());
      return null;
    }
    const secret = randomBytes(32).toString('base64url');
    this.#sessions.set(digest(secret).toString('hex'), this.#now());
    if (this.#sessions.size > MAX_SESSIONS) this.#sessions.delete(this.#sessions.keys().next().value!);
    return this.#cookie(secret, IDLE_MS / 1000);
  }

  /** Ends the session of a request: the value of `Set-Cookie`. */
  close(cookies: string | undefined): string {
    const key = this.#keyOf(cookies);
    if (key !== null) this.#sessions.delete(key);
    return this.#cookie('', 0);
  }

  /** Whether the request's cookie is that of a session. */
  isOpen(cookies: string | undefined): boolean {
    const key = this.#keyOf(cookies);
    const usedAt = key === null ? undefined : this.#sessions.get(key);
    if (key === null || usedAt === undefined) return false;
    this.#sessions.delete(key);
    const now = this.#now();
    if (now - usedAt > IDLE_MS) return false;
    this.#sessions.set(key, now);
    return true;
  }

  #keyOf(cookies: string | undefined): string | null {
    const found = (cookies ?? '')
      .split(';')
      .map((pair) => pair.trim())
      .find((pair) => pair.startsWith(`${this.#cookieName}=`));
    const secret = found?.slice(this.#cookieName.length + 1) ?? '';
    return secret === '' ? null : digest(secret).toString('hex');
  }

  #cookie(value: string, maxAgeSeconds: number): string {
    return `${this.#cookieName}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAgeSeconds}`;
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
