import { asKql } from './filter.ts';
import type { List } from './panel.ts';
import { DATA_VIEW_ID, type SavedObject, savedObject, tagReference } from './saved-object.ts';

/** A list of records as Discover keeps it. */
export function savedSearchOf({ id, title, description, where, columns, sort }: List): SavedObject {
  const index = 'kibanaSavedObjectMeta.searchSourceJSON.index';
  return savedObject(
    'search',
    id,
    {
      title,
      description,
      columns,
      sort: [[sort, 'desc']],
      grid: {},
      hideChart: false,
      isTextBasedQuery: false,
      timeRestore: false,
      kibanaSavedObjectMeta: {
        searchSourceJSON: JSON.stringify({
          query: { query: asKql(where), language: 'kuery' },
          filter: [],
          indexRefName: index,
        }),
      },
    },
    [{ id: DATA_VIEW_ID, name: index, type: 'index-pattern' }, tagReference],
  );
}
