/**
 * A container in a user namespace of its own, docs/design/0005-user-namespaces.md: its maps, the descriptor by which mounts are
 * idmapped, and the step into it. A process that the launcher made, the holder, keeps the new namespace until the child is in.
 */
import { GockerError } from '../../errors/index.ts';
import type { IDMapping, LinuxSpec, Spec } from '../../oci/index.ts';
import {
  buffer,
  CLONE,
  type CloneFlag,
  cloneCall,
  flags,
  type KernelCall,
  MOUNT_ATTR,
  O,
  OPEN_TREE,
  PR,
  resultOf,
  SECBIT,
} from '../../syscall/index.ts';
import { inherited } from './input.ts';
import { cloneFlagOf, hasNew } from './namespaces.ts';
import { groupList, idmapAttr, sizeOf } from './structures.ts';

/** The descriptor that idmapped mounts are made with. */
const userNamespace = 'user namespace';

/** What the holder is born with besides, so that it can be furnished before the child has come that far. */
const held = ['network'] as const;

export function inUserNamespace({ namespaces }: LinuxSpec): boolean {
  return namespaces.some(({ type }) => type === 'user');
}

/** What the clone that makes the holder is asked for; undefined where the spec makes no user namespace. */
export function holderFlags(spec: Spec): CloneFlag[] | undefined {
  if (!hasNew(spec, 'user')) return undefined;
  return ['CLONE_NEWUSER', ...heldTypes(spec).map(cloneFlagOf)];
}

/** To be played first, with the host's rights: the holder's maps, and its user namespace as a descriptor. */
export function mapUserNamespace(spec: Spec): KernelCall[] {
  checkIDs(spec);
  const { uidMappings = [], gidMappings = [] } = spec.linux;
  if (!hasNew(spec, 'user')) return [];
  return [
    ...writeMap('uid_map', uidMappings),
    ...writeMap('gid_map', gidMappings),
    {
      call: 'openat',
      args: [resultOf(inherited.holder), 'ns/user', flags(O, 'O_RDONLY', 'O_CLOEXEC'), 0],
      result: userNamespace,
      why: 'what idmapped mounts are made with, and what is entered later',
    },
  ];
}

/** @throws GockerError `SPEC_INVALID` where the namespace lacks an id of the process */
export function checkIDs({ linux, process: { user } }: Spec): void {
  hostID(linux.uidMappings, user.uid, 'process.user.uid');
  for (const gid of [user.gid, ...(user.additionalGids ?? [])]) hostID(linux.gidMappings, gid, 'process.user.gid');
}

/** Shows the files of a detached mount as belonging to the container's ids: mount_setattr(2) §"ID-mapped mounts". */
export function idmap(mount: string, why: string, recursive = false): KernelCall {
  return {
    call: 'mount_setattr',
    args: [
      resultOf(mount),
      '',
      recursive ? flags(OPEN_TREE, 'AT_EMPTY_PATH', 'AT_RECURSIVE') : flags(OPEN_TREE, 'AT_EMPTY_PATH'),
      idmapAttr(MOUNT_ATTR.MOUNT_ATTR_IDMAP, userNamespace),
      sizeOf.mountAttr,
    ],
    why,
  };
}

/**
 * Files that are made from here on belong to the container's root, with the host's powers still there: for the device nodes,
 * and for the overlay, which acts as who mounted it and could write to idmapped directories as nobody else.
 */
export function makeFilesForRoot(spec: Spec): KernelCall[] {
  const { uidMappings = [], gidMappings = [] } = spec.linux;
  const [uid, gid] = [hostID(uidMappings, 0, 'uid'), hostID(gidMappings, 0, 'gid')];
  return [
    {
      call: 'prctl',
      args: [flags(PR, 'PR_SET_SECUREBITS'), flags(SECBIT, 'SECBIT_NO_SETUID_FIXUP'), 0, 0, 0],
      why: 'a change of ids is not to take powers along',
    },
    { call: 'setfsgid', args: [gid], why: "gid 0 of the container: what is made from here on is that group's" },
    { call: 'setfsuid', args: [uid], why: "uid 0 of the container: what is made from here on is its root's" },
  ];
}

