/** The spec's mounts, runtime-spec v1.2.1 config.md#mounts: each made detached while the host is in sight, and attached later. */
import { GockerError } from '../../errors/index.ts';
import type { Mount } from '../../oci/index.ts';
import { type Argument, flags, type KernelCall, MS, OPEN_TREE, resultOf } from '../../syscall/index.ts';
import { type MountOptions, parseMountOptions } from '../spec/mount-options.ts';
import { attach, normalPath, type Walk } from './attach.ts';
import { populateDev } from './devices.ts';
import { detachedFilesystem } from './filesystem.ts';
import { type HostFacts, kindKey } from './input.ts';
import { cloneSource } from './mount-source.ts';
import { lowerdirsOf, overlayMount } from './overlay-mount.ts';
import { cloneSharedSource, sharedSource } from './shared-source.ts';
import { mountAttr, sizeOf } from './structures.ts';
import { idmap } from './user-namespace.ts';

export interface PlannedMount {
  /** The result that is the detached mount's descriptor. */
  readonly result: string;
  readonly mount: Mount;
  readonly options: MountOptions;
  readonly kind: 'file' | 'directory';
  readonly walk: Walk;
}

/** fsconfig(2): a value is at most 255 bytes and its NUL. */
const mostValueBytes = 255;

/** @throws GockerError `MOUNT_INVALID` */
export function planMounts(mounts: readonly Mount[], host: HostFacts): PlannedMount[] {
  const used = new Set<string>();
  return mounts
    .filter((mount) => host.hasCgroup2 || typeOf(mount) !== 'cgroup2')
    .map((given) => {
      const mount = { ...given, destination: normalPath(given.destination) };
      const options = parseMountOptions(mount.options ?? []);
      const result = used.has(mount.destination) ? `${mount.destination} #${used.size}` : mount.destination;
      used.add(result);
      const isFile =
        options.bind !== undefined && host.kinds.get(kindKey(mount.source, options.subdirectory)) === 'file';
      const planned: PlannedMount = {
        result,
        mount: options.bind === undefined ? { ...mount, type: typeOf(mount) } : mount,
        options,
        kind: isFile ? 'file' : 'directory',
        walk: isSystemPath(mount.destination) ? 'no-symlinks' : 'no-magic-links',
      };
      checkMount(planned);
      return planned;
    });
}

/** Whether the container's /dev is a tmpfs that we fill. */
export function isOwnDev({ mount, options }: PlannedMount): boolean {
  return mount.destination === '/dev' && mount.type === 'tmpfs' && options.bind === undefined;
}

/**
 * Everything that needs the host in sight. Binds whose propagation is `shared` stay in their peer group, so they are cloned
 * before the host's tree is made a slave; all others after.
 */
export function makeMounts(planned: readonly PlannedMount[]): { beforeSlave: KernelCall[]; afterSlave: KernelCall[] } {
  const isShared = ({ options }: PlannedMount) => options.propagation?.type === MS.MS_SHARED;
  return {
    beforeSlave: planned.filter(isShared).flatMap(makeMount),
    afterSlave: planned.filter((mount) => !isShared(mount)).flatMap(makeMount),
  };
}

/**
 * The user's mounts come before the kernel's filesystems, whatever the spec's order: while /proc is not there, no link of the
 * image can lead into it. Within each kind the spec's order holds.
 */
export function attachMounts(planned: readonly PlannedMount[]): KernelCall[] {
  const ordered = [
    ...planned.filter(({ walk }) => walk === 'no-magic-links'),
    ...planned.filter(({ walk }) => walk === 'no-symlinks'),
  ];
  return ordered.flatMap(({ result, mount, kind, walk }) => attach(result, { path: mount.destination, kind, walk }));
}

function makeMount(planned: PlannedMount): KernelCall[] {
  const { mount, options, result } = planned;
  if (options.bind !== undefined) {
    const shared = sharedSource(mount);
    if (shared !== undefined) return [...cloneSharedSource(shared, result), ...changeMount(planned)];
    const why = `what will be ${mount.destination}, taken while the host is still in sight`;
    return [...cloneSource({ path: mount.source ?? '', options }, result, why), ...changeMount(planned)];
  }
  const type = mount.type ?? '';
  const lowerdirs = type === 'overlay' ? lowerdirsOf(options) : undefined;
  if (lowerdirs !== undefined) return [...overlayMount(lowerdirs, options, result), ...changeMount(planned)];
  return [
    ...detachedFilesystem(
      { type, source: mount.source ?? type, options },
      result,
      `the filesystem for ${mount.destination}`,
    ),
    ...changeMount(planned),
    ...(isOwnDev(planned) ? populateDev(result) : []),
  ];
}

