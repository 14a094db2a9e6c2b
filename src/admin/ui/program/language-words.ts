import type { CompletionPlace } from './completion-context.ts';
import type { DescribedLanguage, DescribedMethod } from '../../../script/describe-language.ts';

/** Something that can be written at a place. */
export interface Word {
  readonly label: string;
  readonly kind: 'method' | 'text' | 'property' | 'variable' | 'class' | 'function' | 'namespace' | 'keyword';
  /** One line: `connect(target, [options])`. */
  readonly signature: string;
  readonly summary: string;
  /** Written beside the name: what else is known. */
  readonly details: readonly string[];
  /** What is written instead of the label. */
  readonly insert?: string;
}

export interface DeclaredNames {
  readonly variables: readonly string[];
  readonly pipelines: readonly string[];
}

/** Everything that can be written at a place, in the order in which it should be offered. */
export function wordsAt(
  place: CompletionPlace,
  language: DescribedLanguage,
  declared: DeclaredNames,
): Word[] {
  switch (place.kind) {
    case 'filter':
      return [...language.filters, ...language.beginnings].map(methodWord);
    case 'pipeline':
      return takesPipeline(place.filter, language)
        ? declared.pipelines.map((name) => pipelineWord(name, place.isQuoted))
        : [];
    case 'option':
      return optionWords(place.filter, place.argument, language);
    case 'member':
      return memberWords(place.object, language);
    case 'name':
      return nameWords(language, declared);
  }
}

/** The word that is written at a place already; null for one that the language does not have. */
export function wordNamed(
  name: string,
  place: CompletionPlace,
  language: DescribedLanguage,
  declared: DeclaredNames,
): Word | null {
  return wordsAt(place, language, declared).find(({ label }) => label === name) ?? null;
}

function methodWord({ name, signature, summary, parameters }: DescribedMethod): Word {
  return {
    label: name,
    kind: 'method',
    signature,
    summary,
    details: parameters.map((parameter) => `${parameter.name}: ${parameter.meaning}`),
  };
}

function pipelineWord(name: string, isQuoted: boolean): Word {
  return {
    label: name,
    kind: 'text',
    signature: `pipeline('${name}')`,
    summary: 'A pipeline of this file.',
    details: [],
    ...(isQuoted ? {} : { insert: `'${name.replace(/[\\']/g, '\\$&')}'` }),
  };
}

function takesPipeline(filter: string, language: DescribedLanguage): boolean {
  // Which file's pipeline `use` names is known only to the gateway: those of this one are a guess, and often right.
  const method = language.filters.find(({ name }) => name === filter);
  return (
    method?.parameters.some(
      ({ name, type }) => name === 'pipeline' || type.split('|').includes('pipeline'),
    ) ?? false
  );
}

function optionWords(filter: string, argument: number, language: DescribedLanguage): Word[] {
  const method = [...language.filters, ...language.beginnings].find(({ name }) => name === filter);
  const options = method?.parameters[argument]?.options ?? [];
  return options.map(({ name, type, defaultValue, meaning }) => ({
    label: name,
    kind: 'property',
    signature: `${name}: ${type}`,
    summary: meaning,
    details: [`default ${defaultValue}`],
    insert: `${name}: `,
  }));
}

function memberWords(object: string, language: DescribedLanguage): Word[] {
  const found = language.objects.find(({ name }) => name === object);
  // What a class declares are members of its objects, not of itself.
  if (found === undefined || found.kind === 'class') return [];
  return found.members.map(({ name, kind, signature, summary }) => ({
    label: name,
    kind,
    signature,
    summary,
    details: [],
  }));
}

function nameWords(language: DescribedLanguage, { variables }: DeclaredNames): Word[] {
  return [
    ...variables.map((name): Word => ({
      label: name,
      kind: 'variable',
      signature: name,
      summary: 'A variable of this file: each context has its own.',
      details: [],
    })),
    ...language.objects.map(({ name, kind, signature, summary }): Word => ({
      label: name,
      kind: kind === 'object' ? 'namespace' : kind,
      signature,
      summary,
      details: [],
    })),
    ...language.builtIns.map(({ name, summary }): Word => ({
      label: name,
      kind: 'variable',
      signature: name,
      summary,
      details: [],
    })),
    ...language.standard.map((name): Word => ({
      label: name,
      kind: 'keyword',
      signature: name,
      summary: 'Of JavaScript.',
      details: [],
    })),
  ];
}
