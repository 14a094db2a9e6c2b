import type { ParameterDescription } from '../../endpoint.ts';

export const ID_PARAMETER: ParameterDescription = {
  name: 'id',
  in: 'path',
  description: '`event.id` of the record.',
  isRequired: true,
  schema: { type: 'string' },
};

export const NO_SUCH_RECORD =
  'There is no record with this id: it may be forgotten by age or size (--store-age, --store-size), or not be stored yet.';
