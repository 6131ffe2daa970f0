/**
 * How a clone of Node becomes a monitor: it executes the monitor's program, which holds nothing of Node; its child, nobody's in
 * the end, makes the container's first process, lets its maker know, and keeps no descriptor but its own.
 */
import {
  AT,
  AT_FDCWD,
  cloneCall,
  constant,
  environment,
  F,
  flags,
  handOver,
  handoverProgram,
  hex,
  type KernelCall,
  LENT_TAPE,
  type Lent,
  LIFELINE,
  O,
  PR,
  resultOf,
  strings,
  TAPE_FILE,
} from '../../syscall/index.ts';
import { makeProgram } from '../plan/handover.ts';
import { DATA, LARGEST } from './append.ts';
import type { MonitorInput } from './input.ts';
import { firstFree, type Place, places } from './places.ts';

/** What ps(1) shows. */
const title = 'gocker-monitor';
const program = 'monitor-program';

/** The results by which its maker knows both processes. */
export const monitorPID = 'pid of the monitor';
export const containerPID = 'pid of the container';
const monitorProcess = 'monitor';
const containerProcess = 'container';

const READ_WRITE = constant('PROT_READ|PROT_WRITE', 3);
const SHARED = constant('MAP_SHARED|MAP_FIXED', 0x11);
const PRIVATE = constant('MAP_PRIVATE|MAP_FIXED|MAP_ANONYMOUS', 0x32);

/** To be played first by a clone of Node, with the descriptors `given` and all that the container inherits. */
export function arrive({ host, name, lent }: MonitorInput, given: readonly string[]): KernelCall[] {
  return [
    {
      call: 'prctl',
      args: [flags(PR, 'PR_SET_DUMPABLE'), 0, 0, 0, 0],
      why: "first of all: nobody reads this process's memory, which is a copy of gocker's, by /proc/PID",
    },
    ...[...new Set(lent.inherits)].map((fd) => keepOpen(fd, 'the container inherits it')),
    ...[...given, LENT_TAPE, TAPE_FILE, LIFELINE].map((one) => keepOpen(resultOf(one), 'the monitor needs it')),
    ...makeProgram({
      host,
      name: program,
      program: handoverProgram(host.architecture, 'ends'),
      mode: { bits: 0o555, why: 'others of the same user may take part: pidfd_getfd(2)' },
      why: 'what watches the container, in place of node',
    }),
    {
      call: 'execveat',
      args: [resultOf(program), '', strings([title, name]), environment([]), flags(AT, 'AT_EMPTY_PATH')],
      playsOn: true,
      why: 'from here on nothing of node is in this process',
    },
    {
      ...cloneCall(['CLONE_CLEAR_SIGHAND'], 'the monitor: its maker ends, and it is nobody’s child'),
      forks: 'orphan',
    },
    { call: 'setsid', args: [], why: "a session of its own, away from gocker's terminal" },
    { call: 'prctl', args: [flags(PR, 'PR_SET_NAME'), title, 0, 0, 0], allow: 'any', why: 'a name for ps(1)' },
    { call: 'getpid', args: [], result: monitorPID, why: 'who it is' },
    { call: 'pidfd_open', args: [resultOf(monitorPID), 0], result: monitorProcess, why: 'and for good' },
    handOver(monitorProcess, 'gocker knows it by this'),
    ...makeContainer(lent),
  ];
}

/** The new process begins on its own tape, which is mapped for it, and for a moment, where gocker has laid it out. */
function makeContainer(lent: Lent): KernelCall[] {
  const address = hex(lent.address);
  return [
    {
      call: 'mmap',
      args: [address, lent.length, READ_WRITE, SHARED, resultOf(LENT_TAPE), 0],
      why: 'the tape of the container, where its pointers are true',
    },
    {
      ...lent.clone,
      forks: { head: lent.address, first: lent.first },
      result: containerPID,
      why: 'the container: its first process plays its own tape',
    },
    { call: 'munmap', args: [address, lent.length], why: 'the monitor keeps nothing of it' },
    {
      call: 'pidfd_open',
      args: [resultOf(containerPID), 0],
      result: containerProcess,
      why: 'its end is told by this',
    },
    handOver(containerProcess, 'gocker furnishes it'),
  ];
}

/** Each descriptor to its place, and nothing else stays open. `given` are the places that were filled. */
export function settle(given: readonly Place[], made: readonly Place[]): KernelCall[] {
  const sources: [Place, string][] = [
    ...given.map((place): [Place, string] => [place, place]),
    ['container', containerProcess],
    ['never', monitorProcess],
    ['counter', TAPE_FILE],
    ...made.map((place): [Place, string] => [place, place]),
  ];
  const taken = new Set<Place>([...sources.map(([place]) => place), 'null']);
  const empty = (Object.keys(places) as Place[]).filter((place) => !taken.has(place));
  return [
    ...sources.map(([, name]) => moveAway(name)),
    ...sources.map(([place, name]) => put(resultOf(copyOf(name)), place, 'its place')),
    ...empty.map((place) => put(places.never, place, 'nothing will come there')),
    {
      call: 'openat',
      args: [AT_FDCWD, '/dev/null', flags(O, 'O_RDWR', 'O_CLOEXEC'), 0],
      result: 'null',
      why: "in place of gocker's stdio",
    },
    moveAway('null'),
    ...[0, 1, 2].map(
      (fd): KernelCall => ({ call: 'dup3', args: [resultOf(copyOf('null')), fd, 0], why: "nothing of gocker's own" }),
    ),
    { call: 'chdir', args: ['/'], why: 'whatever gocker stands in may be unmounted' },
    { call: 'umask', args: [0], why: 'modes below are meant as they are written' },
    {
      call: 'prctl',
      args: [flags(PR, 'PR_SET_PTRACER'), constant('PR_SET_PTRACER_ANY', -1), 0, 0, 0],
      allow: 'any',
      why: 'where Yama asks, the user’s own processes may take part: pidfd_getfd(2)',
    },
    {
      call: 'mmap',
      args: [hex(DATA), LARGEST, READ_WRITE, PRIVATE, -1, 0],
      why: 'room for what the container writes',
    },
    {
      call: 'close_range',
      args: [firstFree, hex(0xffff_ffff), 0],
      departs: true,
      why: 'nothing else stays open, the lifeline included: gocker sees that the monitor is there',
    },
  ];
}

function moveAway(name: string): KernelCall {
  return {
    call: 'fcntl',
    args: [resultOf(name), constant('F_DUPFD_CLOEXEC', F.F_DUPFD_CLOEXEC), firstFree],
    result: copyOf(name),
    why: 'out of the way of those that have places',
  };
}

function copyOf(name: string): string {
  return `copy of ${name}`;
}

export function put(from: KernelCall['args'][number], place: Place, why: string): KernelCall {
  return { call: 'dup3', args: [from, places[place], flags(O, 'O_CLOEXEC')], why };
}

/** On the container's tape, before its own: what is open for its monitor alone. */
export function leaveMonitor(names: readonly string[]): KernelCall[] {
  return names.map((name) => ({ call: 'close', args: [resultOf(name)], why: 'it is between gocker and the monitor' }));
}

function keepOpen(fd: KernelCall['args'][number], why: string): KernelCall {
  return { call: 'fcntl', args: [fd, constant('F_SETFD', F.F_SETFD), 0], why };
}
