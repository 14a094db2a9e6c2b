import type { CaptureEffect, CaptureRule, StatusRange } from './capture-rule.ts';

/** One word of a rule and where it was written, for errors. */
export interface RuleWord {
  readonly text: string;
  readonly place: string;
}

/** A rule that cannot be read: where, and what was expected. */
export class CaptureRuleError extends Error {
  constructor({ place }: RuleWord, expected: string, got: string) {
    super(`${place}: expected ${expected}, got ${JSON.stringify(got)}`);
    this.name = 'CaptureRuleError';
  }
}

const EFFECTS: readonly CaptureEffect[] = ['full', 'heads', 'count', 'off'];
const CONDITIONS =
  'a condition: method=, path=, request-type=, response-type=, status=, status>=, health, sample= or name=';
/** A name made of the rule itself is not longer. */
const MAX_NAME_LENGTH = 80;

/** The words of a rule's text, each with its place: `--capture-rule, character 7`. */
export function ruleWords(text: string, origin: string, offset = 0): RuleWord[] {
  return [...text.matchAll(/\S+/g)].map((found) => ({
    text: found[0],
    place: `${origin}, character ${offset + found.index + 1}`,
  }));
}

/**
 * `EFFECT [CONDITION ...]`, such as `heads path=/upload/* method=PUT,POST` or `full status>=500`: all conditions hold, of a list any value.
 * Throws CaptureRuleError.
 */
export function parseCaptureRule(words: readonly RuleWord[]): CaptureRule {
  const [first, ...conditions] = words;
  const effect = EFFECTS.find((one) => one === first!.text);
  if (effect === undefined) throw new CaptureRuleError(first!, 'full, heads, count or off', first!.text);
  const lists = new Map<string, string[]>();
  const statuses: StatusRange[][] = [];
  let isHealth = false;
  let sample: number | null = null;
  let name: string | null = null;
  for (const word of conditions) {
    const parts = /^([a-z-]+)(>=|<=|=|>|<)(.+)$/.exec(word.text);
    const [, key, operator, value] = parts ?? [null, word.text, null, ''];
    const isEqual = operator === '=';
    if (key === 'health' && operator === null) isHealth = true;
    else if (key === 'status' && operator !== null) statuses.push(statusRanges(word, operator!, value!));
    else if (key === 'sample' && isEqual && sample === null) sample = share(word, value!);
    else if (key === 'name' && isEqual && name === null) name = nameOf(word, value!);
    else if (isEqual && !lists.has(key!) && isListKey(key!)) lists.set(key!, listOf(word, key, value!));
    else throw new CaptureRuleError(word, lists.has(key!) ? `${key} only once` : CONDITIONS, word.text);
  }
  const text = words.map((word) => word.text).join(' ');
  return {
    name: name ?? text.slice(0, MAX_NAME_LENGTH),
    effect,
    methods: lists.get('method') ?? null,
    paths: lists.get('path') ?? null,
    requestTypes: lists.get('request-type') ?? null,
    responseTypes: lists.get('response-type') ?? null,
    statuses,
    isHealth,
    sample,
  };
}

type ListKey = 'method' | 'path' | 'request-type' | 'response-type';

/** What each value of a list looks like, and how to say so. */
const VALUES: Record<ListKey, { pattern: RegExp; expected: string }> = {
  method: { pattern: /^[A-Za-z][\w!#$%&'*+.^`|~-]*$/, expected: 'methods such as method=GET,HEAD' },
  path: { pattern: /^[/*][^?#]*$/, expected: 'paths without a query such as path=/upload/*' },
  'request-type': { pattern: /^[\w.+*-]+\/[\w.+*-]+$/, expected: 'media types such as request-type=image/*' },
  'response-type': {
    pattern: /^[\w.+*-]+\/[\w.+*-]+$/,
    expected: 'media types such as response-type=video/*',
  },
};

function isListKey(key: string): key is ListKey {
  return Object.hasOwn(VALUES, key);
}

function listOf(word: RuleWord, key: ListKey, value: string): string[] {
  const { pattern, expected } = VALUES[key];
  return value.split(',').map((one) => {
    if (!pattern.test(one)) throw new CaptureRuleError(word, expected, one);
    if (key === 'method') return one.toUpperCase();
    return key === 'path' ? one : one.toLowerCase();
  });
}

function statusRanges(word: RuleWord, operator: string, value: string): StatusRange[] {
  const refuse = (): never => {
    throw new CaptureRuleError(word, 'status=404, status=4xx,500-503 or status>=500', word.text);
  };
  if (operator !== '=') {
    const status = /^[1-9]\d\d$/.test(value) ? Number(value) : refuse();
    if (operator === '>=') return [{ from: status, to: 999 }];
    if (operator === '>') return [{ from: status + 1, to: 999 }];
    return [{ from: 0, to: operator === '<' ? status - 1 : status }];
  }
  return value.split(',').map((one) => {
    const [, from, to] = /^([1-9]\d\d)(?:-([1-9]\d\d))?$/.exec(one) ?? [];
    if (from !== undefined && Number(to ?? from) >= Number(from))
      return { from: Number(from), to: Number(to ?? from) };
    const hundred = /^([1-9])xx$/i.exec(one)?.[1] ?? refuse();
    return { from: Number(hundred) * 100, to: Number(hundred) * 100 + 99 };
  });
}

function share(word: RuleWord, value: string): number {
  const number = Number(value);
  if (!/^[\d.]+$/.test(value) || !(number >= 0 && number <= 1))
    throw new CaptureRuleError(word, 'a share from 0 to 1 such as sample=0.1', value);
  return number;
}

function nameOf(word: RuleWord, value: string): string {
  if (!/^[A-Za-z0-9][\w.-]{0,63}$/.test(value))
    throw new CaptureRuleError(word, 'a name of letters, digits, dots, hyphens and underscores', value);
  return value;
}
