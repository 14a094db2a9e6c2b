/**
 * What went wrong with a connection. `unreachable`, `untrusted` and `not-http`: nothing was asked. The others: it may have been, and may
 * have been done.
 */
export type FaultKind = 'unreachable' | 'untrusted' | 'not-http' | 'broken' | 'timeout' | 'aborted';

/** No answer came; the message says of which URL, why, and what to do. */
export class ConnectionFault extends Error {
  readonly kind: FaultKind;

  constructor(kind: FaultKind, message: string) {
    super(message);
    this.name = 'ConnectionFault';
    this.kind = kind;
  }

  /** Whether the request may have been carried out. */
  get isAmbiguous(): boolean {
    return this.kind === 'broken' || this.kind === 'timeout' || this.kind === 'aborted';
  }

  /** Whether somebody must act before it can go well. */
  get isPermanent(): boolean {
    return this.kind === 'untrusted' || this.kind === 'not-http';
  }
}

const UNKNOWN_AUTHORITY = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_UNTRUSTED',
]);

interface ForeignError extends Error {
  /** A number where it is a DOMException. */
  readonly code?: string | number;
  readonly cause?: ForeignError;
  readonly errors?: readonly ForeignError[];
  readonly cert?: { readonly subjectaltname?: string };
}

/** The error of a socket, of TLS or of the HTTP client, translated once, where it enters. */
export function connectionFault(foreign: unknown, url: string): ConnectionFault {
  // Whoever aborts may give anything as the reason.
  if (!(foreign instanceof Error)) return new ConnectionFault('aborted', `${url} was not waited for`);
  // Several addresses of a host that all refuse come as one error with many inside.
  const outer = foreign as ForeignError;
  const error = outer.code === undefined ? (outer.errors?.[0] ?? outer.cause ?? outer) : outer;
  const code = typeof error.code === 'string' ? error.code : error.name;
  const fault = (kind: FaultKind, rest: string): ConnectionFault =>
    new ConnectionFault(kind, `${url} ${rest}`);
  if (UNKNOWN_AUTHORITY.has(code))
    return fault(
      'untrusted',
      'has a certificate of an unknown authority; name the authority with --elasticsearch-ca=FILE or --elasticsearch-ca-fingerprint=HEX',
    );
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return fault('untrusted', 'has a certificate that has expired; renew it on the server');
    case 'CERT_NOT_YET_VALID':
      return fault('untrusted', 'has a certificate that is not valid yet; check the clocks of both machines');
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return fault(
        'untrusted',
        `has a certificate for other names (${error.cert?.subjectaltname ?? 'none'}); use one of these in --elasticsearch, or give the server a certificate for this one`,
      );
    case 'CA_FINGERPRINT_MISMATCH':
      return fault(
        'untrusted',
        'shows no certificate with the fingerprint of --elasticsearch-ca-fingerprint; compare it (openssl x509 -fingerprint -sha256 -noout -in http_ca.crt), or somebody is in between',
      );
    case 'CERT_SIGNATURE_FAILURE':
      return fault(
        'untrusted',
        'shows certificates whose signatures are wrong; somebody may be in between: check the server and the network',
      );
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
      return fault(
        'not-http',
        'does not speak TLS; if it speaks plain HTTP, write http:// in --elasticsearch',
      );
    case 'ENOTFOUND':
      return fault('unreachable', 'cannot be found: there is no host of that name; check --elasticsearch');
    case 'EAI_AGAIN':
      return fault('unreachable', 'cannot be found: the name server does not answer');
    case 'ECONNREFUSED':
      return fault(
        'unreachable',
        'refuses connections: the server is down, or the port is wrong (Elasticsearch listens on 9200)',
      );
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ETIMEDOUT':
    case 'UND_ERR_CONNECT_TIMEOUT':
      return fault(
        'unreachable',
        'cannot be reached: no answer to a connection; check the network and --elasticsearch',
      );
    case 'UND_ERR_HEADERS_TIMEOUT':
    case 'UND_ERR_BODY_TIMEOUT':
    case 'TimeoutError':
      return fault('timeout', 'did not answer in time (--elasticsearch-timeout)');
    case 'AbortError':
    case 'UND_ERR_ABORTED':
      return fault('aborted', 'was not waited for');
    case 'UND_ERR_RES_EXCEEDED_MAX_SIZE':
      return fault('broken', 'gave an answer that is too long to be read');
    default:
  }
  if (code.startsWith('HPE_') || error.name === 'HTTPParserError')
    return fault('not-http', 'does not speak HTTP; check the port (9300 is for nodes among themselves)');
  if (code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_') || code === 'EPROTO')
    return fault('untrusted', `and we cannot agree on TLS (${code})`);
  return fault(
    'broken',
    `closed the connection without an answer${url.startsWith('http:') ? '; if this is always so, it may want https://' : ''} (${code})`,
  );
}
