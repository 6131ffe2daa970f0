/** Which namespaces a container has for itself, and what follows for its mounts and sysctls. Pure. */
import type { LinuxSpec, Mount, NamespaceType } from '../../../oci/index.ts';
import { defaultSysctls, type ProcessIdentity } from '../../../runtime/index.ts';
import type { NamespaceMode, NamespaceModes } from './namespace-modes.ts';
import type { IDRange } from './user-mode.ts';

/** A running container whose namespaces are shared. */
export interface SharedContainer {
  readonly id: string;
  /** Its first. */
  readonly process: ProcessIdentity;
  /** Where its files are. */
  readonly directory: string;
  /** Its own --ipc. */
  readonly ipc: string;
  /** Where it has a user namespace: the ids of the host that its own are. */
  readonly ids?: IDRange;
}

export type SharedModes = NamespaceModes<SharedContainer>;

/** Names of /proc/PID/ns, namespaces(7). */
const files = { pid: 'pid', network: 'net', ipc: 'ipc', uts: 'uts', cgroup: 'cgroup' } as const;

export function namespacesFor(modes: SharedModes): Required<Pick<LinuxSpec, 'namespaces' | 'sysctl'>> {
  const { network, ipc, pid, uts, cgroupns } = modes;
  const namespaces = Object.entries({ uts, ipc, pid, cgroup: cgroupns, network }).flatMap(([type, mode]) =>
    namespaceFor(type as keyof typeof files, mode),
  );
  return {
    namespaces: [{ type: 'mount' }, ...namespaces],
    sysctl: defaultSysctls(network.kind === 'own' ? 'private' : 'host'),
  };
}

/** The processes that the namespaces' paths speak of. */
export function sharedProcesses(modes: SharedModes): ProcessIdentity[] {
  return Object.values(modes).flatMap((mode) => (mode.kind === 'container' ? [mode.container.process] : []));
}

/**
 * What programs share by POSIX IPC lies in two filesystems, shm_overview(7) and mq_overview(7). The kernel gives each namespace
 * its own of the second; the first is a directory like any.
 */
export function shareMemory(ipc: SharedModes['ipc'], mounts: readonly Mount[]): Mount[] {
  const source = shmSource(ipc);
  return mounts.flatMap((mount) => {
    if (mount.destination !== '/dev/shm') return [mount];
    if (ipc.kind === 'own' && ipc.word === 'none') return [];
    if (source === undefined) return [mount];
    return [
      { destination: '/dev/shm', type: 'bind', source, options: ['bind', 'rprivate', 'nosuid', 'nodev', 'noexec'] },
    ];
  });
}

function namespaceFor(
  type: keyof typeof files,
  mode: NamespaceMode<SharedContainer>,
): { type: NamespaceType; path?: string }[] {
  if (mode.kind === 'host') return [];
  if (mode.kind === 'own') return [{ type }];
  return [{ type, path: `/proc/${mode.container.process.pid}/ns/${files[type]}` }];
}

function shmSource(ipc: SharedModes['ipc']): string | undefined {
  if (ipc.kind === 'host') return '/dev/shm';
  return ipc.kind === 'container' ? `/proc/${ipc.container.process.pid}/root/dev/shm` : undefined;
}