/** What fsmount(2) and open_tree(2) can't say: propagation, and attributes of a tree that exists. */
function changeMount({ result, options }: PlannedMount): KernelCall[] {
  const { bind, recursiveAttributes, attributes } = options;
  const propagation = options.propagation ?? (bind && { type: MS.MS_PRIVATE, recursive: true });
  const isRecursive = bind === 'rbind';
  const calls: KernelCall[] = [];
  const change = (recursive: boolean, structure: Argument, why: string) =>
    calls.push({
      call: 'mount_setattr',
      args: [
        resultOf(result),
        '',
        recursive ? flags(OPEN_TREE, 'AT_EMPTY_PATH', 'AT_RECURSIVE') : flags(OPEN_TREE, 'AT_EMPTY_PATH'),
        structure,
        sizeOf.mountAttr,
      ],
      why,
    });
  if (propagation !== undefined) {
    const why = 'who hears of mounts below it';
    change(propagation.recursive && isRecursive, mountAttr({ set: 0, clear: 0 }, propagation.type), why);
  }
  if (options.idmap !== undefined) {
    calls.push(idmap(result, "files of the host's root are the container root's", options.idmap === 'ridmap'));
  }
  if (isSomething(recursiveAttributes)) change(true, mountAttr(recursiveAttributes, 0), 'its options, with all below');
  if (bind !== undefined && isSomething(attributes)) change(false, mountAttr(attributes, 0), 'its options');
  return calls;
}

function isSomething({ set, clear }: { set: number; clear: number }): boolean {
  return set !== 0 || clear !== 0;
}

function typeOf(mount: Mount): string {
  return mount.type === 'cgroup' ? 'cgroup2' : (mount.type ?? 'none');
}

function isSystemPath(path: string): boolean {
  return /^\/(?:proc|sys|dev)(?:\/|$)/.test(path);
}

function checkMount({ mount, options }: PlannedMount): void {
  const fail = (is: string, expected: string) => {
    throw new GockerError(
      'MOUNT_INVALID',
      `cannot mount ${JSON.stringify(mount.destination)}: ${is} (expected ${expected})`,
    );
  };
  if (!mount.destination.startsWith('/')) fail('it is relative', 'an absolute path');
  if (mount.destination === '/') fail('it is the rootfs', 'a place within it');
  const isBelowProc =
    mount.destination.startsWith('/proc/') || (mount.destination === '/proc' && mount.type !== 'proc');
  if (isBelowProc && !covered.has(mount.destination)) {
    fail('it would stand in for what the kernel says of processes', `below /proc only ${[...covered].join(', ')}`);
  }
  if (options.bind !== undefined && !mount.source?.startsWith('/')) fail('its source is no absolute path', 'one');
  if (options.bind !== undefined && options.parameters.length > 0) {
    fail(`a bind knows no option "${options.parameters[0]?.key}"`, 'ro, rw, nosuid, nodev, noexec, rprivate, …');
  }
  if (options.bind === undefined && mount.type === 'none')
    fail('it has no type', 'tmpfs, proc, …, or the option "bind"');
  const long = options.parameters.find(
    ({ key, value }) => key !== 'lowerdir' && Buffer.byteLength(value ?? '') > mostValueBytes,
  );
  if (options.subdirectory !== undefined && options.bind === undefined && mount.type !== 'overlay') {
    fail(`a ${mount.type} has no part "${options.subdirectory}"`, 'X-mount.subdir with a bind or an overlay');
  }
  if (long !== undefined) fail(`option "${long.key}" is too long`, `${mostValueBytes} bytes at most`);
}

/** What may be laid over in /proc: figures that programs read, nothing that acts (CVE-2019-16884). */
const covered: ReadonlySet<string> = new Set([
  '/proc/cpuinfo',
  '/proc/diskstats',
  '/proc/loadavg',
  '/proc/meminfo',
  '/proc/stat',
  '/proc/slabinfo',
  '/proc/swaps',
  '/proc/uptime',
  '/proc/net/dev',
  '/proc/sys/kernel/ns_last_pid',
]);
