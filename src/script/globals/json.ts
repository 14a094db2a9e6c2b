import { Data } from '../../core/data.ts';
import { expects, type GlobalDeclaration } from './declaration.ts';

/** JavaScript's JSON, with `undefined` instead of exceptions where text cannot be read (spec api 2). */
export const json: GlobalDeclaration = {
  name: 'JSON',
  summary: 'Values as JSON text or Data and back. What cannot be read is `undefined`, never an exception.',
  types: `interface JSON {
  /** The value of a text; \`undefined\` where it is no JSON. */
  parse(text: string): any;
  /** The text of a value. */
  stringify(value: any, replacer?: ((key: string, value: any) => any) | null, space?: number): string | undefined;
  /** The value of the text in a Data; \`undefined\` where it is no JSON or no Data. */
  decode(data: Data | null): any;
  /** The text of a value as Data. */
  encode(value: any, replacer?: ((key: string, value: any) => any) | null, space?: number): Data | undefined;
}`,
  examples: [
    { code: `JSON.decode(new Data('{"a":1}')).a`, gives: '1' },
    { code: `JSON.encode({ a: 1 }).toString()`, gives: '"{\\"a\\":1}"' },
    { code: `JSON.parse('{') === undefined`, gives: 'true' },
  ],
  create: () =>
    Object.freeze({
      parse: (text: unknown) => parse(requireText(text)),
      stringify,
      decode: (data: unknown) => (data instanceof Data ? parse(data.toString()) : undefined),
      encode: (value: unknown, replacer?: unknown, space?: unknown) => {
        const text = stringify(value, replacer, space);
        return text === undefined ? undefined : new Data(text);
      },
    }),
};

function stringify(value: unknown, replacer?: unknown, space?: unknown): string | undefined {
  return JSON.stringify(value, replacer as never, space as number | undefined) as string | undefined;
}

function requireText(text: unknown): string {
  if (typeof text !== 'string') throw expects(1, 'a string');
  return text;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
