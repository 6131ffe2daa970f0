/**
 * Masked and read-only paths, runtime-spec v1.2.1 config-linux.md#masked-paths. What covers a path is our own null node or an
 * empty tmpfs, taken by descriptor: what a path of the image says is /dev/null need not be that (CVE-2025-31133).
 *
 * Whether a path is a file or a directory, or is there at all, is known only as the tape plays. So both covers are tried:
 * mounting a file on a directory or the reverse is ENOTDIR, and the descriptor of what wasn't opened is EBADF.
 */
import { flags, type KernelCall, MOUNT_ATTR, OPEN_TREE, resultOf } from '../../syscall/index.ts';
import { moveMount, openPath } from './attach.ts';
import { nullDevice } from './devices.ts';
import { detachedFilesystem } from './filesystem.ts';
import { mountAttr, sizeOf } from './structures.ts';

const empty = 'empty directory';
const missing = ['ENOENT', 'ENOTDIR', 'EACCES'];
const readOnly = { set: MOUNT_ATTR.MOUNT_ATTR_RDONLY, clear: 0 };

/** Made before the host is put away, like every filesystem. */
export function makeCover(paths: readonly string[]): KernelCall[] {
  if (paths.length === 0) return [];
  const options = {
    attributes: readOnly,
    parameters: [
      { key: 'size', value: '0' },
      { key: 'mode', value: '755' },
    ],
  };
  return detachedFilesystem({ type: 'tmpfs', source: 'tmpfs', options }, empty, 'what a masked directory looks like');
}

export function maskPaths(paths: readonly string[]): KernelCall[] {
  return paths.flatMap((path) => {
    const target = `${path} to mask`;
    return [
      openPath(path, { walk: 'no-symlinks', directory: false, result: target, allow: missing }),
      clone(nullDevice, `${path} as a file`),
      moveMount(`${path} as a file`, target, `${path} reads as nothing, if it is a file`, ['ENOTDIR', 'EBADF']),
      clone(empty, `${path} as a directory`),
      moveMount(`${path} as a directory`, target, `${path} is empty, if it is a directory`, ['ENOTDIR', 'EBADF']),
    ];
  });
}

export function protectPaths(paths: readonly string[]): KernelCall[] {
  return paths.flatMap((path): KernelCall[] => {
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
        why: `a second mount of ${path}, which can have options of its own`,
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

function clone(result: string, as: string): KernelCall {
  return {
    call: 'open_tree',
    args: [resultOf(result), '', flags(OPEN_TREE, 'OPEN_TREE_CLONE', 'OPEN_TREE_CLOEXEC', 'AT_EMPTY_PATH')],
    result: as,
    why: 'a mount can be attached once: each path wants its own',
  };
}
