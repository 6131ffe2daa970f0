/**
 * The rootfs of a container in a user namespace: the layers as they lie on disk, seen through idmapped mounts, as one detached
 * mount. OverlayFS takes idmapped layers since Linux 5.19, by path alone until 6.13: so they are attached for as long as it
 * takes to mount the overlay, in a mount namespace that nobody else sees.
 */
import { basename, dirname, relative } from 'node:path';
import { GockerError } from '../../errors/index.ts';
import {
  AT_FDCWD,
  flags,
  type KernelCall,
  MNT,
  MOUNT_ATTR,
  MOVE_MOUNT,
  MS,
  mode,
  OPEN_TREE,
  resultOf,
} from '../../syscall/index.ts';
import { detachedFilesystem } from './filesystem.ts';
import type { Rootfs } from './input.ts';
import { mountAttr, sizeOf } from './structures.ts';
import { idmap } from './user-namespace.ts';

type Overlay = Extract<Rootfs, { kind: 'overlay' }>;

const rootfs = 'rootfs';
const names = 'layers';

/** To be played once files are made for the container's root. The mount is the result `rootfs`. */
export function makeIdmappedRootfs(given: Rootfs): KernelCall[] {
  if (given.kind === 'directory') return [...cloneDirectory(given.path, rootfs), mapFiles(rootfs, given.path)];
  const [top] = given.lowerdirs;
  if (top === undefined) throw new GockerError('ROOTFS_INVALID', 'cannot mount the rootfs: it has no layer');
  if (given.lowerdirs.length === 1 && given.writable === undefined) {
    return [...cloneDirectory(top, rootfs), mapFiles(rootfs, top), readOnly(rootfs)];
  }
  return stack(given, top);
}

/** In the container's own mount namespace, whose tree is the host's still. `/` needs nobody's permission to be walked to. */
export function attachRootfs(): KernelCall[] {
  return [
    {
      call: 'move_mount',
      args: [resultOf(rootfs), '', AT_FDCWD, '/', flags(MOVE_MOUNT, 'MOVE_MOUNT_F_EMPTY_PATH')],
      why: 'pivot_root wants a mount point',
    },
    { call: 'fchdir', args: [resultOf(rootfs)], why: 'pivot_root is told by "."' },
  ];
}

function stack({ lowerdirs, writable, options = [] }: Overlay, top: string): KernelCall[] {
  const parents = [...new Set(lowerdirs.map((path) => dirname(path)))];
  const own = writable && commonParent(writable.upperdir, writable.workdir);
  const mounts = [
    ...parents.map((path, index) => ({ path, name: `lower${index}` })),
    ...(own ? [{ path: own, name: 'own' }] : []),
  ];
  const links = lowerdirs.map((path, index) => ({
    target: `lower${parents.indexOf(dirname(path))}/${basename(path)}`,
    name: `${index}`,
  }));
  const upper =
    writable && own
      ? [`upperdir=own/${relative(own, writable.upperdir)}`, `workdir=own/${relative(own, writable.workdir)}`]
      : [];
  const words = [`lowerdir=${lowerdirs.map((_, index) => index).join(':')}`, ...upper, ...options].join(',');
  return [
    ...mounts.flatMap(({ path, name }) => [...cloneDirectory(path, name), mapFiles(name, path)]),
    ...room(top),
    ...mounts.flatMap(({ name }) => attachIn(name)),
    ...links.map(
      ({ target, name }): KernelCall => ({
        call: 'symlinkat',
        args: [target, resultOf(names), name],
        why: 'a short name',
      }),
    ),
    { call: 'mkdirat', args: [resultOf(names), rootfs, mode(0o755)], why: 'where the overlay is mounted' },
    { call: 'fchdir', args: [resultOf(names)], why: 'the short names are relative to it' },
    {
      call: 'mount',
      args: ['overlay', rootfs, 'overlay', 0, words],
      why: "the image's layers and the container's own changes as one tree",
    },
    ...cloneDirectory(rootfs, rootfs),
    { call: 'umount2', args: ['.', flags(MNT, 'MNT_DETACH')], why: 'the overlay has its own hold on its layers' },
    { call: 'chdir', args: ['/'], why: 'away from where nothing is any more' },
  ];
}

function room(top: string): KernelCall[] {
  const tmpfs = {
    type: 'tmpfs',
    source: 'gocker-layers',
    options: { attributes: { set: 0, clear: 0 }, parameters: [{ key: 'mode', value: '700' }] },
  };
  return [
    ...detachedFilesystem(tmpfs, names, 'a place for idmapped layers, which nobody else sees'),
    {
      call: 'move_mount',
      args: [resultOf(names), '', AT_FDCWD, top, flags(MOVE_MOUNT, 'MOVE_MOUNT_F_EMPTY_PATH')],
      why: 'a directory that is sure to exist; what it had has been cloned before',
    },
  ];
}

function attachIn(name: string): KernelCall[] {
  return [
    { call: 'mkdirat', args: [resultOf(names), name, mode(0o755)], why: 'a mount point' },
    {
      call: 'move_mount',
      args: [resultOf(name), '', resultOf(names), name, flags(MOVE_MOUNT, 'MOVE_MOUNT_F_EMPTY_PATH')],
      why: 'overlayfs finds layers by path, and takes none that is attached nowhere',
    },
  ];
}

function cloneDirectory(path: string, result: string): KernelCall[] {
  return [
    {
      call: 'open_tree',
      args: [AT_FDCWD, path, flags(OPEN_TREE, 'OPEN_TREE_CLONE', 'OPEN_TREE_CLOEXEC')],
      result,
      why: 'a mount of our own, which can be changed',
    },
    {
      call: 'mount_setattr',
      args: [
        resultOf(result),
        '',
        flags(OPEN_TREE, 'AT_EMPTY_PATH'),
        mountAttr({ set: 0, clear: 0 }, MS.MS_PRIVATE),
        sizeOf.mountAttr,
      ],
      why: 'nobody hears of mounts below it',
    },
  ];
}

function mapFiles(mount: string, path: string): KernelCall {
  return idmap(mount, `files below ${path} that are root's on disk are the container root's; not one is changed`);
}

function readOnly(mount: string): KernelCall {
  return {
    call: 'mount_setattr',
    args: [
      resultOf(mount),
      '',
      flags(OPEN_TREE, 'AT_EMPTY_PATH'),
      mountAttr({ set: MOUNT_ATTR.MOUNT_ATTR_RDONLY, clear: 0 }, 0),
      sizeOf.mountAttr,
    ],
    why: 'the image is not the container’s to change',
  };
}

/** upperdir and workdir must lie in one mount. */
function commonParent(one: string, other: string): string {
  let parent = dirname(one);
  while (!other.startsWith(`${parent === '/' ? '' : parent}/`)) parent = dirname(parent);
  return parent;
}
