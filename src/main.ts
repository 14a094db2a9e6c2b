#!/usr/bin/env node
import { deadLetters } from './cli/dead-letters.ts';
import { EXIT } from './cli/exit-codes.ts';
import { helpText } from './cli/help.ts';
import { init } from './cli/init.ts';
import { profile } from './cli/profile.ts';
import { records } from './cli/records.ts';
import { run } from './cli/run.ts';
import { setup } from './cli/setup.ts';
import type { Terminal } from './cli/terminal.ts';
import { verify } from './cli/verify.ts';
import { UsageError } from './config/usage-error.ts';
import { QueryError } from './store/query-error.ts';

const COMMANDS: Readonly<Record<string, (argv: readonly string[], terminal: Terminal) => Promise<number>>> = {
  records,
  verify,
  profile,
  setup,
  init,
  'dead-letters': deadLetters,
};

async function main(): Promise<number> {
  const [first, ...rest] = process.argv.slice(2);
  const terminal: Terminal = {
    out: process.stdout,
    err: process.stderr,
    env: process.env,
    cwd: process.cwd(),
    outliveReader: () => {
      isOutliving = true;
    },
  };
  // A reader that has seen enough (`| head`) is no failure.
  let isOutliving = false;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (isOutliving) return;
    if (error.code === 'EPIPE') process.exit(EXIT.ok);
    throw error;
  });
  try {
    if (first === 'help') {
      terminal.out.write(helpText(rest[0]));
      return EXIT.ok;
    }
    const command = first !== undefined && Object.hasOwn(COMMANDS, first) ? COMMANDS[first]! : null;
    if (command === null) return await run(process.argv.slice(2), terminal);
    if (rest.includes('--help') || rest.includes('-h')) {
      terminal.out.write(helpText(first));
      return EXIT.ok;
    }
    return await command(rest, terminal);
  } catch (error) {
    if (error instanceof UsageError || error instanceof QueryError) {
      terminal.err.write(`tapline: ${error.message}\n`);
      return EXIT.usage;
    }
    terminal.err.write(`tapline: ${(error as Error).message}\n`);
    return EXIT.failure;
  }
}

process.exitCode = await main();
