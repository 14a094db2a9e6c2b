/** A piece of XML or HTML as it stands in the text. */
export interface MarkupToken {
  readonly kind: 'open' | 'close' | 'empty' | 'comment' | 'declaration' | 'text';
  readonly text: string;
}

const TOKEN =
  /(?<comment><!--[^]*?(?:-->|$)|<!\[CDATA\[[^]*?(?:\]\]>|$))|(?<declaration><[?!][^>]*(?:>|$))|(?<close><\/[^>]*(?:>|$))|(?<open><[A-Za-z_:](?:[^>"']|"[^"]*(?:"|$)|'[^']*(?:'|$))*(?:>|$))|(?<text>[^<]+|<)/gy;

/** Elements of HTML that have no end (WHATWG HTML section 13.1.2). */
const VOID = /^<(?:area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr)\b/i;

/** Elements of HTML whose content is no markup. */
const RAW = /^<(script|style|textarea|title)\b/i;

/** Cuts a text into tags and what stands between them; nothing is left out. Takes anything. */
export function* markupTokens(text: string): Generator<MarkupToken> {
  let at = 0;
  while (at < text.length) {
    TOKEN.lastIndex = at;
    const { 0: token, groups } = TOKEN.exec(text)!;
    at += token.length;
    const kind = kindOf(token, groups!);
    yield { kind, text: token };
    if (kind !== 'open') continue;
    const name = RAW.exec(token)?.[1];
    if (name === undefined) continue;
    const rest = text.slice(at);
    const end = rest.search(new RegExp(`</${name}\\b`, 'i'));
    const content = end < 0 ? rest : rest.slice(0, end);
    if (content !== '') yield { kind: 'text', text: content };
    at += content.length;
  }
}

function kindOf(token: string, groups: Readonly<Record<string, string | undefined>>): MarkupToken['kind'] {
  if (groups['open'] !== undefined) return token.endsWith('/>') || VOID.test(token) ? 'empty' : 'open';
  for (const kind of ['text', 'comment', 'declaration'] as const) if (groups[kind] !== undefined) return kind;
  return 'close';
}
