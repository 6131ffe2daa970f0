/** The container's filesystems, made while the host's tree is in sight: of all that a plan orders, what is made by whom and when. */
import { GockerError } from '../../errors/index.ts';
import type { LinuxDevice, NamespaceType, Spec } from '../../oci/index.ts';
import { flags, type KernelCall, MS } from '../../syscall/index.ts';
import { makeDevices, planDevices } from './device-nodes.ts';
import { makeCover, sortHidden } from './hidden-paths.ts';
import type { PlanInput } from './input.ts';
import { isOwnDev, makeMounts, type PlannedMount } from './mounts.ts';
import { openPtmx, openTerminal } from './stdio.ts';
import { hostID, inUserNamespace } from './user-namespace.ts';

/** Each part with the right that it needs: see docs/design/0005-user-namespaces.md. Without a user namespace it is all one. */
export interface Filesystems {
  /** With the host's rights: what is the host's, and what belongs to its namespaces. */
  readonly outside: KernelCall[];
  /** With the host's rights, and owned by the container's root: device nodes. */
  readonly dev: KernelCall[];
  /** With the container's: what belongs to its own namespaces, and shows what is in them. */
  readonly inside: KernelCall[];
}

/** @throws GockerError `MOUNT_INVALID` */
export function makeFilesystems({ spec, host }: PlanInput, mounts: readonly PlannedMount[]): Filesystems {
  checkIdmapped(spec, mounts);
  const isInside = (mount: PlannedMount) => belongsInside(spec, mount);
  const isDev = (mount: PlannedMount) => inUserNamespace(spec.linux) && isOwnDev(mount);
  const { beforeSlave, afterSlave } = makeMounts(mounts.filter((mount) => !isInside(mount) && !isDev(mount)));
  const devices = planDevices(spec.linux.devices).map((device) => ownedDevice(spec, device));
  const devpts = mounts.find(({ mount }) => mount.type === 'devpts');
  if (spec.process.terminal && devpts === undefined) {
    throw new GockerError(
      'MOUNT_INVALID',
      'cannot open a terminal: the spec mounts no devpts (expected one at "/dev/pts")',
    );
  }
  return {
    outside: [
      ...beforeSlave,
      {
        call: 'mount',
        args: [null, '/', null, flags(MS, 'MS_REC', 'MS_SLAVE'), null],
        why: 'nothing that is mounted from here on shows on the host',
      },
      ...afterSlave,
      ...(mounts.some(isDev) ? [] : makeDevices(devices, mounts)),
    ],
    dev: mounts.some(isDev) ? [...makeMounts(mounts.filter(isDev)).afterSlave, ...makeDevices(devices, mounts)] : [],
    inside: [
      ...makeMounts(mounts.filter(isInside)).afterSlave,
      ...makeCover(sortHidden(spec.linux.maskedPaths ?? [], host)),
      ...(spec.process.terminal && devpts !== undefined ? openTerminal(spec.process, openPtmx(devpts.result)) : []),
    ],
  };
}

/** Made by the host's root, who knows no ids but the host's. Whoever says nothing means the container's root. */
function ownedDevice({ linux }: Spec, device: LinuxDevice): LinuxDevice {
  const { uid = 0, gid = 0 } = device;
  if (!inUserNamespace(linux) || (uid === 0 && gid === 0)) return device;
  const [user, group] = [hostID(linux.uidMappings, uid, device.path), hostID(linux.gidMappings, gid, device.path)];
  return { ...device, uid: user, gid: group };
}

/** One idmapping serves all mounts: that of the container. */
function checkIdmapped({ linux }: Spec, mounts: readonly PlannedMount[]): void {
  for (const { mount, options } of mounts) {
    const fail = (is: string, expected: string) => {
      throw new GockerError(
        'MOUNT_INVALID',
        `cannot idmap ${JSON.stringify(mount.destination)}: ${is} (expected ${expected})`,
      );
    };
    if (options.idmap !== undefined && !inUserNamespace(linux))
      fail('there is no user namespace to map to', 'one, by --userns');
    if (options.idmap !== undefined && options.bind === undefined) fail('it is no bind', 'a bind or a volume');
    const isOther = (own: unknown, given: unknown) =>
      given !== undefined && JSON.stringify(own) !== JSON.stringify(given);
    if (isOther(linux.uidMappings, mount.uidMappings) || isOther(linux.gidMappings, mount.gidMappings)) {
      fail('it has mappings of its own', 'those of the container');
    }
  }
}

/** The namespaces that the kernel's filesystems show; the container's own root may mount those of its own alone. */
const shows: Readonly<Record<string, NamespaceType | undefined>> = {
  proc: 'pid',
  sysfs: 'network',
  mqueue: 'ipc',
  cgroup2: 'cgroup',
};

function belongsInside({ linux }: Spec, planned: PlannedMount): boolean {
  const { type = '' } = planned.mount;
  if (!inUserNamespace(linux) || planned.options.bind !== undefined || isOwnDev(planned)) return false;
  if (type === 'tmpfs' || type === 'devpts') return true;
  const owner = linux.namespaces.find((namespace) => namespace.type === shows[type]);
  const sharesUser = linux.namespaces.some((namespace) => namespace.type === 'user' && namespace.path !== undefined);
  return owner !== undefined && (owner.path === undefined || sharesUser);
}
