/**
 * Certificates by registry: `<certs.d>/<host[:port]>/` with `*.crt` (authorities to trust), `*.cert` and `*.key` (who we are),
 * containers-certs.d(5) and docker's "Verify repository client with certificates".
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import type { Environment } from './proxy.ts';
import { RegistryError } from './registry-error.ts';

/** PEM, as tls.connect() takes them. */
export interface TlsIdentity {
  readonly ca?: string[];
  readonly cert?: string[];
  readonly key?: string[];
}

/** Bundles of Debian, Red Hat and Alpine, the system's trust that docker and podman go by. */
const systemBundles = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt', '/etc/ssl/cert.pem'];

/** certs.d directories, the most specific first. */
export function certificateDirectories(env: Environment): string[] {
  const home = env.HOME ? [join(env.HOME, '.config/containers/certs.d')] : [];
  return [...home, '/etc/containers/certs.d', '/etc/docker/certs.d'];
}

/**
 * What the first directory that knows the host says of it.
 *
 * @throws RegistryError `CERTIFICATES_INVALID` where a file is unreadable or a certificate lacks its key
 */
export async function readIdentity(url: URL, directories: readonly string[], env: Environment): Promise<TlsIdentity> {
  const names = url.port === '' ? [url.host, `${url.host}:443`] : [url.host];
  for (const directory of directories.flatMap((directory) => names.map((name) => join(directory, name)))) {
    const files = await readdir(directory).catch(() => []);
    if (files.length > 0) return await readDirectory(directory, files.sort(), env);
  }
  return {};
}

/** Node's own authorities, those of NODE_EXTRA_CA_CERTS, and the system's. Read only where Node's own don't suffice. */
export async function systemAuthorities(env: Environment): Promise<string[]> {
  const bundles = await Promise.all([env.SSL_CERT_FILE ?? '', ...systemBundles].map(readIfThere));
  return [...(await trustedByNode(env)), ...bundles.filter((bundle) => bundle !== '').slice(0, 1)];
}

async function readDirectory(directory: string, files: readonly string[], env: Environment): Promise<TlsIdentity> {
  const read = (name: string) => readCertificate(join(directory, name));
  const authorities = await Promise.all(files.filter((name) => name.endsWith('.crt')).map(read));
  const names = files.filter((name) => name.endsWith('.cert'));
  const keyless = names.find((name) => !files.includes(keyOf(name)));
  if (keyless !== undefined)
    throw invalid(join(directory, keyless), `its key is missing (expected "${keyOf(keyless)}" beside it)`);
  return {
    ...(authorities.length > 0 && { ca: [...(await trustedByNode(env)), ...authorities] }),
    ...(names.length > 0 && {
      cert: await Promise.all(names.map(read)),
      key: await Promise.all(names.map(keyOf).map(read)),
    }),
  };
}

/** `ca` replaces what Node trusts by itself, NODE_EXTRA_CA_CERTS included (tls.md §tls.createSecureContext): so name it again. */
async function trustedByNode(env: Environment): Promise<string[]> {
  const extra = await readIfThere(env.NODE_EXTRA_CA_CERTS ?? '');
  return extra === '' ? [...rootCertificates] : [...rootCertificates, extra];
}

function keyOf(certificate: string): string {
  return certificate.replace(/\.cert$/, '.key');
}

async function readIfThere(path: string): Promise<string> {
  return path === '' ? '' : await readFile(path, 'utf8').catch(() => '');
}

async function readCertificate(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw invalid(path, `it can't be read (${(error as NodeJS.ErrnoException).code})`, error);
  }
}

function invalid(path: string, reason: string, cause?: unknown): RegistryError {
  return new RegistryError('CERTIFICATES_INVALID', `cannot use certificate "${path}": ${reason}`, {
    hint: 'Make the files readable and complete, or remove the directory.',
    cause,
  });
}
