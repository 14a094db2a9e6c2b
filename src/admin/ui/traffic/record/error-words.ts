/** What a person is told of an `error.type`. */
export interface ErrorWords {
  /** What is wrong, as it goes on after `Refused: ` or `could not be read: `. */
  readonly what: string;
  readonly advice: string;
}

const AMBIGUOUS =
  'Two servers could read this message differently, so it goes no further. Mend the client that sent it.';
const MALFORMED = 'Mend the client that sent it; the bytes that came are below.';
const HTTP_1_ONLY = 'Tell the client to speak HTTP/1.1.';

/** Of messages that break HTTP/1.1: the codes of `src/codecs/http1` and `inspectHttpRequest`. A test holds this list to the code. */
export const MESSAGE_ERRORS: Readonly<Record<string, ErrorWords>> = {
  'bad-chunk-end': { what: 'a chunk does not end where its size says', advice: AMBIGUOUS },
  'bad-chunk-size': { what: 'a chunk size cannot be read', advice: AMBIGUOUS },
  'bad-connection-option': { what: 'Connection names a field that must not be dropped', advice: AMBIGUOUS },
  'bad-content-length': { what: 'Content-Length is not a number of bytes', advice: AMBIGUOUS },
  'bad-header': { what: 'a header line is malformed', advice: MALFORMED },
  'bad-host': { what: 'the Host field is no host and port', advice: MALFORMED },
  'bad-method': { what: 'the method has characters that are not allowed', advice: MALFORMED },
  'bad-request-line': {
    what: 'the first line is no HTTP request',
    advice: 'Does the client speak HTTP, and without TLS? The bytes that came are below.',
  },
  'bad-status-line': {
    what: 'the first line is no HTTP answer',
    advice: 'Does another protocol answer at that address? Ask it without the gateway: curl -v',
  },
  'bad-target': {
    what: 'the request target is malformed',
    advice: 'Characters such as blanks must be percent-encoded in a URL.',
  },
  'bad-version': { what: 'a version of HTTP that is not spoken here', advice: HTTP_1_ONLY },
  'bare-cr': { what: 'a CR without LF', advice: AMBIGUOUS },
  'bare-lf': { what: 'a line that ends in LF without CR', advice: AMBIGUOUS },
  'blank-before-colon': { what: 'a blank before the colon of a header field', advice: AMBIGUOUS },
  'chunked-not-last': { what: 'chunked is not the last transfer coding', advice: AMBIGUOUS },
  'connect-method': {
    what: 'CONNECT, as for a forward proxy',
    advice: 'The gateway stands in front of one application: do not set it as the proxy of the client.',
  },
  'content-length-with-transfer-encoding': {
    what: 'Content-Length and Transfer-Encoding together',
    advice: AMBIGUOUS,
  },
  'differing-content-lengths': { what: 'two Content-Length fields', advice: AMBIGUOUS },
  'disguised-framing': { what: 'a header name that could be read as another', advice: AMBIGUOUS },
  'framing-in-trailers': { what: 'a field in the trailers that belongs into the head', advice: AMBIGUOUS },
  'h2c-upgrade': { what: 'an upgrade to HTTP/2', advice: HTTP_1_ONLY },
  'head-too-large': {
    what: 'the head is too large',
    advice: 'Are cookies growing? --max-head-size allows more.',
  },
  'header-timeout': {
    what: 'the head did not arrive in time',
    advice: 'A slow or stuck client, or a connection opened in advance. --header-timeout allows more.',
  },
  'host-mismatch': { what: 'the target and the Host field name different hosts', advice: AMBIGUOUS },
  'http2-preface': { what: 'HTTP/2', advice: HTTP_1_ONLY },
  'incomplete-head': {
    what: 'the client ended the connection inside a head',
    advice: 'The client gave up, or it does not speak HTTP: the bytes that came are below.',
  },
  'incomplete-message': {
    what: 'the connection ended inside a message',
    advice: 'Less came than its length said. Look for a crash or a timeout on the side that sent it.',
  },
  'line-too-long': {
    what: 'a header line is too long',
    advice: 'A large cookie or token? --max-header-line allows more.',
  },
  'missing-host': { what: 'no Host field', advice: 'HTTP/1.1 requires one.' },
  'obs-fold': { what: 'a header field that is folded over lines', advice: AMBIGUOUS },
  'request-after-close': { what: 'a request after one that said it was the last', advice: MALFORMED },
  'request-line-too-long': {
    what: 'the request line is too long',
    advice: 'Data of a form in the URL? --max-header-line allows more.',
  },
  'several-hosts': { what: 'more than one Host field', advice: AMBIGUOUS },
  'too-many-headers': { what: 'too many header fields', advice: '--max-headers allows more.' },
  'transfer-encoding-in-http-1-0': { what: 'Transfer-Encoding in HTTP/1.0', advice: AMBIGUOUS },
  'unasked-upgrade': {
    what: 'a switch of protocols that nobody asked for',
    advice: 'Mend the application: 101 answers only a request with Upgrade.',
  },
  'unexpected-response': {
    what: 'an answer without a request',
    advice: 'The application sends more than one answer, or an answer longer than it said.',
  },
  'unknown-transfer-coding': {
    what: 'a transfer coding that is not understood',
    advice: 'Only chunked is; compress with Content-Encoding.',
  },
  unread: {
    what: 'the connection was over before this was read',
    advice: 'It followed a request that ended the connection; the client may send it again.',
  },
};

/** Of connections that ended: what `src/core/event.ts` and the capture filters call it. */
export const END_ERRORS: Readonly<Record<string, ErrorWords>> = {
  'client-closed': {
    what: 'the client closed the connection',
    advice: 'Did it give up? Compare the duration with its timeout.',
  },
  'connection-broken': {
    what: 'the connection to the application broke',
    advice: 'Look into the log of the application at this time: a crash, a restart, a limit of time or size.',
  },
  'upstream-closed': {
    what: 'the application closed the connection',
    advice:
      'Look into its log at this time: a crash, or a keep-alive timeout that is shorter than the pauses of its clients. A client that gives up early looks like this, too.',
  },
  ReadError: {
    what: 'the connection broke',
    advice: 'Look into the log of the application at this time: a crash, a restart, a limit of time or size.',
  },
  CannotResolve: {
    what: 'the name of the application cannot be resolved',
    advice: 'Is --upstream spelled right, and does the name resolve on this machine?',
  },
  ConnectionRefused: {
    what: 'the application refused the connection',
    advice: 'Is it running, and on this port? A start or a restart looks like this for a moment.',
  },
  Timeout: {
    what: 'the application did not answer in time',
    advice: 'Find what it was waiting for, or allow more: --response-timeout, --connect-timeout.',
  },
  Unauthorized: { what: 'the peer was not accepted', advice: 'Look at the certificates of both sides.' },
  BufferOverflow: {
    what: 'more bytes waited than a buffer may hold',
    advice: 'A peer reads too slowly, or a message is larger than --max-message-size.',
  },
  RuntimeError: { what: 'the script failed', advice: 'The log of the gateway names the line.' },
  UnknownError: {
    what: 'it failed for an unknown reason',
    advice: 'Look into the log of the gateway at this time.',
  },
  Refused: { what: 'it was refused', advice: MALFORMED },
};
