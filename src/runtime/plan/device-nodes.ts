/**
 * The spec's devices, runtime-spec v1.2.1 config-linux.md#devices. Those of /dev are made on our tmpfs while that is attached
 * nowhere: no path of the image is walked. The others are made once the host is put away, by a walk that follows no link.
 */
import { dirname, posix } from 'node:path';
import { GockerError } from '../../errors/index.ts';
import type { LinuxDevice } from '../../oci/index.ts';
import {
  type Argument,
  AT,
  AT_FDCWD,
  device,
  fileMode,
  flags,
  type KernelCall,
  mode,
  resultOf,
} from '../../syscall/index.ts';
import { makeTarget, normalPath } from './attach.ts';
import { isDefaultDevice, ownNames } from './devices.ts';
import { isOwnDev, type PlannedMount } from './mounts.ts';

const types = { c: 'S_IFCHR', u: 'S_IFCHR', b: 'S_IFBLK', p: 'S_IFIFO' } as const;
const defaultMode = 0o666;

/** While the host is in sight. */
export function makeDevices(devices: readonly LinuxDevice[], mounts: readonly PlannedMount[]): KernelCall[] {
  const dev = mounts.find(isOwnDev);
  if (dev === undefined) return [];
  const own = devices.filter(({ path }) => mountOf(path, mounts) === dev);
  const parents = new Set(own.flatMap(({ path }) => parentsOf(posix.relative('/dev', path))));
  return [
    ...[...parents].map(
      (parent): KernelCall => ({
        call: 'mkdirat',
        args: [resultOf(dev.result), parent, mode(0o755)],
        why: `/dev/${parent}, for the devices in it`,
      }),
    ),
    ...own.flatMap((node) => {
      const name = posix.relative('/dev', node.path);
      return [
        ...(isDefaultDevice(name)
          ? [remove(resultOf(dev.result), name, `this container has another /dev/${name}`)]
          : []),
        ...makeNode(resultOf(dev.result), name, node),
      ];
    }),
  ];
}

/** Once nothing but the container is in sight, and all is attached. What stands in a volume there is left alone. */
export function placeDevices(devices: readonly LinuxDevice[], mounts: readonly PlannedMount[]): KernelCall[] {
  return devices.flatMap((node) => {
    const mount = mountOf(node.path, mounts);
    if (mount !== undefined && isOwnDev(mount)) return [];
    const parent = `directory of ${node.path}`;
    const calls = makeTarget({ path: dirname(node.path), kind: 'directory', walk: 'no-symlinks' }, parent);
    const at = calls.length === 0 ? AT_FDCWD : resultOf(parent);
    const name = calls.length === 0 ? node.path : posix.basename(node.path);
    if (mount !== undefined) return [...calls, ...makeNode(at, name, node, ['EEXIST'])];
    return [...calls, remove(at, name, 'the image may have a file in its place'), ...makeNode(at, name, node)];
  });
}

/**
 * Each once, the last one of a place; with normal paths.
 *
 * @throws GockerError `DEVICE_INVALID`
 */
export function planDevices(devices: readonly LinuxDevice[] = []): LinuxDevice[] {
  const places = devices.map((node) => ({ ...node, path: normalPath(node.path) }));
  for (const node of places) checkDevice(node);
  return [...new Map(places.map((node) => [node.path, node])).values()];
}

/** The innermost that the path lies in; undefined where it is the rootfs. */
function mountOf(path: string, mounts: readonly PlannedMount[]): PlannedMount | undefined {
  return mounts
    .filter(({ mount }) => path.startsWith(`${mount.destination}/`))
    .reduce<PlannedMount | undefined>(
      (inner, mount) =>
        inner === undefined || mount.mount.destination.length >= inner.mount.destination.length ? mount : inner,
      undefined,
    );
}

function makeNode(at: Argument, name: string, node: LinuxDevice, allow?: readonly string[]): KernelCall[] {
  const { path, type, major = 0, minor = 0, fileMode: permissions = defaultMode, uid = 0, gid = 0 } = node;
  const make: KernelCall = {
    call: 'mknodat',
    args: [at, name, fileMode(types[type], permissions & 0o777), type === 'p' ? 0 : device(major, minor)],
    ...(allow === undefined ? {} : { allow }),
    why: `${path}, which the container is given`,
  };
  // What was there before keeps its owner.
  if (allow !== undefined || (uid === 0 && gid === 0)) return [make];
  return [make, { call: 'fchownat', args: [at, name, uid, gid, flags(AT, 'AT_SYMLINK_NOFOLLOW')], why: 'its owner' }];
}

function remove(at: Argument, name: string, why: string): KernelCall {
  return { call: 'unlinkat', args: [at, name, 0], allow: ['ENOENT'], why };
}

function parentsOf(name: string): string[] {
  const words = name.split('/').slice(0, -1);
  return words.map((_, index) => words.slice(0, index + 1).join('/'));
}

function checkDevice({ path, type, major = 0, minor = 0 }: LinuxDevice): void {
  const fail = (is: string, expected: string) => {
    throw new GockerError('DEVICE_INVALID', `cannot make device ${JSON.stringify(path)}: ${is} (expected ${expected})`);
  };
  if (!path.startsWith('/') || path === '/' || path.includes('\0')) fail('it is no place', 'an absolute path');
  if (/^\/(?:proc|sys)(?:\/|$)/.test(path)) fail('nothing can be made there', 'a place such as /dev/fuse');
  if (ownNames.has(/^\/dev\/([^/]*)/.exec(path)?.[1] ?? '')) fail('the container has its own there', 'another name');
  if (!Object.hasOwn(types, type)) fail(`it is of type "${type}"`, 'c, b, u or p');
  if (!isWithin(major, 4095) || !isWithin(minor, 1_048_575))
    fail(`it is number ${major}:${minor}`, '0:0 to 4095:1048575');
}

function isWithin(number: number, most: number): boolean {
  return Number.isInteger(number) && number >= 0 && number <= most;
}
