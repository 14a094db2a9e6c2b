import type { SyntaxNode, Tree } from '@lezer/common';

/** What can be completed at a place of a script, and from where on. */
export type CompletionPlace =
  /** After the dot of a chain of `pipy(…)`. */
  | { readonly kind: 'filter'; readonly from: number }
  /** A string that may name a pipeline: an argument of this filter. */
  | { readonly kind: 'pipeline'; readonly from: number; readonly filter: string; readonly isQuoted: boolean }
  /** A name in an object literal that is an argument of this filter. */
  | { readonly kind: 'option'; readonly from: number; readonly filter: string; readonly argument: number }
  /** After the dot of an object: `http.`. */
  | { readonly kind: 'member'; readonly from: number; readonly object: string }
  /** The begin of an expression. */
  | { readonly kind: 'name'; readonly from: number };

const NOWHERE = new Set([
  'LineComment',
  'BlockComment',
  'TemplateString',
  'RegExp',
  'Number',
  'VariableDefinition',
  'Label',
]);

/** Finds it in a syntax tree as CodeMirror's JavaScript has it; null where nothing can be said. */
export function completionPlace(tree: Tree, text: string, at: number): CompletionPlace | null {
  const node = tree.resolveInner(at, -1);
  if (NOWHERE.has(node.name)) return null;
  if (node.name === 'String') return pipelinePlace(node, text, at);
  if (node.name === '.' || node.name === 'PropertyName') {
    const member = node.parent;
    const object = member?.name === 'MemberExpression' ? member.firstChild : null;
    const from = node.name === '.' ? node.to : node.from;
    if (object === null || object === undefined) return null;
    if (isChain(object, text)) return { kind: 'filter', from };
    return object.name === 'VariableName' ? { kind: 'member', from, object: textOf(object, text) } : null;
  }
  if (node.name === 'PropertyDefinition' || node.name === 'ObjectExpression' || node.name === '{') {
    return optionPlace(node, text, at);
  }
  if (node.name === 'VariableName') {
    // Of `{ a }` the name may be one of an option.
    return optionPlace(node, text, at) ?? { kind: 'name', from: node.from };
  }
  const call = node.name === '(' || node.name === ',' || node.name === 'ArgList' ? argumentsOf(node) : null;
  const called = call === null ? null : filterOf(call, text);
  if (called !== null && node.name !== 'ArgList')
    return { kind: 'pipeline', from: at, filter: called, isQuoted: false };
  return /[\w$.]/.test(text.slice(at - 1, at)) ? null : { kind: 'name', from: at };
}

/** The word at a place as the hover shows it: a filter, a member of an object, or a name. */
export function wordPlace(
  tree: Tree,
  text: string,
  at: number,
): { readonly place: CompletionPlace; readonly from: number; readonly to: number } | null {
  const node = tree.resolveInner(at, 1);
  if (!['PropertyName', 'PropertyDefinition', 'VariableName'].includes(node.name)) return null;
  const place = completionPlace(tree, text, node.to);
  return place === null ? null : { place, from: node.from, to: node.to };
}

/** The variables that `pipy({ … })` declares, and the names of pipelines, in the order of the text. */
export function declaredNames(
  tree: Tree,
  text: string,
): { readonly variables: readonly string[]; readonly pipelines: readonly string[] } {
  const variables = new Set<string>();
  const pipelines = new Set<string>();
  tree.iterate({
    enter({ node }) {
      if (node.name !== 'CallExpression') return;
      const callee = node.firstChild;
      const first = node.getChild('ArgList')?.firstChild?.nextSibling ?? null;
      if (callee === null || first === null) return;
      if (textOf(callee, text) === 'pipy' && first.name === 'ObjectExpression')
        for (const property of first.getChildren('Property')) {
          const name = property.getChild('PropertyDefinition');
          if (name !== null) variables.add(textOf(name, text));
        }
      if (filterNameOf(callee, text) === 'pipeline' && first.name === 'String') {
        const name = textOf(first, text).slice(1, -1);
        if (name !== '') pipelines.add(name);
      }
    },
  });
  return { variables: [...variables], pipelines: [...pipelines] };
}

function pipelinePlace(node: SyntaxNode, text: string, at: number): CompletionPlace | null {
  const from = node.from + 1;
  // The string may not be ended yet: then it is of whatever expression follows.
  let argument: SyntaxNode | null = node;
  while (argument !== null && argument.from === node.from && argument.name !== 'ArgList')
    argument = argument.parent;
  const filter = argument?.name === 'ArgList' ? filterOf(argument, text) : null;
  return filter === null || at < from ? null : { kind: 'pipeline', from, filter, isQuoted: true };
}

function optionPlace(node: SyntaxNode, text: string, at: number): CompletionPlace | null {
  let object: SyntaxNode | null = node;
  while (object !== null && ['PropertyDefinition', 'Property', '{', 'VariableName'].includes(object.name))
    object = object.parent;
  if (object?.name !== 'ObjectExpression' || at <= object.from) return null;
  const list = object.parent;
  const filter = list?.name === 'ArgList' ? filterOf(list, text) : null;
  if (list === null || filter === null) return null;
  const isName = node.name === 'PropertyDefinition' || node.name === 'VariableName';
  if (isName && node.prevSibling !== null && node.prevSibling.name === ':') return null;
  const before = text.slice(object.from, isName ? node.from : at).trimEnd();
  if (!before.endsWith('{') && !before.endsWith(',')) return null;
  let argument = 0;
  for (let child = list.firstChild; child !== null && child.from < object.from; child = child.nextSibling)
    if (child.name === ',') argument++;
  return { kind: 'option', from: isName ? node.from : at, filter, argument };
}

function argumentsOf(node: SyntaxNode): SyntaxNode | null {
  return node.name === 'ArgList' ? node : node.parent?.name === 'ArgList' ? node.parent : null;
}

/** The filter that is called with these arguments; null where it is no filter of a chain. */
function filterOf(list: SyntaxNode, text: string): string | null {
  const callee = list.parent?.name === 'CallExpression' ? list.parent.firstChild : null;
  return callee === null ? null : filterNameOf(callee, text);
}

function filterNameOf(callee: SyntaxNode, text: string): string | null {
  const object = callee.name === 'MemberExpression' ? callee.firstChild : null;
  const name = callee.getChild('PropertyName');
  return object === null || name === null || !isChain(object, text) ? null : textOf(name, text);
}

/** Whether an expression is `pipy(…)`, or calls chained on it. */
function isChain(node: SyntaxNode, text: string): boolean {
  let current: SyntaxNode | null = node;
  while (current !== null) {
    if (current.name !== 'CallExpression' && current.name !== 'MemberExpression') return false;
    const callee: SyntaxNode | null = current.firstChild;
    if (
      current.name === 'CallExpression' &&
      callee?.name === 'VariableName' &&
      textOf(callee, text) === 'pipy'
    )
      return true;
    current = callee;
  }
  return false;
}

function textOf({ from, to }: SyntaxNode, text: string): string {
  return text.slice(from, to);
}
