/** The terms of a query that must all hold, as they were written; one term where an `or` combines them. */
export function termsOf(query: string): readonly string[] {
  const words = wordsOf(query);
  if (words.some((word) => word.toLowerCase() === 'or')) return [query.trim()];
  return words;
}

/** Whether a query has a term (it may be several words, such as `status>=500 status<600`) among those that must hold. */
export function hasTerm(query: string, term: string): boolean {
  return placeOf(termsOf(query), termsOf(term)) >= 0;
}

/** Adds a term that must hold, or takes it away where it is. What the term excludes where it is excluded goes. */
export function toggleTerm(query: string, term: string): string {
  if (hasTerm(query, term)) return without(query, term);
  return and(without(query, excluding(term)), term);
}

/** Excludes what a term finds, or no longer excludes it. */
export function toggleExclusion(query: string, term: string): string {
  const exclusion = excluding(term);
  if (hasTerm(query, exclusion)) return without(query, exclusion);
  return and(without(query, term), exclusion);
}

/** The term that excludes what another finds. */
export function excluding(term: string): string {
  return `-(${term})`;
}

function without(query: string, term: string): string {
  const terms = termsOf(query);
  const wanted = termsOf(term);
  const at = placeOf(terms, wanted);
  if (at < 0) return query.trim();
  return [...terms.slice(0, at), ...terms.slice(at + wanted.length)].join(' ');
}

function and(query: string, term: string): string {
  if (query === '') return term;
  const isCombined = wordsOf(query).some((word) => word.toLowerCase() === 'or');
  return `${isCombined ? `(${query})` : query} ${term}`;
}

function placeOf(terms: readonly string[], wanted: readonly string[]): number {
  if (wanted.length === 0) return -1;
  return terms.findIndex((_, at) => wanted.every((term, offset) => terms[at + offset] === term));
}

/** Cuts at blanks outside of quotes and parentheses; a blank beside an operator and behind `not` or `-` does not cut. */
function wordsOf(query: string): string[] {
  const words: string[] = [];
  let word = '';
  let depth = 0;
  const end = (): void => {
    if (word !== '') words.push(word);
    word = '';
  };
  for (const [piece] of query.matchAll(/"(?:[^"\\]|\\.)*"?|\s*(?:>=|<=|!=|[:><=])\s*|\s+|[\s\S]/g)) {
    if (piece === '(') {
      if (depth === 0 && word !== '' && !/(?:^|[\s:><=-])$/.test(word) && !/^not\s$/i.test(word)) end();
      depth++;
    } else if (piece === ')') depth = Math.max(0, depth - 1);
    if (depth === 0 && /^\s+$/.test(piece)) {
      if (/^(?:-|not)$/i.test(word)) word += ' ';
      else end();
      continue;
    }
    word += piece;
  }
  end();
  return words;
}
