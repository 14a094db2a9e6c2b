/** A piece of XML or HTML as it stands in the text. */
export interface MarkupToken {
  readonly kind: 'open' | 'close' | 'empty' | 'comment' | 'declaration' | 'text';
  readonly text: string;
}

const TOKEN =
  /(?<comment><!--[^]*?(?:-->|$)|<!\[CDATA\[[^]*?(?:\]\]>|$))|(?<declaration><[?!][^>]*(?:>|$))|(?<close><\/[^>]*(?:>|$))|(?<open><[A-Za-z_:](?:[^>"']|"[^"]*(?:"|$)|'[^']*(?:'|$))*(?:>|$))|(?<text>[^<]+|<)/gy;

/** Elements of HTML that have no end (WHATWG HTML section 13.1.2). */
const VOID = /^<(?:area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr)\b/i;

/** Cuts a text into tags and what stands between them; nothing is left out. Takes anything. */
export function* markupTokens(text: string): Generator<MarkupToken> {
  for (const { 0: token, groups } of text.matchAll(TOKEN)) {
    if (groups!['text'] !== undefined) yield { kind: 'text', text: token };
    else if (groups!['comment'] !== undefined) yield { kind: 'comment', text: token };
    else if (groups!['declaration'] !== undefined) yield { kind: 'declaration', text: token };
    else if (groups!['close'] !== undefined) yield { kind: 'close', text: token };
    else yield { kind: token.endsWith('/>') || VOID.test(token) ? 'empty' : 'open', text: token };
  }
}
