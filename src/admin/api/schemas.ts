import type { Schema } from '../endpoint.ts';

/** JSON Schemas that answers are put together of. */

/** An object with all of `properties`, perhaps some of `others`, and nothing else. */
export function objectOf(
  properties: Readonly<Record<string, Schema>>,
  others: Readonly<Record<string, Schema>> = {},
): Schema {
  return {
    type: 'object',
    required: Object.keys(properties),
    additionalProperties: false,
    properties: { ...properties, ...others },
  };
}

/** The values of a list. */
export function listOf(items: Schema): Schema {
  return { type: 'array', items };
}

/** The same, or null. */
export function orNull(schema: Schema): Schema {
  return { oneOf: [schema, { type: 'null' }] };
}

export const TEXT: Schema = { type: 'string' };
export const TEXT_OR_NULL: Schema = { type: ['string', 'null'] };
export const NUMBER: Schema = { type: 'number' };
export const NUMBER_OR_NULL: Schema = { type: ['number', 'null'] };
export const COUNT: Schema = { type: 'integer', minimum: 0 };
export const BYTES: Schema = { type: 'number', minimum: 0 };
export const TIME_OR_NULL: Schema = {
  type: ['number', 'null'],
  description: 'Milliseconds since the epoch.',
};
