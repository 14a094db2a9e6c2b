import type { RequestHead } from './head.ts';
import { trimBlanks } from './fields.ts';

/** What becomes of a field of a head. */
export type FieldEdit =
  /** Its lines stay as they are. */
  | { readonly kind: 'keep' }
  /** One line: where its first was, or at the end. */
  | { readonly kind: 'set'; readonly value: string }
  | { readonly kind: 'remove' };

export interface EditedHead {
  readonly bytes: Buffer;
  /** Lower-case names of fields of which something was left out; those that were set are not among them. */
  readonly dropped: ReadonlySet<string>;
}

/**
 * The bytes of a parsed head with some fields changed; every other line is the same, byte for byte and in its place. A name with underscores
 * counts as the one with hyphens, and is left out: servers that make variables of fields take one for the other. `Connection` loses the names
 * of edited fields, so that no hop can be told to drop them (RFC 9110 section 7.6.1).
 * @param edits by lower-case name, with the spelling of a line that is added. Throws where a value has a line end.
 */
export function editHead(
  head: RequestHead,
  edits: ReadonlyMap<string, { readonly spelling: string; readonly edit: FieldEdit }>,
): EditedHead {
  const lines = head.raw!.toString('latin1').split('\r\n');
  const kept: string[] = [lines[0]!];
  const dropped = new Set<string>();
  const done = new Set<string>();
  for (let index = 0; index < head.rawHeaders.length; index += 2) {
    const name = head.rawHeaders[index]!;
    const line = lines[index / 2 + 1]!;
    const known = name.toLowerCase().replaceAll('_', '-');
    const found = edits.get(known);
    if (found === undefined) {
      const changed = known === 'connection' ? withoutNames(head.rawHeaders[index + 1]!, edits) : null;
      if (changed === null) kept.push(line);
      else {
        dropped.add(known);
        if (changed !== '') kept.push(fieldLine(name, changed));
      }
      continue;
    }
    const isDisguised = name.includes('_');
    if (!isDisguised && found.edit.kind === 'keep') {
      kept.push(line);
      continue;
    }
    if (isDisguised || found.edit.kind === 'remove') dropped.add(known);
    else if (!done.has(known) && found.edit.kind === 'set') kept.push(fieldLine(name, found.edit.value));
    if (!isDisguised) done.add(known);
  }
  for (const [name, { spelling, edit }] of edits)
    if (edit.kind === 'set' && !done.has(name)) kept.push(fieldLine(spelling, edit.value));
  return { bytes: Buffer.from(`${kept.join('\r\n')}\r\n\r\n`, 'latin1'), dropped };
}

function fieldLine(name: string, value: string): string {
  // Nothing that comes here has one: parsers refuse them. A mistake of ours must not become a field of somebody else.
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\0\r\n]/.test(value)) throw new TypeError('a field value has a line end');
  return `${name}: ${value}`;
}

/** A `Connection` value without edited fields; null where it names none. */
function withoutNames(value: string, edits: ReadonlyMap<string, unknown>): string | null {
  const names = value.split(',').map((name) => trimBlanks(name, 0));
  const left = names.filter((name) => !edits.has(name.toLowerCase().replaceAll('_', '-')));
  return left.length === names.length ? null : left.join(', ');
}
