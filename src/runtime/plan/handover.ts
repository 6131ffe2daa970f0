/**
 * The change from the child, a clone of Node, to the handover, a program of one page that plays the rest: docs/design/0006-handover.md.
 * What comes before is done with Node's binary behind /proc/self/exe; what comes after may touch what the image brings.
 */
import type { Process } from '../../oci/index.ts';
import {
  AT,
  type BufferArgument,
  buffer,
  constant,
  environment,
  F,
  F_SEAL,
  FD,
  flags,
  handoverProgram,
  type KernelCall,
  LIFELINE,
  MFD,
  mode,
  PR,
  resultOf,
  strings,
  TAPE_FILE,
  TIOC,
} from '../../syscall/index.ts';
import type { HostFacts } from './input.ts';
import { sizeOf } from './structures.ts';

const handover = 'handover';
/** What `ps` shows of a reaper. */
const initName = 'gocker-init';
const SIGCHLD = constant('SIGCHLD', 17);
const SIGKILL = constant('SIGKILL', 9);
const SIGCONT = 18;

/** To be played before limits, ids and filters could forbid it. */
export function makeHandover(host: HostFacts): KernelCall[] {
  return makeProgram({
    host,
    name: handover,
    program: handoverProgram(host.architecture),
    mode: {
      bits: 0o111,
      why: 'the memory of a program whose file we can’t read is nobody’s to look into, ptrace(2)',
    },
    why: 'what the container is to find behind /proc/self/exe, in place of node (CVE-2019-5736)',
  });
}

export interface MadeProgram {
  readonly host: Pick<HostFacts, 'knowsMemfdExec'>;
  /** Names its descriptor for later calls. */
  readonly name: string;
  readonly program: BufferArgument;
  readonly mode: { readonly bits: number; readonly why: string };
  readonly why: string;
}

/** A program that exists in memory alone, to be executed by its descriptor. */
export function makeProgram({ host, name, program, mode: { bits, why: whyMode }, why }: MadeProgram): KernelCall[] {
  const kinds = ['MFD_CLOEXEC', 'MFD_ALLOW_SEALING'] as const;
  return [
    {
      call: 'memfd_create',
      args: [`gocker-${name}`, host.knowsMemfdExec ? flags(MFD, ...kinds, 'MFD_EXEC') : flags(MFD, ...kinds)],
      result: name,
      why,
    },
    {
      call: 'write',
      args: [resultOf(name), program, program.bytes.length],
      atLeast: program.bytes.length,
      why: 'a program that plays the rest of this list',
    },
    { call: 'fchmod', args: [resultOf(name), mode(bits)], why: whyMode },
    {
      call: 'fcntl',
      args: [
        resultOf(name),
        constant('F_ADD_SEALS', F.F_ADD_SEALS),
        flags(F_SEAL, 'F_SEAL_SEAL', 'F_SEAL_SHRINK', 'F_SEAL_GROW', 'F_SEAL_WRITE'),
      ],
      why: 'nobody can change it, whoever opens it again',
    },
  ];
}

/**
 * The handover takes over. With `init` it stays as PID 1, and the rest is its child's.
 *
 * @param bound what both are to be bound by
 */
export function becomeHandover(process: Process, init: boolean, bound: readonly KernelCall[] = []): KernelCall[] {
  const argv = init ? [initName, '--', ...process.args] : ['gocker-handover'];
  return [
    ...[TAPE_FILE, LIFELINE].map(
      (name): KernelCall => ({
        call: 'fcntl',
        args: [resultOf(name), constant('F_SETFD', F.F_SETFD), 0],
        why: 'the handover plays on from it',
      }),
    ),
    {
      call: 'execveat',
      args: [
        resultOf(handover),
        '',
        strings(argv),
        // Programs do look for their environment in /proc/1/environ.
        environment(init ? (process.env ?? []) : []),
        flags(AT, 'AT_EMPTY_PATH'),
      ],
      playsOn: true,
      why: 'from here on nothing of node is in this process',
    },
    { call: 'close', args: [resultOf(TAPE_FILE)], why: 'it is mapped now, and no program is to have it' },
    {
      call: 'fcntl',
      args: [resultOf(LIFELINE), constant('F_SETFD', F.F_SETFD), constant('FD_CLOEXEC', FD.FD_CLOEXEC)],
      why: 'its end tells gocker that the program runs',
    },
    ...bound,
    ...(init ? leaveReaper(process) : []),
  ];
}

/** Signals are still blocked: the reaper takes them one by one, and a stop for writing to the terminal can't come. */
function leaveReaper(process: Process): KernelCall[] {
  // A filter of the user's own may forbid prctl(2): in a PID namespace of its own, it can do without.
  const allow = ['EPERM', 'ENOSYS'];
  const group = buffer('[<program>]', new Uint8Array(4), [{ offset: 0, kind: 'result', of: 'program' }]);
  return [
    { call: 'prctl', args: [flags(PR, 'PR_SET_NAME'), initName, 0, 0, 0], allow, why: 'a name for ps(1)' },
    {
      call: 'prctl',
      args: [flags(PR, 'PR_SET_CHILD_SUBREAPER'), 1, 0, 0, 0],
      allow,
      why: 'orphans are its to reap even in a PID namespace that has another first process',
    },
    {
      call: 'clone',
      args: [SIGCHLD, 0, 0, 0, 0],
      forks: 'reaper',
      why: 'the program; its maker stays as init, passes signals on, and reaps',
    },
    {
      call: 'prctl',
      args: [flags(PR, 'PR_SET_PDEATHSIG'), SIGKILL, 0, 0, 0],
      allow,
      why: 'a program dies with its init',
    },
    awaitReaper(),
    { call: 'setpgid', args: [0, 0], why: 'a job of its own, so that Ctrl-C is for it and not for init' },
    ...(process.terminal
      ? [
          { call: 'getpid', args: [], result: 'program', why: 'the number of that job' },
          {
            call: 'ioctl',
            args: [0, flags(TIOC, 'TIOCSPGRP'), group],
            why: 'which the terminal belongs to from now on',
          },
        ]
      : []),
  ];
}

/** Sent once init has unmapped the tape and closed the lifeline: no program of the image runs beside an init that has them. */
function awaitReaper(): KernelCall {
  const set = Buffer.alloc(sizeOf.signalSet);
  set.writeUInt32LE(2 ** (SIGCONT - 1), 0);
  const timeout = Buffer.alloc(16);
  timeout.writeUInt32LE(10, 0);
  return {
    call: 'rt_sigtimedwait',
    args: [buffer('[SIGCONT]', set), null, buffer('{tv_sec=10, tv_nsec=0}', timeout), sizeOf.signalSet],
    atLeast: SIGCONT,
    why: 'init says when it has let go of all that was gocker’s',
  };
}
