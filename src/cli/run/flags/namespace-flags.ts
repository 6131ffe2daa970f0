/** Flags of `run` on the namespaces that the container has for itself. */
import type { NamespaceOptions } from '../../../engine/index.ts';
import type { Flags, Options } from '../../command.ts';
import { present } from './present.ts';

export const namespaceFlags = {
  cgroupns: {
    flags: '--cgroupns <mode>',
    kind: 'text',
    description: 'What it sees of cgroups: private (its own as the root), host, container:ID',
  },
  domainname: { flags: '--domainname <name>', kind: 'text', description: "The container's NIS domain name" },
  hostname: { flags: '-h, --hostname <name>', kind: 'text', description: "The container's host name" },
  ipc: {
    flags: '--ipc <mode>',
    kind: 'text',
    description: 'Whose shared memory it uses: private, shareable, none, host, container:ID',
  },
  pid: { flags: '--pid <mode>', kind: 'text', description: 'Whose processes it sees: private, host, container:ID' },
  userns: {
    flags: '--userns <mode>',
    kind: 'text',
    description: "Whose ids its users are: host, auto[:size=N] (nobody else's), remap:START[:SIZE], container:ID",
  },
  uts: { flags: '--uts <mode>', kind: 'text', description: 'Whose host name it has: private, host, container:ID' },
} as const satisfies Options;

export function readNamespaceOptions(flags: Flags<typeof namespaceFlags>): NamespaceOptions {
  const { cgroupns, domainname, hostname, ipc, pid, userns, uts } = flags;
  return present({ cgroupns, domainname, hostname, ipc, pid, userns, uts });
}
