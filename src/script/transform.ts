import { type Node, parse } from 'acorn';
import MagicString from 'magic-string';
import {
  type AnyNode,
  blockScope,
  collectNames,
  collectVariables,
  isNode,
  newScope,
  type Scope,
} from './scopes.ts';
import { ScriptError } from './script-error.ts';

/** Names that the engine binds itself (spec language 3.5). */
const BUILT_INS = new Set(['__filename', '__argv', '__inbound']);

export interface Transformed {
  /** One expression, whose free names are fields of the current context. */
  readonly code: string;
  /** Free names that are neither globals nor built-in, declared as variables or not, with the place of their first use. */
  readonly names: ReadonlyMap<string, { line: number; column: number }>;
  /** Globals that the script names. */
  readonly globalsUsed: ReadonlySet<string>;
  /** Members that are read of a global by name: `algo.Cache`. */
  readonly members: readonly MemberUse[];
  /** A place in `code` to its place in the script; line and column from 1. */
  locate(line: number, column: number): { line: number; column: number };
}

/** Where a script reads a member of a global. */
export interface MemberUse {
  readonly object: string;
  readonly member: string;
  readonly line: number;
  readonly column: number;
}

/**
 * Rewrites a script (design 4, "Context variables without a proxy"): identifiers that no function of the script binds and that
 * are no globals become `$cursor.context.records[n].name`. Counting on nothing starts from 0 (spec language 2.2). Lines stay
 * where they are, so that errors need only their columns mapped back.
 */
export function transform(
  source: string,
  file: string,
  moduleIndex: number,
  globals: ReadonlySet<string>,
): Transformed {
  const root = parseScript(source, file);
  const text = new MagicString(source);
  const rewriter = new Rewriter(text, source, file, moduleIndex, globals);
  rewriter.walk(root, { names: new Set(), parent: null, isFunction: true });
  if (root.end < source.length) text.remove(root.end, source.length);
  if (root.start > 0) text.overwrite(0, root.start, source.slice(0, root.start).replace(/[^\n]/g, ' '));
  let mappings: [number, number, number, number][][] | null = null;
  return {
    code: text.toString(),
    names: rewriter.names,
    globalsUsed: rewriter.globalsUsed,
    members: rewriter.members,
    locate(line, column) {
      mappings ??= text.generateDecodedMap({ hires: true }).mappings as [number, number, number, number][][];
      let best: [number, number, number, number] | undefined;
      for (const mapping of mappings[line - 1] ?? []) {
        if (mapping[0] > column - 1) break;
        best = mapping;
      }
      return best === undefined ? { line, column } : { line: best[2] + 1, column: best[3] + 1 };
    },
  };
}

/** The one expression that a script is. Throws ScriptError. */
export function parseScript(source: string, file: string): AnyNode {
  let program: AnyNode;
  try {
    program = parse(source, {
      ecmaVersion: 'latest',
      sourceType: 'module',
      locations: true,
    }) as unknown as AnyNode;
  } catch (error) {
    const { loc, message } = error as SyntaxError & { loc?: { line: number; column: number } };
    const reason = message.replace(/ \(\d+:\d+\)$/, '');
    throw new ScriptError(`syntax error: ${reason}`, file, loc?.line ?? 1, (loc?.column ?? 0) + 1, source);
  }
  const body = program['body'] as AnyNode[];
  const first = body[0];
  if (first === undefined)
    throw new ScriptError('the script is empty: expected one expression', file, 1, 1, source);
  const stranger = first.type === 'ExpressionStatement' ? body[1] : first;
  if (stranger !== undefined) {
    const { line, column } = (stranger.loc as NonNullable<Node['loc']>).start;
    throw new ScriptError('a script is one expression: pipy().listen(...)…', file, line, column + 1, source);
  }
  return first['expression'] as AnyNode;
}

class Rewriter {
  readonly names = new Map<string, { line: number; column: number }>();
  readonly members: MemberUse[] = [];
  readonly globalsUsed = new Set<string>();
  readonly #text: MagicString;
  readonly #source: string;
  readonly #file: string;
  readonly #moduleIndex: number;
  readonly #globals: ReadonlySet<string>;

  constructor(
    text: MagicString,
    source: string,
    file: string,
    moduleIndex: number,
    globals: ReadonlySet<string>,
  ) {
    this.#text = text;
    this.#source = source;
    this.#file = file;
    this.#moduleIndex = moduleIndex;
    this.#globals = globals;
  }

