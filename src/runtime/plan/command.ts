/**
 * From the tape to the program: the last calls. PATH is searched the way execvp(3) does, but with the container's PATH and by
 * the kernel: an execve(2) for each candidate, so that what is executable is decided where it is executed.
 */
import type { Process } from '../../oci/index.ts';
import {
  ACCESS,
  AT_FDCWD,
  buffer,
  CLOSE_RANGE,
  environment,
  flags,
  hex,
  type KernelCall,
  O,
  SIG_HOW,
  strings,
} from '../../syscall/index.ts';
import { signalName } from '../spec/signals.ts';
import { sizeOf } from './structures.ts';

const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Errors after which execvp(3) tries the next directory. */
const tryNext = ['ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP', 'ENAMETOOLONG'];

/** A program expects to find no signal ignored: Node ignores SIGPIPE. */
export function resetSignals(ignored: readonly number[]): KernelCall[] {
  return ignored.map((signal) => ({
    call: 'rt_sigaction',
    args: [
      { kind: 'constant', value: signal, text: signalName(signal) },
      buffer('{sa_handler=SIG_DFL}', Buffer.alloc(32)),
      null,
      sizeOf.signalSet,
    ],
    why: 'gocker ignores it, and what is ignored is inherited',
  }));
}

/** And none blocked. */
export function unblockSignals(): KernelCall {
  return {
    call: 'rt_sigprocmask',
    args: [flags(SIG_HOW, 'SIG_SETMASK'), buffer('[]', Buffer.alloc(sizeOf.signalSet)), null, sizeOf.signalSet],
    why: 'all were blocked for the clone',
  };
}

export function closeDescriptors(): KernelCall {
  return {
    call: 'close_range',
    args: [3, hex(0xffff_ffff), flags(CLOSE_RANGE, 'CLOSE_RANGE_CLOEXEC')],
    // Linux < 5.11 doesn't know the flag; Node's own descriptors and the tape's close by themselves.
    allow: ['EINVAL', 'ENOSYS'],
    why: 'nothing of the host stays open but stdin, stdout and stderr (CVE-2024-21626)',
  };
}

/** The last execve stops the tape when it fails; before it, each candidate is looked at, to tell what kind of failure it was. */
export function executeCommand(process: Process): KernelCall[] {
  const candidates = commandCandidates(process);
  const all = candidates.map((path) => execute(path, process));
  const last = all.pop();
  return [
    ...all.map((call) => ({ ...call, allow: tryNext })),
    ...candidates.flatMap(probe),
    ...(last === undefined ? [] : [last]),
  ];
}

/** What `args[0]` may stand for, in the order in which it is tried. */
export function commandCandidates(process: Process): string[] {
  const [command = ''] = process.args;
  if (command.includes('/') || command === '') return [command];
  const variable = process.env?.find((entry) => entry.startsWith('PATH='))?.slice('PATH='.length);
  const directories = (variable ?? defaultPath).split(':');
  // An empty word is the working directory, execvp(3).
  return [...new Set(directories.map((directory) => `${directory === '' ? '.' : directory}/${command}`))];
}

function execute(path: string, process: Process): KernelCall {
  return {
    call: 'execve',
    args: [path, strings(process.args), environment(process.env ?? [])],
    why: 'from here on the program is the image’s',
  };
}

function probe(path: string): KernelCall[] {
  return [
    {
      call: 'faccessat',
      args: [AT_FDCWD, path, flags(ACCESS, 'F_OK')],
      allow: 'any',
      why: 'is there such a file? For the error, should execve say ENOENT of its interpreter',
    },
    {
      call: 'openat',
      args: [AT_FDCWD, path, flags(O, 'O_PATH', 'O_DIRECTORY', 'O_CLOEXEC'), 0],
      allow: 'any',
      why: 'is it a directory? For the error, should execve say EACCES',
    },
  ];
}
