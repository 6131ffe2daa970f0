/**
 * A container's tree without the container: as a descriptor of a mount that is attached nowhere. Nobody sees it on the host, and
 * it is gone with its descriptor, however its holder ends. A child makes it in a mount namespace of its own, by the calls that
 * make a container's `/`, and hands it over.
 */
import { closeSync, openSync } from 'node:fs';
import { GockerError } from '../../errors/index.ts';
import {
  AT_FDCWD,
  CLONE,
  type CloneOptions,
  cloneAndPlay,
  flags,
  handOver,
  type KernelCall,
  MS,
  OPEN_TREE,
  PR,
  pidfdOpen,
  resultOf,
  SyscallError,
} from '../../syscall/index.ts';
import { type ProcessIdentity, startTimeOf } from '../launch/process-identity.ts';
import type { Rootfs } from '../plan/input.ts';
import { makeRootfs } from '../plan/rootfs.ts';

const tree = 'tree';
const namespace = 'mount namespace';

/**
 * Layers as one tree, with what was changed in it; not while a container has the same upperdir: of two overlays neither would
 * be right.
 *
 * @returns an O_PATH descriptor of the root, the caller's to close
 * @throws GockerError of a call that failed
 */
export function openRootfs(rootfs: Rootfs): Promise<number> {
  return receive(planRootfs(rootfs), { namespaces: ['CLONE_NEWNS'] });
}

/**
 * The same of a container that runs: its own `/`, without what is mounted below it.
 *
 * @returns undefined where the process has ended
 */
export async function openRootOf(process: ProcessIdentity): Promise<number | undefined> {
  const opened = openNamespace(process);
  if (opened === undefined) return undefined;
  try {
    return await receive(planRootOf(), { given: { [namespace]: opened } });
  } finally {
    closeSync(opened);
  }
}

export function planRootfs(rootfs: Rootfs): KernelCall[] {
  return [
    {
      call: 'mount',
      args: [null, '/', null, flags(MS, 'MS_REC', 'MS_PRIVATE'), null],
      why: 'nothing that is mounted from here on shows on the host',
    },
    ...makeRootfs(rootfs),
    cloneTree('.', 'the whole as a mount of its own, which outlives this namespace'),
    handOver(tree, 'whoever asked for it'),
  ];
}

export function planRootOf(): KernelCall[] {
  return [
    {
      call: 'prctl',
      args: [flags(PR, 'PR_SET_DUMPABLE'), 0, 0, 0, 0],
      why: "nobody in the container reads this process's memory, which is a copy of gocker's",
    },
    {
      call: 'setns',
      args: [resultOf(namespace), flags(CLONE, 'CLONE_NEWNS')],
      why: "mounts can be cloned in their own namespace alone; its root is the container's",
    },
    cloneTree('/', 'the container’s root, and none of what is mounted below it'),
    handOver(tree, 'whoever asked for it'),
  ];
}

function cloneTree(path: string, why: string): KernelCall {
  return {
    call: 'open_tree',
    args: [AT_FDCWD, path, flags(OPEN_TREE, 'OPEN_TREE_CLONE', 'OPEN_TREE_CLOEXEC')],
    result: tree,
    why,
  };
}

async function receive(calls: readonly KernelCall[], options: CloneOptions): Promise<number> {
  const child = cloneAndPlay(calls, options);
  const outcome = await child.settled();
  await child.exited();
  if ('error' in outcome) throw outcome.error;
  const [fd] = outcome.descriptors;
  if (fd !== undefined) return fd;
  throw new GockerError('ROOTFS_UNREACHABLE', 'cannot open the tree of a container: nothing was handed over');
}

/** Of exactly that process: held by its pidfd while its start time is compared. */
function openNamespace({ pid, startTime }: ProcessIdentity): number | undefined {
  let pidfd: number | undefined;
  let opened: number | undefined;
  try {
    pidfd = pidfdOpen(pid);
    opened = openSync(`/proc/${pid}/ns/mnt`, 'r');
    if (startTimeOf(pid) === startTime) return opened;
  } catch (error) {
    const code = error instanceof SyscallError ? error.errnoName : (error as NodeJS.ErrnoException).code;
    if (code !== 'ESRCH' && code !== 'ENOENT') throw error;
  } finally {
    if (pidfd !== undefined) closeSync(pidfd);
  }
  if (opened !== undefined) closeSync(opened);
  return undefined;
}
