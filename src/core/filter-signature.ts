import type { FilterDeclaration, FilterParameter } from './filter.ts';

/** `name(first, second, [third])` */
export function signature(filter: FilterDeclaration): string {
  return `${filter.name}(${parameterList(filter)})`;
}

/** `first, second, [third]` */
export function parameterList({ parameters }: FilterDeclaration): string {
  return parameters.map(shown).join(', ');
}

function shown({ name, isOptional, isRest }: FilterParameter): string {
  const plain = isRest === true ? `...${name}` : name;
  return isOptional === true ? `[${plain}]` : plain;
}
