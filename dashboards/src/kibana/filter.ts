import type { FieldName, NumberName } from './fields.ts';

type Value = string | number | boolean;

/** Which records: written once, read as KQL by Kibana and as query DSL by the tests. */
export type Filter =
  | { readonly kind: 'is'; readonly field: FieldName; readonly values: readonly Value[] }
  | { readonly kind: 'from'; readonly field: NumberName; readonly value: number }
  | { readonly kind: 'below'; readonly field: NumberName; readonly value: number }
  | { readonly kind: 'exists'; readonly field: FieldName }
  | { readonly kind: 'all' | 'any'; readonly of: readonly Filter[] }
  | { readonly kind: 'not'; readonly of: Filter };

/** The field has one of the values. */
export const is = (field: FieldName, ...values: readonly Value[]): Filter => ({ kind: 'is', field, values });
/** At least so much. */
export const from = (field: NumberName, value: number): Filter => ({ kind: 'from', field, value });
/** Less than so much. */
export const below = (field: NumberName, value: number): Filter => ({ kind: 'below', field, value });
/** The field has a value. */
export const exists = (field: FieldName): Filter => ({ kind: 'exists', field });
/** All of them hold. */
export const all = (...of: readonly Filter[]): Filter => ({ kind: 'all', of });
/** One of them holds. */
export const any = (...of: readonly Filter[]): Filter => ({ kind: 'any', of });
/** It does not hold. */
export const not = (of: Filter): Filter => ({ kind: 'not', of });

/** In the language of Kibana's search bar. */
export function asKql(filter: Filter): string {
  switch (filter.kind) {
    case 'is': {
      const values = filter.values.map((value) => JSON.stringify(value));
      return `${filter.field}: ${values.length === 1 ? values[0] : `(${values.join(' or ')})`}`;
    }
    case 'from':
      return `${filter.field} >= ${filter.value}`;
    case 'below':
      return `${filter.field} < ${filter.value}`;
    case 'exists':
      return `${filter.field}: *`;
    case 'all':
      return filter.of.map(asKqlPart).join(' and ');
    case 'any':
      return filter.of.map(asKqlPart).join(' or ');
    case 'not':
      return `not ${asKqlPart(filter.of)}`;
  }
}

/** As Elasticsearch takes it. */
export function asQuery(filter: Filter): object {
  switch (filter.kind) {
    case 'is':
      return { terms: { [filter.field]: filter.values } };
    case 'from':
      return { range: { [filter.field]: { gte: filter.value } } };
    case 'below':
      return { range: { [filter.field]: { lt: filter.value } } };
    case 'exists':
      return { exists: { field: filter.field } };
    case 'all':
      return { bool: { filter: filter.of.map(asQuery) } };
    case 'any':
      return { bool: { should: filter.of.map(asQuery), minimum_should_match: 1 } };
    case 'not':
      return { bool: { must_not: [asQuery(filter.of)] } };
  }
}

function asKqlPart(filter: Filter): string {
  const isJoined = filter.kind === 'all' || filter.kind === 'any';
  return isJoined && filter.of.length > 1 ? `(${asKql(filter)})` : asKql(filter);
}
