import type { FilterDeclaration, FilterParameter } from '../core/filter.ts';

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
  return `${signature(filter)}\n  ${filter.summary}\n${parameters.join('')}${examples.join('')}\n`;
}

/** `name(first, second, [third])` */
export function signature({ name, parameters }: FilterDeclaration): string {
  return `${name}(${parameters.map(shown).join(', ')})`;
}

function shown({ name, isOptional, isRest }: FilterParameter): string {
  const plain = isRest === true ? `...${name}` : name;
  return isOptional === true ? `[${plain}]` : plain;
}
