/** /etc/hosts, /etc/hostname and /etc/resolv.conf of a container: files of ours, bound over the image's. hosts(5), resolv.conf(5). */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mount } from '../../oci/index.ts';
import { extraHosts } from '../networks/extra-hosts.ts';
import { HOSTS_BASE, NO_ADDRESS } from '../networks/neighbours.ts';
import { resolvConf } from '../networks/resolv-conf.ts';
import type { NameOptions } from '../options/name-options.ts';

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
  /** `networks`: its own addresses come when it joins them. */
  readonly network: 'none' | 'host' | 'networks';
  /** The host's address on its first network. */
  readonly gateway?: string;
  readonly wishes?: NameOptions;
}

export interface IdentityFiles {
  /** What they hold, by their names. */
  readonly files: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
}

/**
 * Pure but for `host`, which gives the host's own file of that name, or '' where it has none.
 *
 * @throws GockerError `HOST_INVALID`
 */
export function identityFiles(facts: IdentityFacts, host: (path: string) => string): IdentityFiles {
  const { hostname, domainname, name, network, gateway, wishes = {} } = facts;
  // hosts(5): the canonical name first, which is what "hostname -f" gives.
  const names = [...(domainname ? [`${hostname}.${domainname}`] : []), hostname, name];
  const own = `${loopback}${NO_ADDRESS}\t${[...new Set(names)].join(' ')}\n`;
  const base = network === 'host' ? host('/etc/hosts') || own : own;
  const extra = extraHosts(wishes.addHost ?? [], network === 'host' ? '127.0.0.1' : gateway);
  const hosts = `${base}${extra.map((line) => `${line}\n`).join('')}`;
  const { text, isMakeshift } = resolvConf(
    {
      ...(wishes.dns && { servers: wishes.dns }),
      ...(wishes.dnsSearch && { search: wishes.dnsSearch }),
      ...(wishes.dnsOptions && { options: wishes.dnsOptions }),
    },
    {
      host: host('/etc/resolv.conf'),
      upstream: host('/run/systemd/resolve/resolv.conf'),
      sharesHost: network !== 'networks',
    },
  );
  return {
    files: {
      hosts,
      ...(network === 'networks' ? { [HOSTS_BASE]: hosts } : {}),
      hostname: `${hostname}\n`,
      'resolv.conf': text,
    },
    warnings: isMakeshift ? [makeshift] : [],
  };
}

const makeshift =
  'no resolver of this host can be reached from a container (its /etc/resolv.conf names loopback addresses alone): it asks 8.8.8.8 and 8.8.4.4; name others with --dns';

/** @returns warnings @throws GockerError `HOST_INVALID` */
export function writeIdentityFiles(directory: string, facts: IdentityFacts): readonly string[] {
  const { files, warnings } = identityFiles(facts, readHostFile);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text, { mode: 0o644 });
  return warnings;
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
