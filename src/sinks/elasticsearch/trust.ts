import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import { SinkNotReady } from '../sink.ts';
import type { ElasticsearchOptions } from './options.ts';

/** Which servers are believed to be who they say. */
export interface Trust {
  /** PEM; null for the authorities of the system. */
  readonly ca: string | null;
  /** SHA-256 of an authority's certificate, hexadecimal without colons; null for none. */
  readonly caFingerprint: string | null;
}

/** Throws SinkNotReady where the file cannot be read, or the fingerprint is none or could not be checked. */
export function readTrust(
  options: Pick<ElasticsearchOptions, 'elasticsearch' | 'elasticsearchCa' | 'elasticsearchCaFingerprint'>,
): Trust {
  const { elasticsearchCa: file, elasticsearchCaFingerprint: fingerprint } = options;
  const caFingerprint = fingerprint === null ? null : fingerprint.replaceAll(':', '').toLowerCase();
  if (caFingerprint !== null && !/^[0-9a-f]{64}$/.test(caFingerprint))
    throw new SinkNotReady(
      '--elasticsearch-ca-fingerprint: expected 64 hexadecimal digits, the SHA-256 fingerprint of the authority (openssl x509 -fingerprint -sha256 -noout -in http_ca.crt)',
      { isPermanent: true },
    );
  const plain = options.elasticsearch.find((url) => url.startsWith('http:'));
  if (caFingerprint !== null && plain !== undefined)
    throw new SinkNotReady(
      `--elasticsearch-ca-fingerprint cannot be checked: ${plain} shows no certificate; write https:// in --elasticsearch`,
      { isPermanent: true },
    );
  let ca: string | null = null;
  if (file !== null)
    try {
      ca = readFileSync(file, 'utf8');
    } catch (error) {
      throw new SinkNotReady(
        `--elasticsearch-ca: cannot read ${file}: ${(error as NodeJS.ErrnoException).code}`,
        {
          isPermanent: true,
        },
      );
    }
  return { ca, caFingerprint };
}

/**
 * Checks a chain against a pinned authority: every certificate signed by the next, all of them valid now, one of them pinned, the
 * first for this host. (The client's own check compares the fingerprint only, and so believes a chain whose signatures are forged.)
 * @returns null where it may be trusted, otherwise an error with the code that Node would give
 */
export function pinnedFault(
  socket: TLSSocket,
  host: string,
  fingerprint: string,
  nowMs: number,
): Error | null {
  const chain = chainOf(socket);
  const fault = (code: string, message: string): Error => Object.assign(new Error(message), { code });
  const pinned = chain.findIndex(
    (certificate) => certificate.fingerprint256.replaceAll(':', '').toLowerCase() === fingerprint,
  );
  if (pinned < 0)
    return fault('CA_FINGERPRINT_MISMATCH', 'no certificate of the chain has the pinned fingerprint');
  for (const [index, certificate] of chain.slice(0, pinned + 1).entries()) {
    if (nowMs > certificate.validToDate.getTime())
      return fault('CERT_HAS_EXPIRED', 'certificate has expired');
    if (nowMs < certificate.validFromDate.getTime())
      return fault('CERT_NOT_YET_VALID', 'certificate is not yet valid');
    const issuer = chain[index + 1];
    if (
      index < pinned &&
      (!issuer!.ca || !certificate.checkIssued(issuer!) || !certificate.verify(issuer!.publicKey))
    )
      return fault(
        'CERT_SIGNATURE_FAILURE',
        'a certificate of the chain is not signed by the one that it names',
      );
  }
  const leaf = chain[0]!;
  const isForHost = /^[\d.]+$|:/.test(host)
    ? leaf.checkIP(host) !== undefined
    : leaf.checkHost(host) !== undefined;
  return isForHost
    ? null
    : Object.assign(
        fault('ERR_TLS_CERT_ALTNAME_INVALID', `not for ${host}; it is for ${leaf.subjectAltName ?? ''}`),
        {
          cert: { subjectaltname: leaf.subjectAltName },
        },
      );
}

function chainOf(socket: TLSSocket): X509Certificate[] {
  const chain: X509Certificate[] = [];
  let next: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  // A root is its own issuer; the bound is for chains that go in circles.
  while (next?.raw !== undefined && chain.length < 10) {
    chain.push(new X509Certificate(next.raw));
    const issuer: DetailedPeerCertificate | undefined = next.issuerCertificate;
    next = issuer === undefined || issuer.fingerprint256 === next.fingerprint256 ? undefined : issuer;
  }
  return chain;
}
