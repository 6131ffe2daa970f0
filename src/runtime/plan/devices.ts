/** The container's /dev, runtime-spec v1.2.1 config-linux.md#default-devices, made on its tmpfs while that is still detached. */
import { AT_FDCWD, device, fileMode, flags, type KernelCall, O, resultOf } from '../../syscall/index.ts';
import { openHow, sizeOf } from './structures.ts';

/** Everybody may use them; none reaches the machine. */
const devices = [
  { name: 'null', major: 1, minor: 3 },
  { name: 'zero', major: 1, minor: 5 },
  { name: 'full', major: 1, minor: 7 },
  { name: 'random', major: 1, minor: 8 },
  { name: 'urandom', major: 1, minor: 9 },
  { name: 'tty', major: 5, minor: 0 },
] as const;

const links = [
  { name: 'fd', target: '/proc/self/fd' },
  { name: 'stdin', target: '/proc/self/fd/0' },
  { name: 'stdout', target: '/proc/self/fd/1' },
  { name: 'stderr', target: '/proc/self/fd/2' },
  { name: 'ptmx', target: 'pts/ptmx' },
  { name: 'core', target: '/proc/kcore' },
] as const;

/** Names in /dev that no device of the spec's may have: our own open them or lead on from them, or something is mounted there. */
export const ownNames: ReadonlySet<string> = new Set([
  ...links.map(({ name }) => name),
  'null',
  'console',
  'pts',
  'shm',
  'mqueue',
]);

export function isDefaultDevice(name: string): boolean {
  return devices.some((node) => node.name === name);
}

/** Name of the result that is the container's /dev/null, open for reading and writing. */
export const nullDevice = '/dev/null';

/** @param dev the result that is the tmpfs of /dev */
export function populateDev(dev: string): KernelCall[] {
  return [
    ...devices.map(
      ({ name, major, minor }): KernelCall => ({
        call: 'mknodat',
        args: [resultOf(dev), name, fileMode('S_IFCHR', 0o666), device(major, minor)],
        why: `/dev/${name}`,
      }),
    ),
    ...links.map(
      ({ name, target }): KernelCall => ({
        call: 'symlinkat',
        args: [target, resultOf(dev), name],
        why: `/dev/${name}`,
      }),
    ),
    {
      call: 'openat',
      args: [resultOf(dev), 'null', flags(O, 'O_RDWR', 'O_CLOEXEC'), 0],
      result: nullDevice,
      why: 'the node that was just made, which no image can have put there',
    },
  ];
}

/** Where /dev is not ours but a volume of the user's: its null device, once it is attached. */
export function openNullDevice(): KernelCall {
  return {
    call: 'openat2',
    args: [AT_FDCWD, '/dev/null', openHow(['O_RDWR', 'O_CLOEXEC'], ['RESOLVE_NO_SYMLINKS']), sizeOf.openHow],
    result: nullDevice,
    why: 'the null device of the /dev that was brought along',
  };
}
