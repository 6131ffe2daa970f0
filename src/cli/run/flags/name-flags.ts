/** Flags of `run` on how the container resolves names. */
import type { NameOptions } from '../../../engine/index.ts';
import type { Flags, Options } from '../../command.ts';

export const nameFlags = {
  addHost: {
    flags: '--add-host <host>',
    kind: 'list',
    description: 'A name that it knows: NAME:ADDRESS, or NAME:host-gateway for this machine',
  },
  dns: { flags: '--dns <address>', kind: 'list', description: "Whom it asks for names, in place of this machine's" },
  dnsOption: {
    flags: '--dns-option <option>',
    kind: 'list',
    also: ['dns-opt'],
    description: 'An option of its resolver: ndots:2',
  },
  dnsSearch: {
    flags: '--dns-search <domain>',
    kind: 'list',
    description: 'A domain that it looks names up in, or "."',
  },
} as const satisfies Options;

export function readNameOptions({ addHost, dns, dnsOption, dnsSearch }: Flags<typeof nameFlags>): NameOptions {
  return {
    ...(addHost.length === 0 ? {} : { addHost }),
    ...(dns.length === 0 ? {} : { dns }),
    ...(dnsOption.length === 0 ? {} : { dnsOptions: dnsOption }),
    ...(dnsSearch.length === 0 ? {} : { dnsSearch }),
  };
}
