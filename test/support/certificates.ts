import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import type { ExecutionContext } from 'ava';

/** An authority and certificates that it has signed, as PEM files in a folder that goes away with the test. */
export interface Certificates {
  readonly folder: string;
  readonly ca: string;
  /** SHA-256, with colons. */
  readonly caFingerprint: string;
  /** Paths and texts of a certificate (with the authority's behind it) and its key. */
  issue(
    name: string,
    subjectAltName: string,
    options?: { readonly isExpired?: boolean },
  ): { readonly certFile: string; readonly keyFile: string; readonly cert: string; readonly key: string };
}

/** Makes an authority with openssl. */
export function makeCertificates(t: Pick<ExecutionContext, 'teardown'>): Certificates {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'tapline-tls-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const file = (name: string): string => path.join(folder, name);
  const openssl = (...args: string[]): void =>
    void execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...key,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-days',
    '30',
    '-subj',
    '/CN=Tapline test authority',
  );
  const ca = readFileSync(file('ca.pem'), 'utf8');
  return {
    folder,
    ca: file('ca.pem'),
    caFingerprint: new X509Certificate(ca).fingerprint256,
    issue(name, subjectAltName, { isExpired = false } = {}) {
      openssl('req', ...key, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
      writeFileSync(file(`${name}.ext`), `subjectAltName=${subjectAltName}\n`);
      openssl(
        ...['x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial'],
        ...['-out', `${name}.crt`, '-extfile', `${name}.ext`],
        ...['-days', isExpired ? '-1' : '30'],
      );
      const cert = readFileSync(file(`${name}.crt`), 'utf8') + ca;
      writeFileSync(file(`${name}.crt`), cert);
      return {
        certFile: file(`${name}.crt`),
        keyFile: file(`${name}.key`),
        cert,
        key: readFileSync(file(`${name}.key`), 'utf8'),
      };
    },
  };
}
