import type { XmlNode } from '../../codecs/xml/node.ts';
import { parseXml } from '../../codecs/xml/parse.ts';
import { stringifyXml } from '../../codecs/xml/stringify.ts';
import { Data } from '../../core/data.ts';
import { expects, type GlobalDeclaration } from './declaration.ts';

type Child = Node | string;

/** An element of a script (spec api 3). */
class Node implements XmlNode {
  readonly #name: string;
  readonly #attributes: Record<string, string> | null;
  readonly #children: Child[] | null;

  constructor(name: unknown, attributes?: unknown, children?: unknown) {
    if (typeof name !== 'string') throw expects(1, 'a string');
    if (attributes !== undefined && attributes !== null && typeof attributes !== 'object')
      throw expects(2, 'an object');
    if (children !== undefined && children !== null && !Array.isArray(children)) throw expects(3, 'an array');
    this.#name = name;
    this.#attributes = (attributes ?? null) as Record<string, string> | null;
    this.#children = (children ?? null) as Child[] | null;
  }

  get name(): string {
    return this.#name;
  }

  get attributes(): Record<string, string> | null {
    return this.#attributes;
  }

  get children(): Child[] | null {
    return this.#children;
  }
}

const make = (name: string, attributes: Record<string, string> | null, children: Child[]): Node =>
  new Node(name, attributes, children);

/** XML documents as trees of nodes (spec api 3). */
export const xml: GlobalDeclaration = {
  name: 'XML',
  summary: 'XML documents as trees of elements and text. What cannot be read, or has a DTD, is `null`.',
  types: `declare namespace XML {
  /** An element; a document is a node without a name and with one child. */
  class Node {
    constructor(name: string, attributes?: Record<string, string> | null, children?: (Node | string)[] | null);
    readonly name: string;
    readonly attributes: Record<string, string> | null;
    readonly children: (Node | string)[] | null;
  }
  /** The document of a text; \`null\` where it is not well-formed or has a DTD. */
  function parse(text: string): Node | null;
  /** The same of the text in a Data. */
  function decode(data: Data): Node | null;
  /** The text of a document; \`space\` indents by 0 to 10 blanks a level. */
  function stringify(document: Node, space?: number): string;
  /** The same as Data. */
  function encode(document: Node, space?: number): Data;
}`,
  examples: [
    { code: `XML.parse('<a b="1">x &amp; y<c/></a>').children[0].children[0]`, gives: '"x & y"' },
    {
      code: `XML.stringify(new XML.Node('', null, [new XML.Node('a', { b: '<' }, ['x'])]))`,
      gives: '"<?xml version=\\"1.0\\" encoding=\\"UTF-8\\"?><a b=\\"&lt;\\">x</a>"',
    },
    { code: `XML.parse('<a>')`, gives: 'null' },
  ],
  create: () =>
    Object.freeze({
      Node,
      parse: (text: unknown) => {
        if (typeof text !== 'string') throw expects(1, 'a string');
        return parseXml(text, make);
      },
      decode: (data: unknown) => {
        if (!(data instanceof Data)) throw expects(1, 'an instance of Data');
        return parseXml(data.toString(), make);
      },
      stringify: (document: unknown, space?: unknown) => stringify(document, space),
      encode: (document: unknown, space?: unknown) => new Data(stringify(document, space)),
    }),
};

function stringify(document: unknown, space: unknown): string {
  if (!(document instanceof Node)) throw expects(1, 'an instance of XML.Node');
  return stringifyXml(document, typeof space === 'number' ? space : 0);
}
