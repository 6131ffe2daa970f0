/** What a monitor does while its container runs: it waits for the word to go on, then takes what comes, again and again. */
import {
  buffer,
  constant,
  flags,
  hex,
  IOVEC,
  type KernelCall,
  MSG,
  MSGHDR,
  O,
  P,
  SIG_HOW,
  W,
} from '../../syscall/index.ts';
import { signalName } from '../spec/signals.ts';
import { append } from './append.ts';
import { put } from './arrive.ts';
import type { MonitorInput, Program } from './input.ts';
import { firstFree, places } from './places.ts';
import { itimerspec, pollSet, room, timespec } from './structures.ts';

/** PATH_MAX. */
const pathSize = 4096;
const F_SETFL = constant('F_SETFL', 4);
const SIGCHLD = 17;
/** Should a pulse die before it has set the timer again. */
const pulseLost = 60_000;

/** The path that comes with the word to go on: what is unlinked last of all. */
export const mark = buffer('[/* the path of its mark */]', new Uint8Array(pathSize));

/** Leads to `dead` where its maker dies before it has said so. The message brings pidfds, then gocker's side of a terminal. */
export function awaitGo({ makers, stdio, pulse }: MonitorInput, dead: string): KernelCall[] {
  const received = 1 + makers + (stdio.terminal ? 1 : 0);
  const control = room(16 + ((4 * received + 7) & ~7));
  const iovec = Buffer.alloc(IOVEC.size);
  iovec.writeBigUInt64LE(BigInt(pathSize - 1), IOVEC.len);
  const header = Buffer.alloc(MSGHDR.size);
  header.writeBigUInt64LE(1n, MSGHDR.iovlen);
  header.writeBigUInt64LE(BigInt(control.bytes.length), MSGHDR.controllen);
  const message = buffer('{msg_iov=[<mark>], msg_control=[<descriptors>]}', header, [
    {
      offset: MSGHDR.iov,
      kind: 'pointer',
      to: buffer('[…]', iovec, [{ offset: IOVEC.base, kind: 'pointer', to: mark }]),
    },
    { offset: MSGHDR.control, kind: 'pointer', to: control },
  ]);
  const terminal = firstFree + received - 1;
  return [
    {
      call: 'recvmsg',
      args: [places.go, message, flags(MSG, 'MSG_CMSG_CLOEXEC')],
      atLeast: 1,
      otherwise: dead,
      why: 'wait until gocker has kept who is who; if it dies before, the container is not to be',
    },
    ...Array.from(
      { length: makers },
      (_, index): KernelCall => reapChild(firstFree + 1 + index, null, 'it made the container and ended'),
    ),
    put(firstFree, 'container', 'the one that runs the program'),
    ...(stdio.terminal
      ? [put(terminal, 'output', 'all output comes from the terminal'), nonBlocking(places.output, 'O_RDWR')]
      : [nonBlocking(places.output, 'O_RDONLY'), nonBlocking(places.error, 'O_RDONLY')]),
    { call: 'close_range', args: [firstFree, hex(0xffff_ffff), 0], allow: 'any', why: 'they have their places' },
    { call: 'close', args: [places.go], allow: 'any', why: 'nothing more will be said there' },
    ...(pulse === undefined
      ? []
      : [
          {
            call: 'timerfd_settime',
            args: [places.timer, 0, itimerspec(pulse.everyMs, pulse.everyMs + pulseLost), null],
            allow: 'any' as const,
            why: 'the first pulse',
          },
        ]),
  ];
}

/** Leads to `ended` once the container has. */
export function watch(input: MonitorInput, ended: string): KernelCall[] {
  const { stdio, log, pulse } = input;
  const sources = stdio.terminal ? (['output'] as const) : (['output', 'error'] as const);
  const asked: number[] = [...sources.map((source) => places[source]), places.control, places.container];
  if (pulse !== undefined) asked.push(places.timer, places.children);
  const afterControl = pulse === undefined ? 'look' : 'timer';
  return [
    {
      call: 'ppoll',
      args: [pollSet(asked), asked.length, null, null, 8],
      label: 'wait',
      allow: 'any',
      why: 'nothing to do until something comes; each is then simply tried',
    },
    ...sources.flatMap((source, index): KernelCall[] => {
      const next = sources[index + 1] ?? 'control';
      const gone = `${source} has ended`;
      return [
        ...append(source, log, { label: source, next, empty: next, ended: gone }),
        { ...put(places.never, source, 'nothing more will come there'), allow: 'any', label: gone, next },
      ];
    }),
    {
      call: 'read',
      args: [places.control, room(1), 1],
      label: 'control',
      atLeast: 1,
      otherwise: afterControl,
      why: 'somebody asks for the end of the container’s stdin',
    },
    { ...put(places.null, 'stdin', 'with its only writer the pipe ends'), allow: 'any' },
    ...(pulse === undefined ? [] : beat()),
    {
      call: 'ppoll',
      args: [pollSet([places.container]), 1, timespec(0), null, 8],
      label: 'look',
      atLeast: 1,
      next: ended,
      otherwise: 'wait',
      why: 'has it ended?',
    },
  ];
}

