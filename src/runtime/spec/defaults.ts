/** What a container gets where nobody says otherwise: the facts of docker's default spec, as data for a runtime spec. */
import type { LinuxSpec, Mount } from '../../oci/index.ts';

/** `private`: an own network namespace with nothing but its loopback. `host`: the host's. */
export type NetworkMode = 'private' | 'host';

/** The kernel's filesystems, in the order in which they are attached. */
export function defaultMounts(): Mount[] {
  return [
    { destination: '/proc', type: 'proc', source: 'proc', options: ['nosuid', 'noexec', 'nodev'] },
    {
      destination: '/dev',
      type: 'tmpfs',
      source: 'tmpfs',
      options: ['nosuid', 'strictatime', 'mode=755', 'size=65536k'],
    },
    {
      destination: '/dev/pts',
      type: 'devpts',
      source: 'devpts',
      options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5'],
    },
    { destination: '/sys', type: 'sysfs', source: 'sysfs', options: ['nosuid', 'noexec', 'nodev', 'ro'] },
    {
      destination: '/sys/fs/cgroup',
      type: 'cgroup',
      source: 'cgroup',
      options: ['nosuid', 'noexec', 'nodev', 'ro'],
    },
    { destination: '/dev/mqueue', type: 'mqueue', source: 'mqueue', options: ['nosuid', 'noexec', 'nodev'] },
    {
      destination: '/dev/shm',
      type: 'tmpfs',
      source: 'shm',
      options: ['nosuid', 'noexec', 'nodev', 'mode=1777', 'size=65536k'],
    },
  ];
}

/** What would tell of the host, or let a container reach it. */
export const defaultMaskedPaths: readonly string[] = [
  '/proc/acpi',
  '/proc/asound',
  '/proc/interrupts',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/sys/devices/virtual/powercap',
  '/sys/firmware',
];

/** What acts on the whole machine when written to. */
export const defaultReadonlyPaths: readonly string[] = [
  '/proc/bus',
  '/proc/fs',
  '/proc/irq',
  '/proc/sys',
  '/proc/sysrq-trigger',
];

export function defaultNamespaces(network: NetworkMode): LinuxSpec['namespaces'] {
  const types = ['mount', 'uts', 'ipc', 'pid', 'cgroup'] as const;
  const all = network === 'host' ? types : ([...types, 'network'] as const);
  return all.map((type) => ({ type }));
}

/**
 * Lets an ordinary user of the container ping and listen below port 1024. Only where the network namespace is the
 * container's own: they would change the host's.
 *
 * @param largestGID of its user namespace
 */
export function defaultSysctls(network: NetworkMode, largestGID = 2_147_483_647): Readonly<Record<string, string>> {
  if (network === 'host') return {};
  return { 'net.ipv4.ip_unprivileged_port_start': '0', 'net.ipv4.ping_group_range': `0 ${largestGID}` };
}
