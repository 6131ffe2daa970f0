/**
 * The container's stdin, stdout and stderr: pipes, /dev/null, or a terminal of its own devpts. Never gocker's own files: a
 * program could reopen those by /proc/self/fd.
 */
import type { Process } from '../../oci/index.ts';
import { flags, handOver, type KernelCall, O, OPEN_TREE, resultOf, TIOC } from '../../syscall/index.ts';
import { attach } from './attach.ts';
import { nullDevice } from './devices.ts';
import { inherited, type PlanInput } from './input.ts';
import { int, winsize } from './structures.ts';

const master = 'terminal';
const slave = 'terminal of the container';
const names = ['stdin', 'stdout', 'stderr'] as const;

type Connected = Pick<PlanInput, 'spec' | 'stdin'> & { readonly detached?: boolean };

export function connectStdio(input: Connected): KernelCall[] {
  const { process } = input.spec;
  const sources = process.terminal ? [slave, slave, slave] : pipesOf(input);
  return [
    ...sources.flatMap((source, fd) => connect(source, fd, process.user.uid)),
    ...(process.terminal
      ? [{ call: 'ioctl', args: [0, flags(TIOC, 'TIOCSCTTY'), 0], why: "Ctrl-C reaches the container's processes" }]
      : []),
  ];
}

/**
 * Allocates the pair by descriptors alone: the path of a terminal is the image's to redirect (CVE-2025-52565).
 *
 * @param ptmx the call that opens it
 */
export function openTerminal(process: Process, ptmx: KernelCall): KernelCall[] {
  const open = flags(O, 'O_RDWR', 'O_NOCTTY', 'O_CLOEXEC');
  const size = process.consoleSize;
  return [
    { ...ptmx, result: master },
    { call: 'ioctl', args: [resultOf(master), flags(TIOC, 'TIOCSPTLCK'), int(0)], why: 'a new pair is locked' },
    {
      call: 'ioctl',
      args: [resultOf(master), flags(TIOC, 'TIOCGPTPEER'), open],
      result: slave,
      why: 'the other side, without naming a path',
    },
    ...(size === undefined
      ? []
      : [
          {
            call: 'ioctl',
            args: [resultOf(master), flags(TIOC, 'TIOCSWINSZ'), winsize(size.height, size.width)],
            why: 'as large as the terminal that is looked at',
          },
        ]),
    handOver(master, 'gocker reads and writes its side'),
  ];
}

/** Only once devpts is attached: a file of a mount that is nowhere can't be bound. */
export function attachConsole(): KernelCall[] {
  const mount = '/dev/console';
  return [
    {
      call: 'open_tree',
      args: [resultOf(slave), '', flags(OPEN_TREE, 'OPEN_TREE_CLONE', 'OPEN_TREE_CLOEXEC', 'AT_EMPTY_PATH')],
      result: mount,
      why: 'the terminal itself, as a mount',
    },
    ...attach(mount, { path: '/dev/console', kind: 'file', walk: 'no-symlinks' }),
  ];
}

/** In a devpts that is new, so that nobody has been there. */
export function openPtmx(devpts: string): KernelCall {
  return {
    call: 'openat',
    args: [resultOf(devpts), 'ptmx', flags(O, 'O_RDWR', 'O_NOCTTY', 'O_CLOEXEC'), 0],
    why: 'a terminal pair in its own devpts',
  };
}

function pipesOf({ stdin, detached = false }: Connected): string[] {
  if (detached) return [nullDevice, nullDevice, nullDevice];
  return [stdin === 'pipe' ? inherited.stdin : nullDevice, inherited.stdout, inherited.stderr];
}

function connect(source: string, fd: number, uid: number): KernelCall[] {
  const owned = uid !== 0 && source !== nullDevice;
  return [
    { call: 'dup3', args: [resultOf(source), fd, 0], why: `its ${names[fd]}, which outlives execve` },
    ...(owned
      ? [
          {
            call: 'fchown',
            args: [fd, uid, -1],
            allow: ['EPERM', 'EINVAL', 'EROFS'],
            why: `a program that isn't root can reopen /dev/${names[fd]}`,
          },
        ]
      : []),
  ];
}
