import { existsSync } from 'node:fs';
import { UsageError } from '../config/usage-error.ts';
import { type DeadLetter, DeadLetters, type LetterSelection } from '../sinks/delivery/dead-letters.ts';
import { DataDirectory } from '../spool/data-directory.ts';
import { printable } from '../telemetry/log.ts';
import { readCommandOptions } from './command-options.ts';
import { EXIT } from './exit-codes.ts';
import { type Terminal, writeOut } from './terminal.ts';

const DEFAULT_LIMIT = 50;

type Action = (letters: DeadLetters, request: Request, terminal: Terminal) => Promise<number>;

interface Request {
  readonly ids: readonly string[];
  readonly selection: LetterSelection;
  readonly limit: number;
  readonly isAll: boolean;
  readonly isJson: boolean;
}

const ACTIONS: Readonly<Record<string, Action>> = { list, show, requeue, drop };

/** `tapline dead-letters list|show|requeue|drop` */
export async function deadLetters(argv: readonly string[], terminal: Terminal): Promise<number> {
  const [name = 'list', ...rest] = argv[0]?.startsWith('-') === true ? ['list', ...argv] : argv;
  if (!Object.hasOwn(ACTIONS, name))
    throw new UsageError(`unknown action: dead-letters ${name}; there are list, show, requeue and drop`);
  // Ids are the arguments that are no options.
  const ids = rest.filter((argument) => /^[0-9a-f-]{36}$/.test(argument));
  const { own, gateway } = readCommandOptions(
    rest.filter((argument) => !ids.includes(argument)),
    { sink: 'text', limit: 'text', all: 'flag', json: 'flag' },
    terminal,
  );
  const sink = own.get('sink');
  const request: Request = {
    ids,
    selection: { ...(sink === undefined ? {} : { sink }), ...(ids.length === 0 ? {} : { ids }) },
    limit: readLimit(own.get('limit')),
    isAll: own.has('all'),
    isJson: own.has('json'),
  };
  const directory = DataDirectory.open(gateway.options.dataDir, { isReadOnly: true });
  const file = directory.paths.deadLetters;
  if (!existsSync(file)) {
    if (!request.isJson) await writeOut(terminal, 'no dead letters\n');
    return EXIT.ok;
  }
  const letters = DeadLetters.open(file, { maxBytes: gateway.options.deadLetterBytes });
  try {
    return await ACTIONS[name]!(letters, request, terminal);
  } finally {
    letters.close();
  }
}

async function list(
  letters: DeadLetters,
  { selection, limit, isJson }: Request,
  terminal: Terminal,
): Promise<number> {
  const found = [...letters.list(selection, limit + 1)];
  const shown = found.slice(0, limit);
  const givenUp = letters.givenUp(selection.sink);
  if (isJson) {
    for (const letter of shown) await writeOut(terminal, `${JSON.stringify(letter)}\n`);
    for (const range of givenUp)
      await writeOut(terminal, `${JSON.stringify({ ...range, isGivenUp: true })}\n`);
    return EXIT.ok;
  }
  for (const letter of shown) await writeOut(terminal, lineOf(letter));
  if (found.length > limit) await writeOut(terminal, `more than ${limit}: see --limit\n`);
  for (const { sink, run, thread, first, last, count, reason } of givenUp)
    await writeOut(
      terminal,
      `given up for ${sink}: records ${first} to ${last} (${count}) of run ${run}, thread ${thread}: ${reason}\n`,
    );
  if (shown.length === 0 && givenUp.length === 0) await writeOut(terminal, 'no dead letters\n');
  return EXIT.ok;
}

async function show(letters: DeadLetters, { ids, selection }: Request, terminal: Terminal): Promise<number> {
  if (ids.length !== 1) throw new UsageError('dead-letters show: expected one id, as list prints it');
  const found = [...letters.list(selection)];
  if (found.length === 0) {
    terminal.err.write(`tapline: there is no dead letter ${ids[0]}\n`);
    return EXIT.failure;
  }
  for (const letter of found) {
    const document = letters.document(letter.sink, letter.id);
    await writeOut(
      terminal,
      `${JSON.stringify({ ...letter, document: document === null ? null : (JSON.parse(document.toString('utf8')) as object) }, null, 2)}\n`,
    );
  }
  return EXIT.ok;
}

async function requeue(letters: DeadLetters, request: Request, terminal: Terminal): Promise<number> {
  requireSelection('requeue', request);
  const count = letters.requeue(request.selection);
  await writeOut(
    terminal,
    `${count} queued again: the gateway of this data directory sends them within a second, or when it is started\n`,
  );
  return EXIT.ok;
}

async function drop(letters: DeadLetters, request: Request, terminal: Terminal): Promise<number> {
  requireSelection('drop', request);
  const count = letters.drop(request.selection, Date.now());
  await writeOut(terminal, `${count} dropped; verify goes on naming them as given up\n`);
  return EXIT.ok;
}

function requireSelection(action: string, { ids, selection, isAll }: Request): void {
  if (ids.length === 0 && selection.sink === undefined && !isAll)
    throw new UsageError(`dead-letters ${action}: which? Give ids, --sink=NAME or --all`);
}

function lineOf(letter: DeadLetter): string {
  const time = new Date(letter.refusedMs).toISOString().replace('T', ' ').slice(0, 19);
  const marks = `${letter.isRequeued ? ' (queued again)' : ''}${letter.documentBytes === null ? ' (document dropped)' : ''}`;
  const status = letter.status === null ? '' : ` ${letter.status}`;
  return `${time}  ${letter.sink}  ${letter.id}  record ${letter.sequence}${status}  ${printable(`${letter.type}: ${letter.reason}`)}${marks}\n`;
}

function readLimit(text: string | undefined): number {
  if (text === undefined) return DEFAULT_LIMIT;
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`--limit: expected a number of letters, not ${text}`);
  return Number(text);
}
