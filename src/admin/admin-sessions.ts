import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { clientNetwork } from './client-network.ts';
import { GuessLimit } from './guess-limit.ts';

/** A session ends when it was not used for so long. */
const IDLE_MS = 12 * 3_600_000;
/** Sessions at a time; beyond it the one that was not used for the longest time ends. */
const MAX_SESSIONS = 64;
/** Cookies of the name that are looked at. */
const MAX_COOKIES = 16;
const MIN_TOKEN_LENGTH = 16;

interface AdminSession {
  /** Who has shown the token: browsers send the cookie to every server of the host name, and none of these may use it. */
  readonly client: string;
  readonly usedAt: number;
}

/** Those who have shown the token: it is sent once, afterwards a cookie that no script can read stands for it. */
export class AdminSessions {
  readonly #token: Buffer;
  readonly #now: () => number;
  /** By digest, so that memory does not hold what opens the port. Ordered by when they were last used. */
  readonly #sessions = new Map<string, AdminSession>();
  readonly #guesses: GuessLimit;
  #cookieName = 'tapline';

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
    this.#guesses = new GuessLimit(now);
  }

  /** Cookies know no ports: with its number, two gateways on one machine do not log each other out. */
  boundTo(port: number): void {
    this.#cookieName = `tapline-${port}`;
  }

  /** @param client address of who shows it: wrong ones are counted, and `isGuessed` is asked before */
  isToken(given: string, client: string): boolean {
    if (given === '') return false;
    const isRight = timingSafeEqual(digest(given), this.#token);
    if (!isRight) this.#guesses.note(client);
    return isRight;
  }

  /** Whether this client's wrong tokens came so fast that the next must wait, also if it is the right one. */
  isGuessed(client: string): boolean {
    return this.#guesses.isReached(client);
  }

  /** Begins a session: the value of `Set-Cookie`; null for a wrong token. */
  open(given: string, client: string): string | null {
    if (!this.isToken(given, client)) return null;
    const secret = randomBytes(32).toString('base64url');
    this.#sessions.set(digest(secret).toString('hex'), {
      client: clientNetwork(client),
      usedAt: this.#now(),
    });
    if (this.#sessions.size > MAX_SESSIONS) this.#sessions.delete(this.#sessions.keys().next().value!);
    return this.#cookie(secret, IDLE_MS / 1000);
  }

  /** Ends the session of a request: the value of `Set-Cookie`. */
  close(cookies: string | undefined): string {
    for (const key of this.#keysOf(cookies)) this.#sessions.delete(key);
    return this.#cookie('', 0);
  }

  /** Whether the request's cookie is that of a session of this client. */
  isOpen(cookies: string | undefined, client: string): boolean {
    return this.#keysOf(cookies).some((key) => this.#use(key, client));
  }

  #use(key: string, client: string): boolean {
    const session = this.#sessions.get(key);
    if (session === undefined || session.client !== clientNetwork(client)) return false;
    this.#sessions.delete(key);
    const now = this.#now();
    if (now - session.usedAt > IDLE_MS) return false;
    this.#sessions.set(key, { client: session.client, usedAt: now });
    return true;
  }

  /** Of several cookies of the name any may be the one: a server at another port of this machine can set one for a part of the paths, which comes first. */
  #keysOf(cookies: string | undefined): string[] {
    return (cookies ?? '')
      .split(';')
      .map((pair) => pair.trim())
      .filter((pair) => pair.startsWith(`${this.#cookieName}=`) && pair.length > this.#cookieName.length + 1)
      .slice(0, MAX_COOKIES)
      .map((pair) => digest(pair.slice(this.#cookieName.length + 1)).toString('hex'));
  }

  #cookie(value: string, maxAgeSeconds: number): string {
    return `${this.#cookieName}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAgeSeconds}`;
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
