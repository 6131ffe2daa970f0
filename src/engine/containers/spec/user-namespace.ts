/** A runtime spec whose container is to have a user namespace: what else changes with it. Pure. */
import type { Mount, Spec } from '../../../oci/index.ts';
import { defaultSysctls } from '../../../runtime/index.ts';
import type { IDRange } from './user-mode.ts';

export interface UserNamespaceFacts {
  readonly ids: IDRange;
  /** Of the container whose user namespace is shared. */
  readonly pid?: number;
  /** Directories of gocker's own: what is bound from there is the container's, whose ids on disk stay as they are. */
  readonly ownDirectories: readonly string[];
}

export function withUserNamespace(spec: Spec, { ids, pid, ownDirectories }: UserNamespaceFacts): Spec {
  const mappings = [{ containerID: 0, hostID: ids.start, size: ids.size }];
  const user = pid === undefined ? { type: 'user' as const } : { type: 'user' as const, path: `/proc/${pid}/ns/user` };
  return {
    ...spec,
    mounts: (spec.mounts ?? []).map((mount) => (isOwn(mount, ownDirectories) ? idmapped(mount) : mount)),
    linux: {
      ...spec.linux,
      namespaces: [user, ...spec.linux.namespaces],
      uidMappings: mappings,
      gidMappings: mappings,
      sysctl: { ...spec.linux.sysctl, ...pingRange(spec, ids) },
    },
  };
}

function isOwn({ type, source = '' }: Mount, directories: readonly string[]): boolean {
  return type === 'bind' && directories.some((directory) => source.startsWith(`${directory}/`));
}

function idmapped(mount: Mount): Mount {
  return { ...mount, options: [...(mount.options ?? []), 'idmap'] };
}

/** The usual range has groups that the namespace has not, which the kernel refuses. A range of the user's own stays. */
function pingRange({ linux: { sysctl = {} } }: Spec, { size }: IDRange): Readonly<Record<string, string>> {
  const key = 'net.ipv4.ping_group_range';
  const usual = defaultSysctls('private')[key];
  if (usual === undefined || sysctl[key] !== usual) return {};
  return { [key]: defaultSysctls('private', size - 1)[key] ?? usual };
}