/** The pipes were made by gocker, and belong to the host's root: the program could not open /dev/stdout again. */
export function giveAwayPipes(spec: Spec, pipes: readonly string[]): KernelCall[] {
  const uid = hostID(spec.linux.uidMappings, spec.process.user.uid, 'process.user.uid');
  return pipes.map((pipe) => ({
    call: 'fchown',
    args: [resultOf(pipe), uid, -1],
    why: `the program can reopen its ${pipe}`,
  }));
}

/** From the host's root to the container's, for good. Whatever needs the host's rights has been done. */
export function enterUserNamespace(spec: Spec): KernelCall[] {
  const isNew = hasNew(spec, 'user');
  const types = heldTypes(spec);
  const made = spec.linux.namespaces
    .filter(({ type, path }) => path === undefined && type !== 'user')
    .filter(({ type }) => !isNew || !types.some((one) => one === type))
    .map(({ type }) => cloneFlagOf(type));
  return [
    isNew
      ? {
          call: 'setns',
          args: [resultOf(inherited.holderProcess), flags(CLONE, 'CLONE_NEWUSER', ...types.map(cloneFlagOf))],
          why: 'into the user namespace: all powers in it, and none outside',
        }
      : {
          call: 'setns',
          args: [resultOf(userNamespace), flags(CLONE, 'CLONE_NEWUSER')],
          why: 'into the user namespace that is shared: all powers in it, and none outside',
        },
    ...becomeRootOfNamespace(),
    {
      ...cloneCall(['CLONE_PARENT', ...made], 'a sibling goes on, in namespaces that belong to the user namespace'),
      forks: true,
    },
    { call: 'setsid', args: [], why: 'the session of its own stayed behind with the process before' },
  ];
}

/** Just after it was entered, as a user of the host that it has no id for. */
export function becomeRootOfNamespace(): KernelCall[] {
  return [
    { call: 'setgroups', args: [0, groupList([])], why: "none of the host's groups comes along" },
    { call: 'setresgid', args: [0, 0, 0], why: 'in this namespace 0 is an ordinary group of the host' },
    { call: 'setresuid', args: [0, 0, 0], why: 'in this namespace 0 is an ordinary user of the host' },
  ];
}

/** @throws GockerError `SPEC_INVALID` where the namespace has no such id */
export function hostID(mappings: readonly IDMapping[] = [], id: number, field: string): number {
  const mapping = mappings.find(({ containerID, size }) => id >= containerID && id < containerID + size);
  if (mapping !== undefined) return mapping.hostID + id - mapping.containerID;
  const ranges = mappings.map(({ containerID, size }) => `${containerID} to ${containerID + size - 1}`);
  throw new GockerError(
    'SPEC_INVALID',
    `cannot run the spec: ${field}: the user namespace has no id ${id} (expected ${ranges.join(', ') || 'mappings'})`,
    { hint: 'Give it more ids: --userns=auto:size=65536.' },
  );
}

function heldTypes(spec: Spec) {
  return held.filter((type) => hasNew(spec, type));
}

/** user_namespaces(7) §"User and group ID mappings": all lines in one write. */
function writeMap(file: 'uid_map' | 'gid_map', mappings: readonly IDMapping[]): KernelCall[] {
  const text = mappings.map(({ containerID, hostID: first, size }) => `${containerID} ${first} ${size}\n`).join('');
  const bytes = Buffer.from(text);
  return [
    {
      call: 'openat',
      args: [resultOf(inherited.holder), file, flags(O, 'O_WRONLY', 'O_CLOEXEC'), 0],
      result: file,
      why: `which ids of the host the container's ${file === 'uid_map' ? 'users' : 'groups'} are`,
    },
    {
      call: 'write',
      args: [resultOf(file), buffer(JSON.stringify(text), bytes), bytes.length],
      atLeast: bytes.length,
      why: `containers's first id, the host's first, how many`,
    },
  ];
}
