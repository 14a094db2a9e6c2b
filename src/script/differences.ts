/** Where Tapline differs from the original on purpose, for safety; `--compat` restores exactly these (spec language 2.2). */
export interface Difference {
  /** A stable word, for tests and links. */
  readonly id: string;
  readonly topic: string;
  readonly ours: string;
  readonly original: string;
}

/** Every deliberate difference that a script may feel. Mended faults of the original are not among them. */
export const DIFFERENCES: readonly Difference[] = [
  {
    id: 'tls-verification',
    topic: '`connect` with `tls`',
    ours: "the server's certificate is verified; `verify: false` switches it off",
    original: 'nothing is verified; `verify: true` switches it on',
  },
  {
    id: 'http-framing',
    topic: 'HTTP messages that two parsers could read differently',
    ours: 'repeated or malformed Content-Length, Content-Length beside Transfer-Encoding, a blank before the colon: 400 (502 for answers)',
    original:
      'the last Content-Length counts as far as it is a number, `chunked` wins, a name with a blank is another name',
  },
  {
    id: 'http-limits',
    topic: 'HTTP heads',
    ours: 'at most 200 fields, 8 KiB a line, 64 KiB a head: 431',
    original: 'as many as come (here: 16 MiB)',
  },
  {
    id: 'message-limits',
    topic: 'Messages and buffers of filters',
    ours: 'at most `--max-message-size`; more ends the session with BufferOverflow',
    original: 'no bound',
  },
  {
    id: 'wrong-values',
    topic: '`replace*` with a value that is no event',
    ours: 'the session ends with RuntimeError, so that the peer is not left hanging',
    original: 'a line in the log, nothing is emitted',
  },
  {
    id: 'names-twice',
    topic: 'Two pipelines of one name, two on one port',
    ours: 'an error at load that names both',
    original: 'the later one wins',
  },
  {
    id: 'names-of-built-ins',
    topic: 'A variable with the name of a built-in',
    ours: 'an error at load',
    original: 'can be declared and never read: the built-in wins',
  },
  {
    id: 'listen-tls',
    topic: '`listen` with `tls: {}`',
    ours: 'an error at load: cert and key are missing',
    original: 'a port on which every handshake fails',
  },
  {
    id: 'use-targets',
    topic: 'What `use` names',
    ours: 'an unknown pipeline, or one that reaches itself, is an error at load',
    original: 'is not looked at; a session that comes there fails',
  },
  {
    id: 'session-data',
    topic: 'Session data of `fork` with names that nobody declared',
    ours: 'the session fails',
    original: 'readable in that session only',
  },
  {
    id: 'cache-size',
    topic: '`algo.Cache` without a size',
    ours: 'holds 10,000 entries',
    original: 'holds everything',
  },
  {
    id: 'jwt-key-confusion',
    topic: '`crypto.JWT.verify` of an HS token with a PEM key',
    ours: 'false: whoever knows a public key could sign',
    original: 'the text of the key is the secret',
  },
];
