/**
 * What a bind shows: a tree of the host, cloned while the host is in sight. A part of it (mount(8) `X-mount.subdir`) is walked
 * as the tape plays and by descriptor: whoever writes to the tree may put a link in the way at any time, and RESOLVE_BENEATH
 * lets none lead out (CVE-2021-30465, CVE-2023-25809).
 */
import { AT_FDCWD, flags, type KernelCall, OPEN_TREE, type RESOLVE, resultOf } from '../../syscall/index.ts';
import type { MountOptions } from '../spec/mount-options.ts';
import { openHow, sizeOf } from './structures.ts';

export interface MountSource {
  /** Absolute, on the host. */
  readonly path: string;
  readonly options: Pick<MountOptions, 'bind' | 'subdirectory'>;
}

/** @param result names the mount's descriptor */
export function cloneSource({ path, options }: MountSource, result: string, why: string): KernelCall[] {
  const recursive = options.bind === 'rbind';
  if (options.subdirectory === undefined) {
    return [{ call: 'open_tree', args: [AT_FDCWD, path, cloneFlags(recursive, false)], result, why }];
  }
  const source = `${result} source`;
  return [
    {
      call: 'openat2',
      args: [AT_FDCWD, path, openHow(['O_PATH', 'O_DIRECTORY', 'O_CLOEXEC'], []), sizeOf.openHow],
      result: source,
      why: 'the tree of which a part is wanted',
    },
    ...clonePart(source, { path: options.subdirectory, walk: 'RESOLVE_BENEATH', recursive }, { result, why }),
  ];
}

export interface Part {
  /** Relative. */
  readonly path: string;
  readonly walk: 'RESOLVE_BENEATH' | 'RESOLVE_IN_ROOT';
  readonly recursive: boolean;
}

/** @param tree the result that is a directory's descriptor */
export function clonePart(
  tree: string,
  { path, walk, recursive }: Part,
  { result, why }: { readonly result: string; readonly why: string },
): KernelCall[] {
  const part = `${result} part`;
  const resolve: (keyof typeof RESOLVE)[] = [walk, 'RESOLVE_NO_MAGICLINKS'];
  return [
    {
      call: 'openat2',
      args: [resultOf(tree), path, openHow(['O_PATH', 'O_CLOEXEC'], resolve), sizeOf.openHow],
      result: part,
      why: `"${path}" of it: no link on the way may lead out`,
    },
    { call: 'open_tree', args: [resultOf(part), '', cloneFlags(recursive, true)], result, why },
  ];
}

function cloneFlags(recursive: boolean, empty: boolean) {
  return flags(
    OPEN_TREE,
    'OPEN_TREE_CLONE',
    'OPEN_TREE_CLOEXEC',
    ...(empty ? (['AT_EMPTY_PATH'] as const) : []),
    ...(recursive ? (['AT_RECURSIVE'] as const) : []),
  );
}
