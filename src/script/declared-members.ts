/** A member of a built-in object, as the declarations for editors tell of it. */
export interface DeclaredMember {
  readonly name: string;
  readonly kind: 'property' | 'method' | 'class';
  /** In TypeScript; of a class its constructor's. */
  readonly signature: string;
  /** Empty where nobody wrote one. */
  readonly summary: string;
  /** Of a class. */
  readonly members?: readonly DeclaredMember[];
}

const CLASS = /^class (\w+)/;
const METHOD = /^(?:static |function )?(\w+)(?:<[^>]*>)?\(/;
const PROPERTY = /^(?:readonly )?(\w+)\??: /;

/** Members in the body of an ambient declaration: one a line, indented by its depth, comments before them (src/script/globals). */
export function declaredMembers(types: string): DeclaredMember[] {
  const lines = types.split('\n');
  const begin = lines.findIndex((line) => line.endsWith('{')) + 1;
  const end = lines.findIndex((line, index) => index >= begin && line.startsWith('}'));
  return membersOf(lines.slice(begin, end < 0 ? lines.length : end), 2);
}

function membersOf(lines: readonly string[], depth: number): DeclaredMember[] {
  const members: DeclaredMember[] = [];
  let summary = '';
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index]!;
    const text = line.trim();
    if (!line.startsWith(' '.repeat(depth)) || line[depth] === ' ') continue;
    if (text.startsWith('/**')) {
      const end = index + lines.slice(index).findIndex((one) => one.includes('*/'));
      summary = lines
        .slice(index, end + 1)
        .map((one) => one.trim().replace(/^\/\*\*\s*|^\*\/|^\*\s?|\s*\*\/$/g, ''))
        .filter(Boolean)
        .join(' ');
      index = end;
      continue;
    }
    const member = memberOf(text, summary, lines.slice(index + 1), depth);
    if (member !== null && members.every(({ name }) => name !== member.name)) members.push(member);
    summary = '';
  }
  return members;
}

function memberOf(
  text: string,
  summary: string,
  below: readonly string[],
  depth: number,
): DeclaredMember | null {
  const signature = text.replace(/^(?:readonly|function|static) /, '').replace(/;$/, '');
  const className = CLASS.exec(text)?.[1];
  if (className !== undefined) {
    const end = below.findIndex((line) => line === `${' '.repeat(depth)}}`);
    const all = membersOf(below.slice(0, end < 0 ? below.length : end), depth + 2);
    const made = all.find(({ name }) => name === 'constructor')?.signature ?? 'constructor()';
    return {
      name: className,
      kind: 'class',
      signature: made.replace('constructor', `new ${className}`),
      summary,
      members: all.filter(({ name }) => name !== 'constructor'),
    };
  }
  const method = METHOD.exec(text)?.[1];
  if (method !== undefined) return { name: method, kind: 'method', signature, summary };
  const property = PROPERTY.exec(text)?.[1];
  return property === undefined ? null : { name: property, kind: 'property', signature, summary };
}
