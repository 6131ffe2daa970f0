/** Certificates for tests, made by openssl(1) on the spot: none is in the repository, none runs out. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** False where openssl is not installed: tests then skip themselves aloud. */
export const hasOpenssl = existsSync('/usr/bin/openssl');

export interface TestCertificate {
  /** PEM. */
  readonly key: string;
  readonly cert: string;
  /** Of the authority that issued it. */
  readonly ca: string;
}

/** A certificate for 127.0.0.1 and localhost (or other names), issued by an authority of its own that nobody knows. */
export function issueCertificate(names = 'IP:127.0.0.1,DNS:localhost', days = 2): TestCertificate {
  const directory = mkdtempSync(join(tmpdir(), 'gocker-tls-'));
  const path = (name: string) => join(directory, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'ignore' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  try {
    openssl(
      'req',
      '-x509',
      ...newKey,
      '-keyout',
      path('ca.key'),
      '-out',
      path('ca.crt'),
      '-days',
      '2',
      '-subj',
      '/CN=test ca',
    );
    openssl('req', ...newKey, '-keyout', path('key'), '-out', path('csr'), '-subj', '/CN=test');
    writeFileSync(path('ext'), `subjectAltName=${names}\n`);
    const issue = [
      'x509',
      '-req',
      '-in',
      path('csr'),
      '-CA',
      path('ca.crt'),
      '-CAkey',
      path('ca.key'),
      '-CAcreateserial',
    ];
    openssl(...issue, '-days', `${days}`, '-extfile', path('ext'), '-out', path('cert'));
    const read = (name: string) => readFileSync(path(name), 'utf8');
    return { key: read('key'), cert: read('cert'), ca: read('ca.crt') };
  } finally {
    rmSync(directory, { recursive: true });
  }
}
