import { type ReadResult, readOptions } from '../config/read-options.ts';
import { UsageError } from '../config/usage-error.ts';
import type { Terminal } from './terminal.ts';

/** Splits a command's own flags from the gateway's options. A flag of type `text` takes `--name=value` or `--name value`. */
export function readCommandOptions(
  argv: readonly string[],
  own: Readonly<Record<string, 'flag' | 'text'>>,
  terminal: Terminal,
): { own: Map<string, string>; gateway: ReadResult } {
  const found = new Map<string, string>();
  const rest: string[] = [];
  for (let index = 0; index < argv.length; index++) {
    const argument = argv[index]!;
    const [, name = '', value] = /^--([a-z-]+)(?:=([^]*))?$/.exec(argument) ?? [];
    const type = Object.hasOwn(own, name) ? own[name] : undefined;
    if (type === undefined) rest.push(argument);
    else if (type === 'flag') {
      if (value !== undefined) throw new UsageError(`--${name} takes no value`);
      found.set(name, 'true');
    } else {
      const text = value ?? argv[++index];
      if (text === undefined) throw new UsageError(`--${name}: expected a value`);
      found.set(name, text);
    }
  }
  const gateway = readOptions({ argv: rest, env: terminal.env, cwd: terminal.cwd });
  if (gateway.positional.length > 0)
    throw new UsageError(`unexpected argument: ${gateway.positional[0]}; values are given as --name=value`);
  return { own: found, gateway };
}
