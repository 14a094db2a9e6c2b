type Keyed = Record<PropertyKey, unknown>;

/** `++` and `--` where a nullish value counts as 0 (spec language 2.2). */
export function count(object: Keyed, key: PropertyKey, step: number, isPrefix: boolean): unknown {
  const before = (object[key] ?? 0) as number;
  const after = typeof before === 'bigint' ? before + BigInt(step) : Number(before) + step;
  object[key] = after;
  return isPrefix ? after : before;
}

/** Arithmetic assignment where a nullish left side counts as 0 if the right side is a number. */
export function assign(object: Keyed, key: PropertyKey, operator: string, value: unknown): unknown {
  const left = object[key];
  const before = (left === null || left === undefined) && typeof value === 'number' ? 0 : left;
  return (object[key] = calculate(before as number, operator, value as number));
}

function calculate(left: number, operator: string, right: number): unknown {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '%':
      return left % right;
    case '**':
      return left ** right;
    case '<<':
      return left << right;
    case '>>':
      return left >> right;
    case '>>>':
      return left >>> right;
    case '&':
      return left & right;
    case '|':
      return left | right;
    case '^':
      return left ^ right;
    default:
      throw new TypeError(`unknown operator ${operator}=`);
  }
}
