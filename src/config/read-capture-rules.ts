import { isMap, isScalar, isSeq, type Scalar } from 'yaml';
import type { CaptureRule } from '../records/capture-rules/capture-rule.ts';
import {
  CaptureRuleError,
  parseCaptureRule,
  type RuleWord,
  ruleWords,
} from '../records/capture-rules/parse-capture-rule.ts';
import { UsageError } from './usage-error.ts';

/** Rules in words to rules. Throws UsageError, with the place of the word that is wrong. */
export function readCaptureRules(given: readonly (readonly RuleWord[])[]): CaptureRule[] {
  const rules: CaptureRule[] = [];
  for (const words of given) {
    if (words.length === 0) throw new UsageError("--capture-rule: expected a rule such as 'count health'");
    let rule: CaptureRule;
    try {
      rule = parseCaptureRule(words);
    } catch (error) {
      if (error instanceof CaptureRuleError) throw new UsageError(error.message);
      throw error;
    }
    if (rules.some(({ name }) => name === rule.name))
      throw new UsageError(
        `${words[0]!.place}: expected a rule with a name of its own, got ${JSON.stringify(rule.name)} twice`,
      );
    rules.push(rule);
  }
  return rules;
}

/** The rules of a variable, separated by semicolons. */
export function rulesOfVariable(text: string, origin: string): RuleWord[][] {
  let offset = 0;
  const rules: RuleWord[][] = [];
  for (const part of text.split(';')) {
    if (part.trim() !== '') rules.push(ruleWords(part, origin, offset));
    offset += part.length + 1;
  }
  return rules;
}

/**
 * The rules of the file: one, or a list; each a text, or a map such as `{ capture: heads, path: [/upload/*], status: '>=500' }`.
 * @param place of an offset in the file
 */
export function rulesOfYaml(node: unknown, origin: string, place: (offset: number) => string): RuleWord[][] {
  const items = isSeq(node) ? node.items : [node];
  return items.map((item) => {
    if (isScalar(item) && typeof item.value === 'string')
      return ruleWords(item.value, item.range == null ? origin : place(item.range[0]));
    if (!isMap(item))
      throw new UsageError(`${origin}: expected capture rules: texts such as 'count health', or maps`);
    const words: RuleWord[] = [];
    for (const { key, value } of item.items) {
      const name = String((key as Scalar).value);
      const where = place((key as Scalar).range?.[0] ?? 0);
      const text = valueText(value, where);
      // The effect is the first word, wherever it stands in the map.
      if (name === 'capture') words.unshift({ text, place: where });
      else if (name === 'health' && text === 'true') words.push({ text: 'health', place: where });
      else if (name !== 'health' || text !== 'false')
        words.push({ text: `${name}${/^[<>]/.test(text) ? '' : '='}${text}`, place: where });
    }
    if (words.length === 0) throw new UsageError(`${origin}: expected capture: full, heads, count or off`);
    return words;
  });
}

function valueText(value: unknown, where: string): string {
  const one = (item: unknown): string => {
    if (!isScalar(item) || item.value === null) throw new UsageError(`${where}: expected a value or a list`);
    return `${item.value as string | number | boolean}`.trim();
  };
  return isSeq(value) ? value.items.map(one).join(',') : one(value);
}
