/** An element, or a document: a node without a name whose only child is the root element. */
export interface XmlNode {
  readonly name: string;
  /** Null where an element has none. */
  readonly attributes: Readonly<Record<string, string>> | null;
  readonly children: readonly (XmlNode | string)[] | null;
}

/** Makes the nodes that a parser finds. */
export type XmlNodeMaker<N extends XmlNode> = (
  name: string,
  attributes: Record<string, string> | null,
  children: (N | string)[],
) => N;

/** Nesting beyond this is refused. */
export const MAX_XML_DEPTH = 512;

/** A name of XML 1.0 (section 2.3), prefix and all. */
export const XML_NAME =
  // oxlint-disable-next-line no-misleading-character-class -- the ranges of the specification
  /^[:A-Z_a-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C\u200D\u2070-\u218F\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\u{10000}-\u{EFFFF}][-.0-9\u00B7\u0300-\u036F\u203F\u2040:A-Z_a-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C\u200D\u2070-\u218F\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\u{10000}-\u{EFFFF}]*$/u;
