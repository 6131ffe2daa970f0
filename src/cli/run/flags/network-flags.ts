/** Flags of `run` on the networks that the container is on. */
import type { NetworkOptions } from '../../../engine/index.ts';
import type { Flags, Options } from '../../command.ts';
import { present } from './present.ts';

export const networkFlags = {
  network: {
    flags: '--network <network>',
    kind: 'list',
    also: ['net'],
    description: 'Which network it is on: bridge, none (loopback alone), host, container:ID, or networks by name',
  },
  networkAlias: {
    flags: '--network-alias <name>',
    kind: 'list',
    also: ['net-alias'],
    description: 'Another name that it is found by on its network',
  },
  ip: { flags: '--ip <address>', kind: 'text', description: 'Its IPv4 address on its network' },
  ip6: { flags: '--ip6 <address>', kind: 'text', description: 'Its IPv6 address on its network' },
  macAddress: { flags: '--mac-address <address>', kind: 'text', description: 'The hardware address of its interface' },
} as const satisfies Options;

export function readNetworkOptions(flags: Flags<typeof networkFlags>): NetworkOptions {
  const { network, networkAlias, ip, ip6, macAddress } = flags;
  return {
    ...(network.length === 0 ? {} : { network }),
    ...(networkAlias.length === 0 ? {} : { networkAliases: networkAlias }),
    ...present({ ip, ip6, macAddress }),
  };
}
