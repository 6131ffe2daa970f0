/** How a monitor ends: with its container, whose end it keeps, or before there was one. */
import {
  ACCESS,
  AT,
  AT_FDCWD,
  type BufferArgument,
  constant,
  flags,
  type KernelCall,
  O,
  resultOf,
} from '../../syscall/index.ts';
import { append, CLOCK_REALTIME, rename, tellLoss } from './append.ts';
import { exitParts } from './exit-file.ts';
import type { MonitorInput } from './input.ts';
import { places } from './places.ts';
import { iovecs, room, timespec } from './structures.ts';
import { become, mark, reapChild } from './watch.ts';

const SIGKILL = constant('SIGKILL', 9);
const SEEK_SET = constant('SEEK_SET', 0);
const SEEK_CUR = constant('SEEK_CUR', 1);

/** Two seconds for what was killed to go, in steps of 2 ms. */
const steps = 1000;
const stepMs = 2;

/** The container has ended. */
export function end(input: MonitorInput, label: string): KernelCall[] {
  const { exit, cgroup, log, stdio, successor, host } = input;
  const [siginfo, time, memory] = [room(exitParts.siginfo), room(exitParts.time), room(exitParts.memory)];
  const file = iovecs([
    { base: siginfo, length: exitParts.siginfo },
    { base: time, length: exitParts.time },
    { base: memory, length: exitParts.memory },
  ]);
  return [
    { call: 'clock_gettime', args: [CLOCK_REALTIME, time], label, allow: 'any', why: 'when it ended' },
    ...killAll(input, 'whoever shares a pid namespace with others does not die with the first process'),
    ...append('output', log, { label: 'rest', next: 'rest', empty: 'rest of errors', ended: 'rest of errors' }),
    ...(stdio.terminal
      ? []
      : append('error', log, {
          label: 'rest of errors',
          next: 'rest of errors',
          empty: 'last loss',
          ended: 'last loss',
        })),
    ...tellLoss(stdio.terminal ? 'rest of errors' : 'last loss', 'status'),
    { ...reapChild(places.container, siginfo, 'how it ended'), label: 'status' },
    ...cgroup.oom.flatMap((path, index) => readMemory(path, memory, index)),
    {
      call: 'writev',
      args: [places.exit, file, 3],
      label: `memory ${cgroup.oom.length}`,
      allow: 'any',
      why: 'into bytes that the disk has given already',
    },
    rename(`${exit}.new`, exit, 'whoever looks sees all of it, or nothing'),
    ...removeCgroups(input, 'cgroup', 'succeed'),
    {
      call: 'faccessat',
      args: [AT_FDCWD, successor.when, flags(ACCESS, 'F_OK')],
      label: 'succeed',
      otherwise: 'unmark',
      why: 'is there more to do than a list of calls can?',
    },
    ...become(successor, host.ignoredSignals, 'the same process, and all that gocker knows').map((call) => ({
      ...call,
      otherwise: 'unmark',
    })),
    {
      call: 'unlinkat',
      args: [AT_FDCWD, mark, 0],
      label: 'unmark',
      allow: 'any',
      why: 'nobody looks after it any more',
    },
    { call: 'exit_group', args: [0], why: 'all is done' },
  ];
}

/** Whoever made it has died before it had anything of it on record. */
export function undo(input: MonitorInput, label: string): KernelCall[] {
  return [
    {
      call: 'pidfd_send_signal',
      args: [places.container, SIGKILL, null, 0],
      label,
      allow: 'any',
      why: 'there is to be no container that nobody knows of',
    },
    ...killAll(input, 'and none of its processes'),
    reapChild(places.container, null, 'not before it is gone'),
    { call: 'unlinkat', args: [AT_FDCWD, `${input.exit}.new`, 0], allow: 'any', why: 'it has no end either' },
    ...removeCgroups(input, 'cgroup of nothing', 'gone'),
    { call: 'exit_group', args: [0], label: 'gone', why: 'nothing is left' },
  ];
}

/** Its memory may have been limited later, so the file is looked for in the end. */
function readMemory(path: string, text: BufferArgument, index: number): KernelCall[] {
  const file = `memory of ${index}`;
  return [
    {
      call: 'openat',
      args: [AT_FDCWD, path, flags(O, 'O_RDONLY', 'O_CLOEXEC'), 0],
      label: `memory ${index}`,
      otherwise: `memory ${index + 1}`,
      result: file,
      why: 'is its memory limited?',
    },
    {
      call: 'read',
      args: [resultOf(file), text, exitParts.memory],
      allow: 'any',
      why: 'how many of its processes were killed for want of memory',
    },
    { call: 'close', args: [resultOf(file)], allow: 'any', why: 'all of it is read' },
  ];
}

function killAll({ cgroup }: MonitorInput, why: string): KernelCall[] {
  return cgroup.kill ? [{ call: 'write', args: [places.kill, '1', 1], allow: 'any', why }] : [];
}

/** Leads to `next` whatever becomes of them: a sweep finds what is left. */
function removeCgroups(input: MonitorInput, label: string, next: string): KernelCall[] {
  const { directories, perhaps } = input.cgroup;
  const place = (index: number) => `${label} ${index}`;
  const last = place(directories.length);
  return [
    { call: 'lseek', args: [places.counter, 0, SEEK_SET], allow: 'any', why: 'counts how often it was tried' },
    ...directories.flatMap((path, index): KernelCall[] => [
      {
        call: 'unlinkat',
        args: [AT_FDCWD, path, flags(AT, 'AT_REMOVEDIR')],
        label: place(index),
        on: { EBUSY: `${place(index)} is busy` },
        next: place(index + 1),
        otherwise: place(index + 1),
        why: 'the cgroup goes with its container',
      },
      {
        call: 'nanosleep',
        args: [timespec(stepMs), null],
        label: `${place(index)} is busy`,
        allow: 'any',
        why: 'what was killed is not gone yet',
      },
      ...killAll(input, 'nor what came meanwhile'),
      {
        call: 'lseek',
        args: [places.counter, 1, SEEK_CUR],
        atLeast: steps,
        next: place(index + 1),
        otherwise: place(index),
        why: 'not for ever',
      },
    ]),
    ...perhaps.map(
      (path, index): KernelCall => ({
        ...(index === 0 && { label: last }),
        call: 'unlinkat',
        args: [AT_FDCWD, path, flags(AT, 'AT_REMOVEDIR')],
        allow: 'any',
        why: 'what later limits have added; and those above it, where nobody else is in them',
      }),
    ),
    {
      ...(perhaps.length === 0 && { label: last }),
      call: 'lseek',
      args: [places.counter, 0, SEEK_SET],
      allow: 'any',
      next,
      why: 'it counts nothing any more',
    },
  ];
}
