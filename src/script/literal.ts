import { Data } from '../core/data.ts';
import { Message } from '../core/event.ts';
import { type AnyNode, isNode } from './scopes.ts';

/** Stands for a value that only running the script would show. */
export const UNKNOWN: unique symbol = Symbol('unknown');

/**
 * What an expression is worth as far as its text tells: literals, arrays and objects of them; a function stands for any function. Members that
 * only running would show are left out of objects; of everything else the whole is UNKNOWN then.
 */
export function literalOf(node: AnyNode): unknown {
  switch (node.type) {
    case 'Literal':
      return node['value'];
    case 'TemplateLiteral': {
      const [only, ...more] = node['quasis'] as AnyNode[];
      const { cooked } = only!['value'] as { cooked: string | null };
      return more.length === 0 && cooked !== null ? cooked : UNKNOWN;
    }
    case 'Identifier':
      return node['name'] === 'undefined' ? undefined : UNKNOWN;
    case 'UnaryExpression': {
      const value = literalOf(node['argument'] as AnyNode);
      return node['operator'] === '-' && typeof value === 'number' ? -value : UNKNOWN;
    }
    case 'ArrowFunctionExpression':
    case 'FunctionExpression':
      return anyFunction;
    case 'ArrayExpression': {
      const elements = (node['elements'] as (AnyNode | null)[]).map((element) =>
        element === null ? undefined : element.type === 'SpreadElement' ? UNKNOWN : literalOf(element),
      );
      return elements.includes(UNKNOWN) ? UNKNOWN : elements;
    }
    case 'ObjectExpression':
      return objectOf(node);
    case 'NewExpression':
      return madeObject(node);
    default:
      return UNKNOWN;
  }
}

function objectOf(node: AnyNode): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const { name, value } of membersOf(node)) {
    const known = literalOf(value);
    if (known !== UNKNOWN && name !== '__proto__') object[name] = known;
  }
  return object;
}

/** The members that an object literal names; those of a spread or a computed name are not among them. */
export function membersOf(
  node: AnyNode,
): { readonly name: string; readonly key: AnyNode; readonly value: AnyNode }[] {
  return (node['properties'] as AnyNode[]).flatMap((property) => {
    const { key, value } = property as unknown as { key: unknown; value: unknown };
    if (property.type !== 'Property' || property['computed'] === true || !isNode(key) || !isNode(value))
      return [];
    const name = key.type === 'Identifier' ? (key['name'] as string) : String(key['value']);
    return [{ name, key, value }];
  });
}

/** Whether all members of an object literal are among `membersOf`. */
export function isPlain(node: AnyNode): boolean {
  return membersOf(node).length === (node['properties'] as AnyNode[]).length;
}

/** `new Message(...)` and `new Data(...)` are of their kind, whatever they hold. */
function madeObject(node: AnyNode): unknown {
  const callee = node['callee'] as AnyNode;
  if (callee.type !== 'Identifier') return UNKNOWN;
  if (callee['name'] === 'Data') return new Data();
  return callee['name'] === 'Message' ? new Message() : UNKNOWN;
}

function anyFunction(): undefined {
  return undefined;
}