  walk(node: AnyNode | null, scope: Scope): void {
    if (node === null) return;
    switch (node.type) {
      case 'Identifier':
        this.#reference(node, scope);
        return;
      case 'MemberExpression':
        this.#noteMember(node, scope);
        this.walk(node['object'] as AnyNode, scope);
        if (node['computed'] === true) this.walk(node['property'] as AnyNode, scope);
        return;
      case 'Property':
        this.#property(node, scope);
        return;
      case 'PropertyDefinition':
      case 'MethodDefinition':
        if (node['computed'] === true) this.walk(node['key'] as AnyNode, scope);
        this.walk(node['value'] as AnyNode | null, scope);
        return;
      case 'ArrowFunctionExpression':
      case 'FunctionExpression':
      case 'FunctionDeclaration':
        this.#function(node, scope);
        return;
      case 'BlockStatement':
      case 'ForStatement':
      case 'ForInStatement':
      case 'ForOfStatement':
      case 'SwitchStatement':
      case 'StaticBlock':
        this.#children(node, blockScope(node, scope));
        return;
      case 'CatchClause': {
        const inner = newScope(scope, false);
        if (node['param'] !== null) this.#bind(node['param'] as AnyNode, inner);
        this.walk(node['body'] as AnyNode, inner);
        return;
      }
      case 'VariableDeclarator':
        this.#defaults(node['id'] as AnyNode, scope);
        this.walk(node['init'] as AnyNode | null, scope);
        return;
      case 'ClassExpression':
      case 'ClassDeclaration': {
        const inner = newScope(scope, false);
        if (node['id'] !== null) inner.names.add((node['id'] as AnyNode)['name'] as string);
        this.walk(node['superClass'] as AnyNode | null, inner);
        this.#children(node['body'] as AnyNode, inner);
        return;
      }
      case 'LabeledStatement':
        this.walk(node['body'] as AnyNode, scope);
        return;
      case 'BreakStatement':
      case 'ContinueStatement':
      case 'MetaProperty':
        return;
      case 'ImportExpression':
        this.#reject(node, 'import is not available: use(file, pipeline) brings modules in');
        return;
      case 'UnaryExpression':
        this.#unary(node, scope);
        return;
      case 'UpdateExpression':
        this.#update(node, scope);
        return;
      case 'AssignmentExpression':
        this.#assignment(node, scope);
        return;
      default:
        this.#children(node, scope);
    }
  }