/** What the pulse wants before there is a container: names of results are those of its places. */
export function makePulse(): KernelCall[] {
  const set = Buffer.alloc(8);
  set.writeUInt32LE(2 ** (SIGCHLD - 1), 0);
  const both = 0o2004000;
  return [
    {
      call: 'timerfd_create',
      args: [constant('CLOCK_MONOTONIC', 1), constant('TFD_NONBLOCK|TFD_CLOEXEC', both)],
      result: 'timer',
      why: 'when the next pulse is due; each pulse sets it again',
    },
    {
      call: 'signalfd4',
      args: [-1, buffer('[SIGCHLD]', set), 8, constant('SFD_NONBLOCK|SFD_CLOEXEC', both)],
      result: 'children',
      why: 'a pulse that has ended is not to stay as a zombie',
    },
  ];
}

function beat(): KernelCall[] {
  return [
    {
      call: 'read',
      args: [places.timer, room(8), 8],
      label: 'timer',
      atLeast: 8,
      otherwise: 'children',
      why: 'is a pulse due?',
    },
    {
      call: 'clone',
      args: [constant('SIGCHLD', SIGCHLD), 0, 0, 0, 0],
      forks: { at: 'pulse' },
      allow: 'any',
      why: 'nobody waits for what it does',
    },
    {
      call: 'read',
      args: [places.children, room(128), 128],
      label: 'children',
      atLeast: 1,
      otherwise: 'look',
      why: 'has one of them ended?',
    },
    {
      call: 'wait4',
      args: [0, null, flags(W, 'WNOHANG'), null],
      label: 'reap',
      atLeast: 1,
      next: 'reap',
      otherwise: 'look',
      why: 'those of its own process group: the container has another',
    },
  ];
}

/** The child of a pulse. */
export function pulse(program: Program, ignored: readonly number[]): KernelCall[] {
  return [
    {
      call: 'dup3',
      args: [places.timer, 3, 0],
      label: 'pulse',
      why: 'the one descriptor that it gets: it sets the timer again',
    },
    ...become(program, ignored, 'a probe'),
  ];
}

/** As a program expects to be started. */
export function become({ file, argv, env }: Program, ignored: readonly number[], why: string): KernelCall[] {
  return [
    ...ignored.map(
      (signal): KernelCall => ({
        call: 'rt_sigaction',
        args: [constant(signalName(signal), signal), buffer('{sa_handler=SIG_DFL}', Buffer.alloc(32)), null, 8],
        allow: 'any',
        why: 'gocker ignored it',
      }),
    ),
    {
      call: 'rt_sigprocmask',
      args: [flags(SIG_HOW, 'SIG_SETMASK'), buffer('[]', Buffer.alloc(8)), null, 8],
      allow: 'any',
      why: 'all were blocked',
    },
    {
      call: 'execve',
      args: [file, { kind: 'strings', values: argv }, { kind: 'strings', values: env, redacted: true }],
      why,
    },
  ];
}

export function reapChild(fd: number, info: KernelCall['args'][number], why: string): KernelCall {
  return {
    call: 'waitid',
    args: [flags(P, 'P_PIDFD'), fd, info, constant(`WEXITED|__WALL`, W.WEXITED | 0x40000000), null],
    allow: 'any',
    why,
  };
}

function nonBlocking(fd: number, access: 'O_RDONLY' | 'O_RDWR'): KernelCall {
  return {
    call: 'fcntl',
    args: [fd, F_SETFL, flags(O, access, 'O_NONBLOCK')],
    allow: 'any',
    why: 'what has nothing to read is passed over',
  };
}
