/** /etc/hosts, /etc/hostname and /etc/resolv.conf of a container: files of ours, bound over the image's. hosts(5), resolv.conf(5). */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mount } from '../../oci/index.ts';

const loopback = `127.0.0.1\tlocalhost
::1\tlocalhost ip6-localhost ip6-loopback
fe00::\tip6-localnet
ff00::\tip6-mcastprefix
ff02::1\tip6-allnodes
ff02::2\tip6-allrouters
`;

export interface IdentityFacts {
  readonly hostname: string;
  readonly name: string;
  readonly domainname?: string;
  readonly network: 'none' | 'host';
}

/** What the files hold. Pure but for `host`, which gives the host's own file of that name, or '' where it has none. */
export function identityFiles(facts: IdentityFacts, host: (path: string) => string): Readonly<Record<string, string>> {
  const { hostname, domainname, name } = facts;
  // hosts(5): the canonical name first, which is what "hostname -f" gives.
  const names = [...(domainname ? [`${hostname}.${domainname}`] : []), hostname, name];
  const own = `${loopback}127.0.1.1\t${[...new Set(names)].join(' ')}\n`;
  return {
    hosts: facts.network === 'host' ? host('/etc/hosts') || own : own,
    hostname: `${facts.hostname}\n`,
    'resolv.conf': host('/etc/resolv.conf'),
  };
}

export function writeIdentityFiles(directory: string, facts: IdentityFacts): void {
  for (const [name, text] of Object.entries(identityFiles(facts, readHostFile))) {
    writeFileSync(join(directory, name), text, { mode: 0o644 });
  }
}

/** @param access `ro` for a container whose root is read-only: it would be writable in these places alone */
export function identityMounts(directory: string, access: 'ro' | 'rw'): Mount[] {
  return ['resolv.conf', 'hostname', 'hosts'].map((name) => ({
    destination: `/etc/${name}`,
    type: 'bind',
    source: join(directory, name),
    options: ['rbind', 'rprivate', ...(access === 'ro' ? ['ro'] : [])],
  }));
}

function readHostFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
