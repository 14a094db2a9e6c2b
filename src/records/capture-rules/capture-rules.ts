import type { GatewayAnswer } from '../../codecs/http1/gateway-answer.ts';
import { type RequestHead, ResponseHead } from '../../codecs/http1/head.ts';
import { type CaptureRule, needsAnswer } from './capture-rule.ts';
import { matchesGlob } from './glob.ts';
import { isHealthCheck } from './health-check.ts';
import { requestedPath } from './requested-path.ts';

/** The rules of a gateway, in order: the first that matches an exchange decides, and without one everything is kept. */
export class CaptureRules {
  readonly #rules: readonly CaptureRule[];
  readonly #fraction: () => number;
  readonly #looksAtPaths: boolean;

  /** @param fraction draws a number from 0 up to 1, for samples */
  constructor(rules: readonly CaptureRule[], fraction: () => number) {
    this.#rules = rules;
    this.#fraction = fraction;
    this.#looksAtPaths = rules.some(({ paths, isHealth }) => paths !== null || isHealth);
  }

  /** A request has come. */
  decide(head: RequestHead): RuleDecision {
    return new RuleDecision(this.#rules, head, this.#fraction, this.#looksAtPaths);
  }
}

/** The rule of one exchange: known at the request's head, at the answer's, or at the end. */
export class RuleDecision {
  readonly #rules: readonly CaptureRule[];
  readonly #head: RequestHead;
  readonly #path: string | null;
  readonly #fraction: () => number;
  /** One for all rules of an exchange, drawn when a rule asks for it. */
  #drawn: number | null = null;
  /** Null while nothing is decided, and where no rule matches. */
  rule: CaptureRule | null = null;
  isMade = false;

  constructor(
    rules: readonly CaptureRule[],
    head: RequestHead,
    fraction: () => number,
    looksAtPaths: boolean,
  ) {
    this.#rules = rules;
    this.#head = head;
    this.#fraction = fraction;
    this.#path = looksAtPaths ? requestedPath(head.path) : '';
    // Which rule is meant cannot be told, so nothing is left out.
    if (this.#path === null) this.isMade = true;
    else this.#look('to come');
  }

  /** The answer's head is there. */
  atAnswer(head: ResponseHead | GatewayAnswer): void {
    if (!this.isMade) this.#look(head);
  }

  /** There was no answer: rules that ask for one do not match. */
  atEnd(): void {
    if (!this.isMade) this.#look(null);
  }

  #look(answer: ResponseHead | GatewayAnswer | 'to come' | null): void {
    for (const rule of this.#rules) {
      if (!this.#matchesRequest(rule)) continue;
      if (needsAnswer(rule)) {
        if (answer === 'to come') return;
        if (answer === null || !matchesAnswer(rule, answer)) continue;
      }
      // Last, so that only those are drawn for that it could be.
      if (rule.sample !== null && this.#draw() >= rule.sample) continue;
      this.rule = rule;
      break;
    }
    this.isMade = true;
  }

  #matchesRequest({ methods, paths, requestTypes, isHealth }: CaptureRule): boolean {
    const head = this.#head;
    if (methods !== null && !methods.includes(head.method)) return false;
    if (paths !== null && !paths.some((glob) => matchesGlob(glob, this.#path!))) return false;
    if (requestTypes !== null && !isOfType(head.header('content-type'), requestTypes)) return false;
    return !isHealth || isHealthCheck(head, this.#path!);
  }

  #draw(): number {
    return (this.#drawn ??= this.#fraction());
  }
}

function matchesAnswer(
  { statuses, responseTypes }: CaptureRule,
  answer: ResponseHead | GatewayAnswer,
): boolean {
  const { status } = answer;
  if (!statuses.every((ranges) => ranges.some(({ from, to }) => from <= status && status <= to)))
    return false;
  if (responseTypes === null) return true;
  return answer instanceof ResponseHead && isOfType(answer.header('content-type'), responseTypes);
}

function isOfType(declared: string | undefined, globs: readonly string[]): boolean {
  if (declared === undefined) return false;
  const type = declared.split(';', 1)[0]!.trim().toLowerCase();
  return globs.some((glob) => matchesGlob(glob, type));
}
