/** Something that Kibana imports. Its versions are those of 8.9, from which 8.19 and 9 migrate what they import. */
export interface SavedObject {
  readonly id: string;
  readonly type: 'index-pattern' | 'lens' | 'search' | 'dashboard' | 'tag';
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly references: readonly Reference[];
  readonly coreMigrationVersion: string;
  readonly typeMigrationVersion: string;
  readonly managed: false;
}

/** What a saved object needs; `name` is how it calls it inside. */
export interface Reference {
  readonly id: string;
  readonly name: string;
  readonly type: SavedObject['type'];
}

/** Since 8.8 all exports have this one. */
const CORE_VERSION = '8.8.0';
const TYPE_VERSIONS: Readonly<Record<SavedObject['type'], string>> = {
  'index-pattern': '8.0.0',
  lens: '8.9.0',
  search: '8.0.0',
  dashboard: '8.9.0',
  tag: '8.0.0',
};

/** The data view of all records. */
export const DATA_VIEW_ID = 'tapline-records';
/** The tag of all that is imported. */
export const TAG_ID = 'tapline';

/** With the versions that Kibana wants to know. */
export function savedObject(
  type: SavedObject['type'],
  id: string,
  attributes: Readonly<Record<string, unknown>>,
  references: readonly Reference[] = [],
): SavedObject {
  return {
    id,
    type,
    attributes,
    references,
    coreMigrationVersion: CORE_VERSION,
    typeMigrationVersion: TYPE_VERSIONS[type],
    managed: false,
  };
}

/** Marks a saved object as one of Tapline. */
export const tagReference: Reference = { id: TAG_ID, name: `tag-ref-${TAG_ID}`, type: 'tag' };
