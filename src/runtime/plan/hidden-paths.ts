/**
 * Masked and read-only paths, runtime-spec v1.2.1 config-linux.md#masked-paths. What covers a path is our own null node or an
 * empty tmpfs, taken by descriptor: what a path of the image says is /dev/null need not be that (CVE-2025-31133).
 */
import { AT_FDCWD, flags, type KernelCall, MOUNT_ATTR, OPEN_TREE, resultOf } from '../../syscall/index.ts';
import { moveMount, openPath } from './attach.ts';
import { nullDevice } from './devices.ts';
import { detachedFilesystem } from './filesystem.ts';
import type { HostFacts } from './input.ts';
import { mountAttr, openHow, sizeOf } from './structures.ts';

/** Files are covered by one kind of mount and directories by another: move_mount(2) has EINVAL for all else. */
export interface HiddenPath {
  readonly path: string;
  /** `absent`: the kernel has no such file. `unknown`: the image's, seen only as the tape plays. */
  readonly kind: 'file' | 'directory' | 'absent' | 'unknown';
}

const empty = 'empty directory';
const missing = ['ENOENT', 'ENOTDIR'];
const readOnly = { set: MOUNT_ATTR.MOUNT_ATTR_RDONLY, clear: 0 };
/** More than any descriptor: a call that wants this much is meant to fail. */
const never = 2 ** 31;

/** What the kernel shows in the container's /proc and /sys it shows on the host too. */
export function isOfKernel(path: string): boolean {
  return /^\/(?:proc|sys)\//.test(path);
}

export function sortHidden(paths: readonly string[], host: HostFacts): HiddenPath[] {
  return [...new Set(paths)].map((path) => ({
    path,
    kind: isOfKernel(path) ? (host.kinds.get(path) ?? 'absent') : 'unknown',
  }));
}

/**
 * Made before the host is put away, like every filesystem: one for all directories that are known, and one for each path that
 * may turn out to be a directory.
 */
export function makeCover(paths: readonly HiddenPath[]): KernelCall[] {
  const parameters = [
    { key: 'size', value: '0' },
    { key: 'mode', value: '755' },
  ];
  const tmpfs = { type: 'tmpfs', source: 'tmpfs', options: { attributes: readOnly, parameters } };
  const unknown = paths.filter(({ kind }) => kind === 'unknown').map(({ path }) => emptyFor(path));
  const covers = firstDirectory(paths) === undefined ? unknown : [empty, ...unknown];
  return covers.flatMap((result) => detachedFilesystem(tmpfs, result, 'what a masked directory looks like'));
}

export function maskPaths(paths: readonly HiddenPath[]): KernelCall[] {
  const first = firstDirectory(paths);
  return paths.flatMap(({ path, kind }): KernelCall[] => {
    const target = `${path} to mask`;
    const open = (allow?: readonly string[]) =>
      openPath(path, { walk: 'no-symlinks', directory: kind === 'directory', result: target, ...(allow && { allow }) });
    if (kind === 'absent') return [checkAbsent(path)];
    if (kind === 'file') return [open(), ...cover(nullDevice, target, `${path} reads as nothing`)];
    // Before Linux 6.15 a mount that is attached nowhere can't be cloned: the first takes it, the others clone it from there.
    if (path === first) return [open(), moveMount(empty, target, `${path} is empty`)];
    if (kind === 'directory') return [open(), ...cover(empty, target, `${path} is empty`)];
    return [
      open(missing),
      ...cover(nullDevice, target, `${path} reads as nothing, if it is a file`, ['EINVAL', 'EBADF']),
      moveMount(emptyFor(path), target, `${path} is empty, if it is a directory`, ['EINVAL', 'EBADF']),
    ];
  });
}

export function protectPaths(paths: readonly string[]): KernelCall[] {
  return [...new Set(paths)].flatMap((path): KernelCall[] => {
    const target = `${path} to protect`;
    const copy = `${path} read-only`;
    return [
      openPath(path, { walk: 'no-symlinks', directory: false, result: target, allow: missing }),
      {
        call: 'open_tree',
        args: [
          resultOf(target),
          '',
          flags(OPEN_TREE, 'OPEN_TREE_CLONE', 'OPEN_TREE_CLOEXEC', 'AT_EMPTY_PATH', 'AT_RECURSIVE'),
        ],
        result: copy,
        allow: ['EBADF'],
        why: `a second mount of ${path}, which can have options of its own; EBADF where there is no such file`,
      },
      {
        call: 'mount_setattr',
        args: [
          resultOf(copy),
          '',
          flags(OPEN_TREE, 'AT_EMPTY_PATH', 'AT_RECURSIVE'),
          mountAttr(readOnly, 0),
          sizeOf.mountAttr,
        ],
        allow: ['EBADF'],
        why: 'it can only be read',
      },
      moveMount(copy, target, `${path} can only be read`, ['EBADF']),
    ];
  });
}

function firstDirectory(paths: readonly HiddenPath[]): string | undefined {
  return paths.find(({ kind }) => kind === 'directory')?.path;
}

function emptyFor(path: string): string {
  return `${empty} for ${path}`;
}

function cover(mount: string, target: string, why: string, allow?: readonly string[]): KernelCall[] {
  const clone = `${mount} over ${target}`;
  return [
    {
      call: 'open_tree',
      args: [resultOf(mount), '', flags(OPEN_TREE, 'OPEN_TREE_CLONE', 'OPEN_TREE_CLOEXEC', 'AT_EMPTY_PATH')],
      result: clone,
      why: 'a mount can be attached once: each path wants its own',
    },
    moveMount(clone, target, why, allow),
  ];
}

/** Covers would cost more than this look: a mount that is made and not used costs the kernel a wait for all CPUs. */
function checkAbsent(path: string): KernelCall {
  return {
    call: 'openat2',
    args: [AT_FDCWD, path, openHow(['O_PATH', 'O_CLOEXEC'], ['RESOLVE_NO_SYMLINKS']), sizeOf.openHow],
    atLeast: never,
    allow: missing,
    why: `${path} was not there when this was planned, and must not be here unmasked`,
  };
}
