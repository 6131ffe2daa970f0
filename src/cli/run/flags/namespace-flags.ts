/** Flags of `run` on the namespaces that the container has for itself. */
import type { NamespaceOptions } from '../../../engine/index.ts';
import type { Flags, Options } from '../../command.ts';
import { present } from './present.ts';

export const namespaceFlags = {
  hostname: { flags: '-h, --hostname <name>', kind: 'text', description: "The container's host name" },
  network: {
    flags: '--network <none|host>',
    kind: 'text',
    values: ['none', 'host'],
    also: ['net'],
    description: 'A network of its own with loopback alone, or the one of this machine',
  },
} as const satisfies Options;

export function readNamespaceOptions(flags: Flags<typeof namespaceFlags>): NamespaceOptions {
  return {
    ...present({ hostname: flags.hostname }),
    // The option table admits no other values.
    ...(flags.network === undefined ? {} : { network: flags.network as 'none' | 'host' }),
  };
}
