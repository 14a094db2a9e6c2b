import { existsSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Scalar } from 'yaml';
import { type Options, OPTION_SPECS, type OptionSpec, optionVariable } from './options.ts';
import { parseValue } from './parse-value.ts';
import { type RuleWord, ruleWords } from '../records/capture-rules/parse-capture-rule.ts';
import { readCaptureRules, rulesOfVariable, rulesOfYaml } from './read-capture-rules.ts';
import { UsageError } from './usage-error.ts';

export interface OptionSources {
  /** Arguments after the command's name. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

export interface ReadResult {
  readonly options: Options;
  /** Arguments that are no options: the script. */
  readonly positional: readonly string[];
  /** Names of options that were given anywhere. */
  readonly given: ReadonlySet<string>;
}

interface Given {
  readonly text: string;
  readonly origin: string;
  readonly base: string;
  /** Of an option that may be repeated: each time it was given, in words with their places. */
  readonly rules?: readonly (readonly RuleWord[])[];
}

const BY_NAME = new Map(OPTION_SPECS.map((spec) => [spec.name, spec]));

/**
 * Options from the command line, `TAPLINE_*` variables, `tapline.yaml` and defaults, in this order of precedence. An empty
 * variable counts as unset. Throws UsageError.
 */
export function readOptions(sources: OptionSources): ReadResult {
  const { flags, positional, configFile } = readCommandLine(sources);
  const file = readFile(configFile ?? sources.env['TAPLINE_CONFIG'] ?? null, sources.cwd);
  const options: Record<string, unknown> = {};
  const given = new Set<string>();
  for (const spec of OPTION_SPECS) {
    const found = flags.get(spec.name) ?? fromEnvironment(spec, sources) ?? file.get(spec.name);
    if (found !== undefined) given.add(spec.name);
    const { text, origin, base } = found ?? {
      text: spec.defaultValue,
      origin: `--${spec.name}`,
      base: sources.cwd,
    };
    if (spec.type === 'capture-rules') options[spec.field] = readCaptureRules(found?.rules ?? []);
    else options[spec.field] = text === null ? null : parseValue(spec, text, origin, base);
  }
  const read = options as unknown as Options;
  if ((read.tlsCert === null) !== (read.tlsKey === null))
    throw new UsageError('--tls-cert and --tls-key belong together: give both or neither');
  for (const field of [
    'tlsCert',
    'tlsKey',
    'upstreamCa',
    'elasticsearchApiKeyFile',
    'elasticsearchPasswordFile',
    'elasticsearchCa',
    'guiTokenFile',
  ] as const)
    requireReadable(field, read[field]);
  return { options: read, positional, given };
}

function readCommandLine({ argv, cwd }: OptionSources): {
  flags: Map<string, Given>;
  positional: string[];
  configFile: string | null;
} {
  const flags = new Map<string, Given>();
  const positional: string[] = [];
  let configFile: string | null = null;
  for (let index = 0; index < argv.length; index++) {
    const argument = argv[index]!;
    if (!argument.startsWith('-') || argument === '-') {
      positional.push(argument);
      continue;
    }
    const parts = /^--([a-z][a-z0-9-]*)(?:=([^]*))?$/.exec(argument);
    const name = parts?.[1] ?? argument;
    const spec = BY_NAME.get(name);
    if (spec?.type === 'secret')
      throw new UsageError(
        `--${name}: every process can read a command line; give ${optionVariable(spec)} or --${name}-file=FILE`,
      );
    if (spec === undefined && name !== 'config')
      throw new UsageError(`unknown option: ${argument.split('=')[0]}${closest(name)}`);
    let text = parts![2];
    if (text === undefined) {
      if (spec?.type === 'flag') text = 'true';
      else if (index + 1 < argv.length) text = argv[++index]!;
      else throw new UsageError(`--${name}: expected a value: --${name}=${spec?.placeholder ?? 'FILE'}`);
    }
    if (name === 'config') configFile = path.resolve(cwd, text);
    else if (spec!.type === 'capture-rules') {
      const rules = [...(flags.get(name)?.rules ?? []), ruleWords(text, `--${name}`)];
      flags.set(name, { text, origin: `--${name}`, base: cwd, rules });
    } else flags.set(name, { text, origin: `--${name}`, base: cwd });
  }
  return { flags, positional, configFile };
}

function fromEnvironment(spec: OptionSpec, { env, cwd }: OptionSources): Given | undefined {
  const name = optionVariable(spec);
  const text = env[name];
  if (text === undefined || text === '') return undefined;
  const given = { text, origin: name, base: cwd };
  return spec.type === 'capture-rules' ? { ...given, rules: rulesOfVariable(text, name) } : given;
}

/** `tapline.yaml`: a map of option names; its paths are relative to its folder. */
function readFile(given: string | null, cwd: string): Map<string, Given> {
  const file = given === null ? path.join(cwd, 'tapline.yaml') : path.resolve(cwd, given);
  const values = new Map<string, Given>();
  if (given === null && !existsSync(file)) return values;
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`--config: cannot read ${file}: ${(error as Error).message}`);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const shown = path.basename(file);
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${shown}:${line}:${col}`;
  };
  const [error] = document.errors;
  if (error !== undefined) throw new UsageError(`${at(error.pos[0])}: ${error.message}`);
  if (document.contents === null) return values;
  if (!isMap(document.contents))
    throw new UsageError(
      `${shown}:1:1: expected a map of options, such as "upstream: http://127.0.0.1:3000"`,
    );
  for (const { key, value } of document.contents.items) {
    const name = String((key as Scalar).value);
    const origin = at((key as Scalar).range?.[0] ?? 0);
    const spec = BY_NAME.get(name);
    if (spec === undefined) throw new UsageError(`${origin}: unknown option: ${name}${closest(name)}`);
    if (spec.type === 'secret')
      throw new UsageError(
        `${origin}: a secret does not belong here; give ${optionVariable(spec)} or ${name}-file: FILE`,
      );
    if (spec.type === 'capture-rules')
      values.set(name, { text: '', origin, base: path.dirname(file), rules: rulesOfYaml(value, origin, at) });
    else if (isSeq(value))
      values.set(name, { text: value.items.map(String).join(','), origin, base: path.dirname(file) });
    else if (isScalar(value) && value.value !== null)
      values.set(name, {
        text: `${value.value as string | number | boolean}`,
        origin: at(value.range[0]),
        base: path.dirname(file),
      });
    else throw new UsageError(`${origin}: expected a value for ${name}`);
  }
  return values;
}

function requireReadable(field: string, file: string | null): void {
  if (file === null) return;
  const name = OPTION_SPECS.find((spec) => spec.field === field)!.name;
  try {
    readFileSync(file);
  } catch (error) {
    throw new UsageError(`--${name}: cannot read ${file}: ${(error as Error).message}`);
  }
}

/** The known option that begins alike, as a hint. */
function closest(name: string): string {
  const bare = name.replace(/^-+/, '');
  const found =
    [...BY_NAME.keys()].find((known) => known.startsWith(bare.slice(0, 4)) && bare.length > 2) ??
    [...BY_NAME.keys()].find((known) => known.includes(bare) && bare.length > 2);
  return found === undefined ? '; see --help' : `; did you mean --${found}?`;
}
