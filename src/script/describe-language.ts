import type { FilterOption, FilterParameter } from '../core/filter.ts';
import { signature } from '../core/filter-signature.ts';
import { type DeclaredMember, declaredMembers } from './declared-members.ts';
import { globalCatalogue } from './globals/index.ts';
import type { ScriptLanguage } from './read-script.ts';

/** A filter, or a method of a configuration that begins a pipeline, for an editor. */
export interface DescribedMethod {
  readonly name: string;
  readonly signature: string;
  readonly summary: string;
  readonly parameters: readonly FilterParameter[];
  readonly examples: readonly string[];
  /** `spec` for those of the filter language, `tapline` for ours; null for what is no filter. */
  readonly origin: 'spec' | 'tapline' | null;
}

/** A name that scripts use without declaring it. */
export interface DescribedObject {
  readonly name: string;
  readonly kind: 'object' | 'class' | 'function';
  /** In TypeScript; of a class its constructor's. */
  readonly signature: string;
  readonly summary: string;
  /** Of a class those of its objects. */
  readonly members: readonly DeclaredMember[];
}

/** Everything that an editor completes. */
export interface DescribedLanguage {
  /** What `pipy()` returns has these methods, too: they begin pipelines. */
  readonly beginnings: readonly DescribedMethod[];
  readonly filters: readonly DescribedMethod[];
  readonly objects: readonly DescribedObject[];
  /** Names of JavaScript that scripts may use. */
  readonly standard: readonly string[];
  /** Names that the engine binds. */
  readonly builtIns: readonly { readonly name: string; readonly summary: string }[];
}

const LISTEN_OPTION_WORDS: readonly FilterOption[] = [
  {
    name: 'reuse',
    type: 'boolean',
    defaultValue: 'false',
    meaning: 'share the port with other processes',
  },
  {
    name: 'tls',
    type: 'object',
    defaultValue: 'none',
    meaning: 'terminate TLS: cert and key in PEM; with trusted clients must show a certificate of these',
  },
  {
    name: 'proxyProtocol',
    type: 'boolean',
    defaultValue: 'false',
    meaning: 'connections begin with a PROXY header, version 1 or 2, that tells the real addresses',
  },
  {
    name: 'maxConnections',
    type: 'number',
    defaultValue: 'no limit of its own',
    meaning: 'more connections of this port are turned away',
  },
];

const BEGINNINGS: readonly DescribedMethod[] = [
  {
    name: 'listen',
    signature: 'listen(port, [options])',
    summary: 'Begins a pipeline for the connections of a port.',
    parameters: [
      { name: 'port', type: 'number|string', meaning: "a port, 'ip:port' or '[v6]:port'" },
      {
        name: 'options',
        type: 'object',
        isOptional: true,
        meaning: 'how to listen',
        options: LISTEN_OPTION_WORDS,
      },
    ],
    examples: ["pipy().listen(8000).connect('127.0.0.1:80')"],
    origin: null,
  },
  {
    name: 'task',
    signature: 'task(interval)',
    summary: 'Begins a pipeline that runs now and then every interval.',
    parameters: [
      { name: 'interval', type: 'number|string', meaning: "seconds, or a duration such as '500ms' or '5s'" },
    ],
    examples: ["pipy().task('5s').replaceMessage(() => new SessionEnd)"],
    origin: null,
  },
  {
    name: 'pipeline',
    signature: 'pipeline(name)',
    summary: 'Begins a pipeline that filters such as link and fork name.',
    parameters: [{ name: 'name', type: 'string', meaning: 'its name, once in a file' }],
    examples: ["pipy().listen(8000).link('all').pipeline('all')"],
    origin: null,
  },
];

const BUILT_INS: DescribedLanguage['builtIns'] = [
  {
    name: 'pipy',
    summary:
      'Begins a configuration; the members of its argument are variables of every function in the file.',
  },
  {
    name: '__inbound',
    summary:
      'The connection of this context: id, remoteAddress, remotePort, localAddress, localPort; null in tasks and shared sessions.',
  },
  { name: '__filename', summary: 'This file inside the folder of the program, with a leading slash.' },
  { name: '__argv', summary: 'What use gave this file; null for nothing.' },
];

/** The language for an editor's completion, from the same declarations as the reference. */
export function describeLanguage({ catalogue, globals }: ScriptLanguage): DescribedLanguage {
  const declared = globalCatalogue.map(({ name, summary, types }) => describedObject(name, summary, types));
  const known = new Set(declared.map(({ name }) => name));
  const others = Object.keys(globals).filter((name) => !known.has(name));
  return {
    beginnings: BEGINNINGS,
    filters: catalogue.map((filter) => {
      const { name, summary, parameters, examples, origin } = filter;
      return { name, signature: signature(filter), summary, parameters, examples, origin };
    }),
    objects: [
      ...declared,
      ...others.filter((name) => name === 'audit').map((name) => membersOfValue(name, globals[name])),
    ],
    standard: others.filter((name) => name !== 'audit'),
    builtIns: BUILT_INS,
  };
}

function describedObject(name: string, summary: string, types: string): DescribedObject {
  const members = declaredMembers(types);
  if (/^declare class/m.test(types)) {
    const made = members.find((member) => member.name === 'constructor')?.signature ?? 'constructor()';
    return {
      name,
      kind: 'class',
      signature: made.replace('constructor', `new ${name}`),
      summary,
      members: members.filter((member) => member.name !== 'constructor'),
    };
  }
  const call = /^declare function (.*?);?$/m.exec(types)?.[1];
  if (call !== undefined) return { name, kind: 'function', signature: call, summary, members: [] };
  return { name, kind: 'object', signature: name, summary, members };
}

/** An object that is declared nowhere: what it has. */
function membersOfValue(name: string, value: unknown): DescribedObject {
  const members = Object.entries(value as object).map(([member, held]): DeclaredMember => {
    const isMethod = typeof held === 'function';
    return {
      name: member,
      kind: isMethod ? 'method' : 'property',
      signature: isMethod ? `${member}(…)` : member,
      summary: '',
    };
  });
  const summary = "The gateway's options in the filters' words, and the way into the records.";
  return { name, kind: 'object', signature: name, summary, members };
}
