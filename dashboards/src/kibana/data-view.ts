import { type Field, FIELDS, RUNTIME_FIELDS } from './fields.ts';
import { DATA_VIEW_ID, type SavedObject, savedObject } from './saved-object.ts';

/** All data streams of records, whatever the dataset and the namespace. */
export const dataView: SavedObject = savedObject('index-pattern', DATA_VIEW_ID, {
  title: 'logs-tapline.*-*',
  name: 'Tapline records',
  timeFieldName: '@timestamp',
  allowNoIndex: true,
  fields: '[]',
  fieldAttrs: '{}',
  sourceFilters: '[]',
  typeMeta: '{}',
  runtimeFieldMap: JSON.stringify(RUNTIME_FIELDS),
  fieldFormatMap: JSON.stringify(
    Object.fromEntries(
      Object.entries(FIELDS as Record<string, Field>)
        .filter(([, { shown }]) => shown !== undefined)
        .map(([name, { shown }]) => [name, formatOf(shown!)]),
    ),
  ),
});

function formatOf(shown: NonNullable<Field['shown']>): object {
  return shown === 'bytes'
    ? { id: 'bytes' }
    : {
        id: 'duration',
        params: {
          inputFormat: shown,
          outputFormat: 'humanizePrecise',
          outputPrecision: 1,
          includeSpaceWithSuffix: true,
          useShortSuffix: true,
        },
      };
}
