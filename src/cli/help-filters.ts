import type { FilterDeclaration } from '../core/filter.ts';
import { parameterList, signature } from '../core/filter-signature.ts';

/** One filter as text for a terminal. */
export function filterHelp(filter: FilterDeclaration): string {
  const parameters = filter.parameters.map(
    ({ name, type, isOptional, meaning, options }) =>
      `    ${name}: ${type}${isOptional === true ? ' (optional)' : ''} - ${meaning}\n` +
      (options ?? [])
        .map(
          (option) =>
            `      ${option.name}: ${option.type}, default ${option.defaultValue} - ${option.meaning}\n`,
        )
        .join(''),
  );
  const examples = filter.examples.map((example) => `    ${example.replaceAll('\n', '\n    ')}\n`);
  const title = signature(filter);
  return `${title}\n${'='.repeat(title.length)}\n  ${filter.summary}\n${parameters.join('')}${examples.join('')}\n`;
}

/** All filters in columns: name, parameters, what it does; ours apart (spec cli 1). */
export function filterList(filters: readonly FilterDeclaration[]): string {
  const width = (of: (filter: FilterDeclaration) => string): number =>
    Math.max(...filters.map((filter) => of(filter).length));
  const names = width(({ name }) => name);
  const parameters = width(parameterList);
  const line = (filter: FilterDeclaration): string =>
    `${filter.name.padEnd(names)}  ${parameterList(filter).padEnd(parameters)}  ${filter.summary}\n`;
  const of = (origin: FilterDeclaration['origin']): string =>
    filters
      .filter((filter) => filter.origin === origin)
      .map(line)
      .join('');
  return `\n${of('spec')}\nAdditions of Tapline:\n\n${of('tapline')}\n`;
}
