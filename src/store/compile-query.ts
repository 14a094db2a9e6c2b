import type { Query } from './query.ts';

/** A query as SQL over `records`, all values bound. Column names come from the table of fields, never from the user. */
export function compileQuery(query: Query): { readonly sql: string; readonly values: (string | number)[] } {
  const values: (string | number)[] = [];
  return { sql: condition(query, values), values };
}

function condition(query: Query, values: (string | number)[]): string {
  switch (query.kind) {
    case 'all':
      return '1';
    case 'and':
    case 'or':
      return `(${query.parts.map((part) => condition(part, values)).join(query.kind === 'and' ? ' AND ' : ' OR ')})`;
    case 'not':
      return `NOT coalesce(${condition(query.part, values)}, 0)`;
    case 'compare':
      values.push(query.value);
      return `${query.column} ${query.operator} ?`;
    case 'like':
      values.push(globOf(query.pattern));
      return `lower(${query.column}) GLOB lower(?)`;
    case 'words': {
      // A quoted phrase of FTS5; within it only the quote itself is special.
      const phrase = `"${query.text.replaceAll('"', '""')}"${query.isPrefix ? ' *' : ''}`;
      values.push(`{${query.columns.join(' ')}} : ${phrase}`);
      return 'rowid IN (SELECT rowid FROM search WHERE search MATCH ?)';
    }
    case 'header': {
      values.push(query.name, globOf(query.pattern), query.name, globOf(query.pattern));
      const matches = (side: string): string =>
        `EXISTS (SELECT 1 FROM json_each(document, '$.http.${side}.headers') AS header WHERE header.key = ? AND lower(header.value) GLOB lower(?))`;
      return `(${matches('request')} OR ${matches('response')})`;
    }
  }
}

/** `*` stays a wildcard; what else GLOB would read as one is taken literally. */
function globOf(pattern: string): string {
  return pattern.replace(/[?[]/g, (character) => `[${character}]`);
}
