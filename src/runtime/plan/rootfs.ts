/**
 * The container's `/`: made, entered, and the host's put away. All of it happens in the child's own mount namespace, so there
 * is never anything to unmount on the host.
 */
import { GockerError } from '../../errors/index.ts';
import {
  AT_FDCWD,
  flags,
  type KernelCall,
  MNT,
  MOUNT_ATTR,
  MOVE_MOUNT,
  MS,
  OPEN_TREE,
  resultOf,
} from '../../syscall/index.ts';
import { detachedFilesystem } from './filesystem.ts';
import type { Rootfs } from './input.ts';
import { mountAttr, sizeOf } from './structures.ts';

type Overlay = Extract<Rootfs, { kind: 'overlay' }>;

/** mount(2) takes one page of options, its NUL included. */
const mostOptionBytes = 4095;

export function makeRootfs(rootfs: Rootfs): KernelCall[] {
  if (rootfs.kind === 'directory') return bindRootfs(rootfs.path);
  const { lowerdirs, writable } = rootfs;
  const [top] = lowerdirs;
  if (top === undefined) throw new GockerError('ROOTFS_INVALID', 'cannot mount the rootfs: it has no layer');
  // overlayfs wants two layers at least; one alone that nobody writes to is that directory.
  if (lowerdirs.length === 1 && writable === undefined) return [...bindRootfs(top), readOnlyRootfs('.')];
  return [...overlayRootfs(rootfs, top), enter(top)];
}

/** pivot_root(2) §NOTES: with `.` for both, the old root lies on top of the new one until it is unmounted. */
export function pivotRoot(): KernelCall[] {
  return [
    { call: 'pivot_root', args: ['.', '.'], why: 'the rootfs becomes /' },
    {
      call: 'umount2',
      args: ['.', flags(MNT, 'MNT_DETACH')],
      why: "the host's tree goes: no path leads there any more",
    },
    { call: 'chdir', args: ['/'], why: 'the working directory is inside too' },
  ];
}

/** @param path `/`, once that is the container's */
export function readOnlyRootfs(path: string): KernelCall {
  const readOnly = mountAttr({ set: MOUNT_ATTR.MOUNT_ATTR_RDONLY, clear: 0 }, 0);
  return {
    call: 'mount_setattr',
    args: [AT_FDCWD, path, 0, readOnly, sizeOf.mountAttr],
    why: 'the rootfs can only be read',
  };
}

function bindRootfs(path: string): KernelCall[] {
  return [
    {
      call: 'open_tree',
      args: [AT_FDCWD, path, flags(OPEN_TREE, 'OPEN_TREE_CLONE', 'OPEN_TREE_CLOEXEC', 'AT_RECURSIVE')],
      result: 'rootfs',
      why: 'pivot_root wants a mount point, which a directory is not',
    },
    {
      call: 'mount_setattr',
      args: [
        resultOf('rootfs'),
        '',
        flags(OPEN_TREE, 'AT_EMPTY_PATH', 'AT_RECURSIVE'),
        mountAttr({ set: 0, clear: 0 }, MS.MS_PRIVATE),
        sizeOf.mountAttr,
      ],
      why: 'pivot_root refuses a mount that is shared',
    },
    {
      call: 'move_mount',
      args: [resultOf('rootfs'), '', AT_FDCWD, path, flags(MOVE_MOUNT, 'MOVE_MOUNT_F_EMPTY_PATH')],
      why: 'the rootfs, mounted on itself',
    },
    enter(path),
  ];
}

/** Mounted over the topmost layer itself: a directory that is sure to exist, and the overlay has its own hold on it. */
function overlayRootfs(rootfs: Overlay, top: string): KernelCall[] {
  const options = overlayOptions(rootfs, rootfs.lowerdirs, rootfs.writable);
  const paths = pathsOf(rootfs);
  const plain = paths.every((path) => !/[:,\\]/.test(path)) && Buffer.byteLength(options) <= mostOptionBytes;
  return plain ? [mountOverlay(top, options)] : shortNamedOverlay(rootfs, top);
}

/** Too long or too odd for the option string: each directory gets a short name, in a small tmpfs that nobody else sees. */
function shortNamedOverlay(rootfs: Overlay, top: string): KernelCall[] {
  const { lowerdirs, writable } = rootfs;
  const short = lowerdirs.map((_, index) => `${index}`);
  const links = [
    ...lowerdirs.map((path, index) => ({ path, name: `${index}` })),
    ...(writable === undefined
      ? []
      : [
          { path: writable.upperdir, name: 'upper' },
          { path: writable.workdir, name: 'work' },
        ]),
  ];
  const options = overlayOptions(rootfs, short, writable && { upperdir: 'upper', workdir: 'work' });
  const tmpfs = {
    type: 'tmpfs',
    source: 'gocker-layers',
    options: { attributes: { set: 0, clear: 0 }, parameters: [{ key: 'mode', value: '700' }] },
  };
  return [
    ...detachedFilesystem(
      tmpfs,
      'layers',
      "mount(2) takes one page of options, and the layers' paths don't fit as they are",
    ),
    ...links.map(
      ({ path, name }): KernelCall => ({
        call: 'symlinkat',
        args: [path, resultOf('layers'), name],
        why: 'a short name',
      }),
    ),
    { call: 'fchdir', args: [resultOf('layers')], why: 'the short names are relative to it' },
    mountOverlay(top, options),
  ];
}

function overlayOptions(rootfs: Overlay, lowerdirs: readonly string[], writable: Overlay['writable']): string {
  return [
    `lowerdir=${lowerdirs.join(':')}`,
    ...(writable === undefined ? [] : [`upperdir=${writable.upperdir}`, `workdir=${writable.workdir}`]),
    ...(rootfs.options ?? []),
  ].join(',');
}

function mountOverlay(target: string, options: string): KernelCall {
  return {
    call: 'mount',
    args: ['overlay', target, 'overlay', 0, options],
    why: "the image's layers and the container's own changes as one tree",
  };
}

function enter(path: string): KernelCall {
  return { call: 'chdir', args: [path], why: 'pivot_root is told by "."' };
}

function pathsOf({ lowerdirs, writable }: Overlay): string[] {
  return [...lowerdirs, ...(writable === undefined ? [] : [writable.upperdir, writable.workdir])];
}