  #children(node: AnyNode, scope: Scope): void {
    for (const key of Object.keys(node)) {
      const value = node[key];
      if (Array.isArray(value)) {
        for (const element of value) if (isNode(element)) this.walk(element, scope);
      } else if (isNode(value)) this.walk(value, scope);
    }
  }

  #noteMember(node: AnyNode, scope: Scope): void {
    const object = node['object'] as AnyNode;
    const property = node['property'] as AnyNode;
    if (object.type !== 'Identifier' || property.type !== 'Identifier' || node['computed'] === true) return;
    const name = object['name'] as string;
    if (!this.#globals.has(name) || this.#isBound(name, scope)) return;
    this.members.push({ object: name, member: property['name'] as string, ...placeOf(property) });
  }

  #isBound(name: string, scope: Scope): boolean {
    for (let at: Scope | null = scope; at !== null; at = at.parent) if (at.names.has(name)) return true;
    return false;
  }

  #reference(node: AnyNode, scope: Scope): void {
    const target = this.#target(node, scope);
    if (target !== null) this.#text.update(node.start, node.end, target);
  }

  /** `typeof name` asks whether a name is there; only reading it complains that it is not. */
  #unary(node: AnyNode, scope: Scope): void {
    const argument = node['argument'] as AnyNode;
    const name = argument.type === 'Identifier' ? (argument['name'] as string) : null;
    const isKnown = name === null || this.names.has(name);
    const target = name === null ? null : this.#target(argument, scope);
    // Who asks whether a name is there may find that it is not.
    if (node['operator'] === 'typeof' && !isKnown) this.names.delete(name);
    if (node['operator'] !== 'typeof' || target === null || BUILT_INS.has(name!)) {
      this.walk(argument, scope);
      return;
    }
    const isThere = `({}).hasOwnProperty.call(${this.#record()}, ${JSON.stringify(name)})`;
    this.#text.update(node.start, node.end, `(${isThere} ? typeof ${target} : "undefined")`);
  }

  /** What a name is rewritten to; null where it stays: bound in the script, or a global. */
  #target(node: AnyNode, scope: Scope): string | null {
    const name = node['name'] as string;
    if (this.#isBound(name, scope)) return null;
    if (name === '__filename') return JSON.stringify(this.#file);
    if (name === '__inbound') return '$cursor.context.inbound';
    if (name === '__argv') return `($cursor.context.argv[${this.#moduleIndex}] ?? null)`;
    if (this.#globals.has(name)) {
      this.globalsUsed.add(name);
      return null;
    }
    if (!this.names.has(name)) this.names.set(name, placeOf(node));
    return `${this.#record()}.${name}`;
  }

  #record(): string {
    return `$cursor.context.records[${this.#moduleIndex}]`;
  }

  #property(node: AnyNode, scope: Scope): void {
    if (node['computed'] === true) this.walk(node['key'] as AnyNode, scope);
    const value = node['value'] as AnyNode;
    if (node['shorthand'] === true) {
      const name = (node['key'] as AnyNode)['name'] as string;
      const target = this.#target(node['key'] as AnyNode, scope);
      const identifier = (value.type === 'AssignmentPattern' ? value['left'] : value) as AnyNode;
      if (target !== null) this.#text.update(identifier.start, identifier.end, `${name}: ${target}`);
      if (value.type === 'AssignmentPattern') this.walk(value['right'] as AnyNode, scope);
      return;
    }
    this.walk(value, scope);
  }

  #function(node: AnyNode, scope: Scope): void {
    const inner = newScope(scope, true);
    if (node.type === 'FunctionExpression' && node['id'] !== null)
      inner.names.add((node['id'] as AnyNode)['name'] as string);
    if (node.type !== 'ArrowFunctionExpression') inner.names.add('arguments');
    const parameters = node['params'] as AnyNode[];
    for (const parameter of parameters) collectNames(parameter, inner.names);
    const body = node['body'] as AnyNode;
    collectVariables(body, inner.names);
    for (const parameter of parameters) this.#defaults(parameter, inner);
    this.walk(body, inner);
  }

  #bind(pattern: AnyNode, scope: Scope): void {
    collectNames(pattern, scope.names);
    this.#defaults(pattern, scope);
  }

  /** Walks what a binding pattern evaluates: default values and computed keys. */
  #defaults(pattern: AnyNode | null, scope: Scope): void {
    if (pattern === null) return;
    switch (pattern.type) {
      case 'AssignmentPattern':
        this.#defaults(pattern['left'] as AnyNode, scope);
        this.walk(pattern['right'] as AnyNode, scope);
        return;
      case 'ObjectPattern':
        for (const property of pattern['properties'] as AnyNode[]) {
          if (property.type === 'RestElement') continue;
          if (property['computed'] === true) this.walk(property['key'] as AnyNode, scope);
          this.#defaults(property['value'] as AnyNode, scope);
        }
        return;
      case 'ArrayPattern':
        for (const element of pattern['elements'] as (AnyNode | null)[]) this.#defaults(element, scope);
        return;
      case 'RestElement':
        this.#defaults(pattern['argument'] as AnyNode, scope);
    }
  }

  /** `x++` on nothing counts from 0: `$count(object, key, step, isPrefix)`. */
  #update(node: AnyNode, scope: Scope): void {
    const argument = node['argument'] as AnyNode;
    const step = node['operator'] === '++' ? '1' : '-1';
    const tail = `, ${step}, ${String(node['prefix'])})`;
    if (!this.#place(argument, scope, '$count(')) {
      this.walk(argument, scope);
      return;
    }
    if (node['prefix'] === true) this.#text.remove(node.start, argument.start);
    else this.#text.remove(argument.end, node.end);
    this.#text.appendRight(node.end, tail);
  }

  /** `x += 1` on nothing counts from 0: `$add(object, key, operator, () => value)`. */
  #assignment(node: AnyNode, scope: Scope): void {
    const left = node['left'] as AnyNode;
    const right = node['right'] as AnyNode;
    const operator = node['operator'] as string;
    if (left.type === 'Identifier' && BUILT_INS.has(left['name'] as string))
      this.#reject(left, `${left['name'] as string} is read-only`);
    const isArithmetic = !['=', '&&=', '||=', '??='].includes(operator);
    if (isArithmetic && this.#place(left, scope, '$assign(')) {
      this.#text.update(left.end, right.start, `, ${JSON.stringify(operator.slice(0, -1))}, `);
      this.walk(right, scope);
      this.#text.appendLeft(right.end, ')');
      return;
    }
    this.walk(left, scope);
    this.walk(right, scope);
  }

  /** Writes `call` + object + key in the place of a reference; false where it is bound in the script itself. */
  #place(node: AnyNode, scope: Scope, call: string): boolean {
    if (node.type === 'Identifier') {
      const name = node['name'] as string;
      if (BUILT_INS.has(name)) this.#reject(node, `${name} is read-only`);
      if (this.#target(node, scope) === null) return false;
      this.#text.update(node.start, node.end, `${call}${this.#record()}, ${JSON.stringify(name)}`);
      return true;
    }
    if (node.type !== 'MemberExpression') return false;
    const object = node['object'] as AnyNode;
    const property = node['property'] as AnyNode;
    if (object.type === 'Super' || property.type === 'PrivateIdentifier') return false;
    this.#text.appendRight(node.start, call);
    this.walk(object, scope);
    if (node['computed'] === true) {
      this.#text.update(object.end, property.start, ', ');
      this.walk(property, scope);
      this.#text.remove(property.end, node.end);
    } else this.#text.update(object.end, node.end, `, ${JSON.stringify(property['name'])}`);
    return true;
  }

  #reject(node: AnyNode, message: string): never {
    const { line, column } = (node.loc as NonNullable<Node['loc']>).start;
    throw new ScriptError(message, this.#file, line, column + 1, this.#source);
  }
}

function placeOf(node: AnyNode): { line: number; column: number } {
  const { line, column } = (node.loc as NonNullable<Node['loc']>).start;
  return { line, column: column + 1 };
}
