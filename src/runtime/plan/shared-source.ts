/**
 * A bind whose source is in a running container: `/proc/PID/root/dev/shm`, which is how --ipc container:ID shares what lies
 * in /dev/shm. A mount of another mount namespace can't be cloned from here (open_tree(2) §EINVAL), so the child goes there.
 */
import type { Mount } from '../../oci/index.ts';
import { AT_FDCWD, CLONE, flags, type KernelCall, O, OPEN_TREE, resultOf } from '../../syscall/index.ts';
import { openHow, sizeOf } from './structures.ts';

export interface SharedSource {
  readonly pid: string;
  /** As that process sees it. */
  readonly path: string;
}

const own = 'own mount namespace';

/** @returns undefined for a source of the host's own tree */
export function sharedSource({ source = '' }: Mount): SharedSource | undefined {
  const [, pid, path] = /^\/proc\/([1-9]\d*)\/root(\/.+)$/.exec(source) ?? [];
  return pid === undefined || path === undefined ? undefined : { pid, path };
}

/** The mount namespace that the child goes to, as a descriptor that it inherits under this name. */
export function sourceNamespace({ pid }: SharedSource): { readonly name: string; readonly path: string } {
  return { name: `mount namespace of process ${pid}`, path: `/proc/${pid}/ns/mnt` };
}

/** @param result names the detached mount */
export function cloneSharedSource(source: SharedSource, result: string): KernelCall[] {
  const { path } = source;
  const found = `source of ${result}`;
  return [
    {
      call: 'openat',
      args: [AT_FDCWD, '/proc/self/ns/mnt', flags(O, 'O_RDONLY', 'O_CLOEXEC'), 0],
      result: own,
      why: 'the way back',
    },
    {
      call: 'setns',
      args: [resultOf(sourceNamespace(source).name), flags(CLONE, 'CLONE_NEWNS')],
      why: `a mount can be cloned in its own mount namespace only: ${path} is in that of process ${source.pid}`,
    },
    {
      call: 'openat2',
      args: [AT_FDCWD, path, openHow(['O_PATH', 'O_DIRECTORY', 'O_CLOEXEC'], ['RESOLVE_NO_SYMLINKS']), sizeOf.openHow],
      result: found,
      why: `${path} of the other container, which may have put a link there`,
    },
    {
      call: 'open_tree',
      args: [resultOf(found), '', flags(OPEN_TREE, 'OPEN_TREE_CLONE', 'OPEN_TREE_CLOEXEC', 'AT_EMPTY_PATH')],
      result,
      why: 'the same filesystem, as a mount that is attached nowhere yet',
    },
    { call: 'setns', args: [resultOf(own), flags(CLONE, 'CLONE_NEWNS')], why: 'back, with the mount in hand' },
  ];
}
