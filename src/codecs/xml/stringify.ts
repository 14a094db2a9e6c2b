import { MAX_XML_DEPTH, XML_NAME, type XmlNode } from './node.ts';

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>';

/**
 * A document as text; `''` where it is no document: a node with exactly one child, an element (spec api 3).
 * @param space blanks per level, 0 to 10; 0 writes everything on one line
 * Throws TypeError for names that XML has not, and RangeError for nodes that are nested too deep, or in themselves.
 */
export function stringifyXml(document: XmlNode, space: number = 0): string {
  const [root, ...more] = document.children ?? [];
  if (root === undefined || typeof root === 'string' || more.length > 0) return '';
  const indent = ' '.repeat(Math.max(0, Math.min(10, Math.trunc(space) || 0)));
  const lineEnd = indent === '' ? '' : '\n';
  return `${DECLARATION}${lineEnd}${element(root, indent, 0)}`;
}

function element(node: XmlNode, indent: string, depth: number): string {
  if (depth > MAX_XML_DEPTH) throw new RangeError(`XML is nested deeper than ${MAX_XML_DEPTH}`);
  const pad = indent.repeat(depth);
  const lineEnd = indent === '' ? '' : '\n';
  const attributes = Object.entries(node.attributes ?? {})
    .map(([name, value]) => ` ${named(name)}="${escaped(String(value)).replaceAll('"', '&quot;')}"`)
    .join('');
  const name = named(node.name);
  const children = node.children ?? [];
  if (children.length === 0) return `${pad}<${name}${attributes}/>${lineEnd}`;
  const [only] = children;
  if (children.length === 1 && typeof only === 'string')
    return `${pad}<${name}${attributes}>${escaped(only)}</${name}>${lineEnd}`;
  const inner = children
    .map((child) =>
      typeof child === 'string'
        ? `${indent === '' ? '' : pad + indent}${escaped(child)}${lineEnd}`
        : element(child, indent, depth + 1),
    )
    .join('');
  return `${pad}<${name}${attributes}>${lineEnd}${inner}${pad}</${name}>${lineEnd}`;
}

function named(name: string): string {
  if (!XML_NAME.test(name)) throw new TypeError(`${JSON.stringify(name)} is no XML name`);
  return name;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\r', '&#13;');
}
