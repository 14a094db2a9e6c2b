import { X509Certificate } from 'node:crypto';
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import test from 'ava';
import { connectionFault } from '../../../src/sinks/elasticsearch/connection-fault.ts';
import { pinnedFault } from '../../../src/sinks/elasticsearch/trust.ts';
import { makeCertificates } from '../../support/certificates.ts';

/** A socket whose peer shows this chain, each certificate linked to the next as if it were signed by it. */
function showing(...chain: string[]): TLSSocket {
  let next: Partial<DetailedPeerCertificate> | undefined;
  for (const pem of chain.toReversed()) {
    const { raw, fingerprint256 } = new X509Certificate(pem);
    const link: Partial<DetailedPeerCertificate> = { raw, fingerprint256 };
    link.issuerCertificate = (next ?? link) as DetailedPeerCertificate;
    next = link;
  }
  return { getPeerCertificate: () => next } as unknown as TLSSocket;
}

function pems(text: string): string[] {
  return text.match(/-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----/g)!;
}

test('a pinned authority vouches only for what it has signed, in its time, for its host', (t) => {
  const made = makeCertificates(t);
  const other = makeCertificates(t);
  const [leaf, authority] = pems(made.issue('leaf', 'IP:127.0.0.1,DNS:es.test').cert);
  const [forged, otherAuthority] = pems(other.issue('forged', 'IP:127.0.0.1').cert);
  const pin = made.caFingerprint.replaceAll(':', '').toLowerCase();
  const now = Date.now();
  const codeOf = (socket: TLSSocket, host = '127.0.0.1', nowMs = now): string | null =>
    (pinnedFault(socket, host, pin, nowMs) as (Error & { code: string }) | null)?.code ?? null;
  t.is(codeOf(showing(leaf!, authority!)), null);
  t.is(codeOf(showing(leaf!, authority!), 'es.test'), null);
  t.is(codeOf(showing(authority!, authority!), '127.0.0.1'), 'ERR_TLS_CERT_ALTNAME_INVALID');
  t.is(codeOf(showing(leaf!, authority!), 'elsewhere.test'), 'ERR_TLS_CERT_ALTNAME_INVALID');
  t.is(codeOf(showing(leaf!, authority!), '127.0.0.2'), 'ERR_TLS_CERT_ALTNAME_INVALID');
  t.is(
    codeOf(showing(forged!, authority!)),
    'CERT_SIGNATURE_FAILURE',
    'the name is right, the signature is not',
  );
  t.is(codeOf(showing(leaf!, forged!, authority!)), 'CERT_SIGNATURE_FAILURE');
  t.is(codeOf(showing(forged!, otherAuthority!)), 'CA_FINGERPRINT_MISMATCH');
  t.is(codeOf(showing(leaf!)), 'CA_FINGERPRINT_MISMATCH');
  t.is(codeOf({ getPeerCertificate: () => ({}) } as unknown as TLSSocket), 'CA_FINGERPRINT_MISMATCH');
  t.is(codeOf(showing(leaf!, authority!), '127.0.0.1', now + 400 * 86_400_000), 'CERT_HAS_EXPIRED');
  t.is(codeOf(showing(leaf!, authority!), '127.0.0.1', now - 400 * 86_400_000), 'CERT_NOT_YET_VALID');
});

test('foreign errors are translated once: what, where, what to do; and whether something may have been done', (t) => {
  const fault = (code: string | undefined, more: object = {}): string => {
    const { kind, message } = connectionFault(
      Object.assign(new Error('foreign'), { code }, more),
      'https://es',
    );
    return `${kind}: ${message}`;
  };
  t.is(
    fault('CERT_NOT_YET_VALID'),
    'untrusted: https://es has a certificate that is not valid yet; check the clocks of both machines',
  );
  t.is(
    fault('CERT_SIGNATURE_FAILURE'),
    'untrusted: https://es shows certificates whose signatures are wrong; somebody may be in between: check the server and the network',
  );
  t.is(fault('EAI_AGAIN'), 'unreachable: https://es cannot be found: the name server does not answer');
  for (const code of ['EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT'])
    t.is(
      fault(code),
      'unreachable: https://es cannot be reached: no answer to a connection; check the network and --elasticsearch',
    );
  t.is(
    fault('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION'),
    'untrusted: https://es and we cannot agree on TLS (ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION)',
  );
  t.is(fault('UND_ERR_BODY_TIMEOUT'), 'timeout: https://es did not answer in time (--elasticsearch-timeout)');
  t.is(
    fault('UND_ERR_RES_EXCEEDED_MAX_SIZE'),
    'broken: https://es gave an answer that is too long to be read',
  );
  t.is(fault('EPIPE'), 'broken: https://es closed the connection without an answer (EPIPE)');
  t.is(
    fault(undefined, { errors: [Object.assign(new Error('inner'), { code: 'ECONNREFUSED' })] }),
    'unreachable: https://es refuses connections: the server is down, or the port is wrong (Elasticsearch listens on 9200)',
  );
  t.is(
    connectionFault('any reason', 'https://es').kind,
    'aborted',
    'whoever aborts may give anything as the reason',
  );
  t.is(connectionFault(new DOMException('', 'TimeoutError'), 'https://es').kind, 'timeout');
  t.is(connectionFault(new DOMException('', 'AbortError'), 'https://es').kind, 'aborted');
  for (const [kind, isAmbiguous, isPermanent] of [
    ['EPIPE', true, false],
    ['UND_ERR_BODY_TIMEOUT', true, false],
    ['ECONNREFUSED', false, false],
    ['CERT_HAS_EXPIRED', false, true],
    ['HPE_INVALID_CONSTANT', false, true],
  ] as const)
    t.like(connectionFault(Object.assign(new Error('x'), { code: kind }), 'u'), { isAmbiguous, isPermanent });
});
