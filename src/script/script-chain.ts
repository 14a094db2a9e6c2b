import { type AnyNode, isNode } from './scopes.ts';

/** A method that is called in the chain. */
export interface Call {
  readonly method: AnyNode;
  readonly args: readonly AnyNode[];
}

/** The calls that are chained on `pipy(...)`, and that call; null where the value of a script is something else. */
export function chainOf(root: AnyNode): { readonly pipy: AnyNode; readonly calls: readonly Call[] } | null {
  const calls: Call[] = [];
  let node: AnyNode | null = root;
  while (node !== null) {
    if (node.type === 'ChainExpression') node = node['expression'] as AnyNode;
    else if (node.type === 'SequenceExpression') node = (node['expressions'] as AnyNode[]).at(-1) ?? null;
    else if (node.type !== 'CallExpression') return null;
    else {
      const callee = node['callee'] as AnyNode;
      const args = node['arguments'] as AnyNode[];
      if (callee.type === 'MemberExpression') {
        calls.push({ method: callee['property'] as AnyNode, args });
        node = callee['object'] as AnyNode;
      } else if (callee.type === 'Identifier')
        return callee['name'] === 'pipy' ? { pipy: node, calls: calls.toReversed() } : null;
      else node = resultOf(callee);
    }
  }
  return null;
}

/** What a function that is called in its place returns: `(config => pipy()…)(…)`. */
function resultOf(callee: AnyNode): AnyNode | null {
  if (callee.type !== 'ArrowFunctionExpression' && callee.type !== 'FunctionExpression') return null;
  const body = callee['body'] as AnyNode;
  if (body.type !== 'BlockStatement') return body;
  const last = (body['body'] as AnyNode[]).findLast(({ type }) => type === 'ReturnStatement');
  const value = last?.['argument'];
  return isNode(value) ? value : null;
}

/** The name of a method as it stands in the script; null where only running it shows that. */
export function nameOf(method: AnyNode): string | null {
  if (method.type === 'Identifier') return method['name'] as string;
  return method.type === 'Literal' && typeof method['value'] === 'string' ? method['value'] : null;
}
