import type { Node } from 'acorn';

/** A node of the syntax tree, with whatever members its type has. */
export interface AnyNode extends Node {
  [key: string]: unknown;
}

/** The names that a piece of a script binds. */
export interface Scope {
  readonly names: Set<string>;
  readonly parent: Scope | null;
  readonly isFunction: boolean;
}

export function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && typeof (value as AnyNode).type === 'string';
}

export function newScope(parent: Scope, isFunction: boolean): Scope {
  return { names: new Set(), parent, isFunction };
}

/** The scope of a block with what it declares by let, const, class and function. */
export function blockScope(node: AnyNode, parent: Scope): Scope {
  const scope = newScope(parent, false);
  const statements = (node['body'] ?? []) as AnyNode[] | AnyNode;
  const all: AnyNode[] = [
    ...(Array.isArray(statements) ? statements : []),
    ...((node['cases'] ?? []) as AnyNode[]).flatMap((one) => one['consequent'] as AnyNode[]),
  ];
  for (const key of ['init', 'left']) if (isNode(node[key])) all.push(node[key]);
  for (const statement of all) {
    if (statement.type === 'VariableDeclaration')
      for (const declarator of statement['declarations'] as AnyNode[])
        collectNames(declarator['id'] as AnyNode, scope.names);
    else if (statement.type === 'FunctionDeclaration' || statement.type === 'ClassDeclaration')
      scope.names.add((statement['id'] as AnyNode)['name'] as string);
  }
  return scope;
}

/** The names of all `var` inside a function, not of functions inside it. */
export function collectVariables(node: AnyNode, names: Set<string>): void {
  if (/Function|^Class/.test(node.type)) return;
  if (node.type === 'VariableDeclaration' && node['kind'] === 'var')
    for (const declarator of node['declarations'] as AnyNode[])
      collectNames(declarator['id'] as AnyNode, names);
  for (const value of Object.values(node)) {
    if (Array.isArray(value)) {
      for (const element of value) if (isNode(element)) collectVariables(element, names);
    } else if (isNode(value)) collectVariables(value, names);
  }
}

export function collectNames(pattern: AnyNode | null, names: Set<string>): void {
  if (pattern === null) return;
  switch (pattern.type) {
    case 'Identifier':
      names.add(pattern['name'] as string);
      return;
    case 'AssignmentPattern':
      collectNames(pattern['left'] as AnyNode, names);
      return;
    case 'RestElement':
      collectNames(pattern['argument'] as AnyNode, names);
      return;
    case 'ArrayPattern':
      for (const element of pattern['elements'] as (AnyNode | null)[]) collectNames(element, names);
      return;
    case 'ObjectPattern':
      for (const property of pattern['properties'] as AnyNode[])
        collectNames((property.type === 'RestElement' ? property : property['value']) as AnyNode, names);
  }
}
