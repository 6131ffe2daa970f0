/**
 * A process that joins a running container, as the kernel calls that make it one. Pure, as planContainer() is. Nothing of the container
 * is to be trusted by now: what is opened in it is opened once the host is out of reach, and by a walk that follows no link of /proc.
 */
import type { Spec } from '../../oci/index.ts';
import { CLONE, type CloneFlag, cloneCall, flags, handOver, type KernelCall, resultOf } from '../../syscall/index.ts';
import { capabilityMask } from '../spec/capabilities.ts';
import { normalPath, openPath } from './attach.ts';
import { checkSpec } from './check-spec.ts';
import { openNullDevice } from './devices.ts';
import { makeHandover } from './handover.ts';
import { takeIdentity } from './identity.ts';
import type { HostFacts } from './input.ts';
import { setLimits } from './limits.ts';
import { keyringOfItsOwn } from './namespaces.ts';
import { arrive, depart, dieWithParent } from './passage.ts';
import { lentForFilter } from './seccomp.ts';
import { writeProfile, writeScore } from './settings.ts';
import { connectStdio, openTerminal } from './stdio.ts';
import { openHow, sizeOf } from './structures.ts';
import { becomeRootOfNamespace, checkIDs, giveAwayPipes, inUserNamespace } from './user-namespace.ts';

export interface JoinInput {
  /** The container's, with the process that is to run in place of its own. */
  readonly spec: Spec;
  readonly host: HostFacts;
  /** `null`: /dev/null of the container. */
  readonly stdin: 'pipe' | 'null';
  /** All three are /dev/null, and the process lives on without us, as a child of the container's init. */
  readonly detached: boolean;
  /** Whether anything keeps the container from devices whose nodes it makes. */
  readonly filtersDevices: boolean;
}

/** The pidfd of the container's first process, which the child inherits. */
export const containerProcess = 'container';

/** The pidfd that a detached process hands over, the only one that it does. */
const ownProcess = 'this process';

/** The user namespace besides, where the container has one: it is an error to join one's own. */
const joined: readonly CloneFlag[] = [
  'CLONE_NEWNS',
  'CLONE_NEWPID',
  'CLONE_NEWNET',
  'CLONE_NEWIPC',
  'CLONE_NEWUTS',
  'CLONE_NEWCGROUP',
];

/**
 * To be played by a child that was cloned without namespaces, in the container's cgroup.
 *
 * @throws GockerError for a process that can't be played, naming the field
 */
export function planJoin(given: JoinInput): KernelCall[] {
  const { spec, detached, stdin } = given;
  const host = powersFor(given);
  checkSpec(spec);
  if (inUserNamespace(spec.linux)) checkIDs(spec);
  const isNull = detached || (stdin === 'null' && spec.process.terminal !== true);
  return [
    ...arrive(),
    ...writeScore(spec),
    ...writeProfile(spec),
    ...(inUserNamespace(spec.linux) ? giveAwayPipes(spec, pipesOf(given)) : []),
    ...enter(spec),
    ...(detached ? beOrphaned() : []),
    keyringOfItsOwn(),
    ...(spec.process.terminal ? openOwnTerminal(spec) : []),
    ...(isNull ? [openNullDevice()] : []),
    ...connectStdio(given),
    ...workIn(spec.process.cwd),
    ...makeHandover(host),
    ...setLimits(spec.process.rlimits),
    ...takeIdentity(spec.process, host, lentForFilter(spec, host)),
    ...(detached ? [] : dieWithParent('dies with the gocker that holds its pipes')),
    ...depart({ spec, host }),
  ];
}

/** gocker's pipes that the child connects to. */
export function pipesOf({ spec, stdin, detached }: Pick<JoinInput, 'spec' | 'stdin' | 'detached'>) {
  if (detached || spec.process.terminal) return [];
  return stdin === 'pipe' ? (['stdin', 'stdout', 'stderr'] as const) : (['stdout', 'stderr'] as const);
}

/** As at the start of the container: all of them in a user namespace, and without a filter none to make device nodes. */
function powersFor({ spec, host, filtersDevices }: JoinInput): HostFacts {
  if (inUserNamespace(spec.linux)) return { ...host, capabilities: 2n ** BigInt(host.lastCapability + 1) - 1n };
  if (filtersDevices) return host;
  return { ...host, capabilities: host.capabilities & ~capabilityMask(['CAP_MKNOD']) };
}

/** setns(2) with a pidfd (Linux ≥ 5.8) enters all at once or none: no step in between at which a part is the host's. */
function enter({ linux }: Spec): KernelCall[] {
  const isMapped = inUserNamespace(linux);
  const types: readonly CloneFlag[] = isMapped ? ['CLONE_NEWUSER', ...joined] : joined;
  return [
    {
      call: 'setns',
      args: [resultOf(containerProcess), flags(CLONE, ...types)],
      why: "into the container's namespaces: root and working directory are its / from here on",
    },
    ...(isMapped ? becomeRootOfNamespace() : []),
    {
      ...cloneCall(['CLONE_PARENT'], 'a sibling goes on: the pid namespace is that of children alone'),
      forks: true,
    },
    ownSession(),
  ];
}

/**
 * A process that nobody reaps would keep the container's first one from ending: its parent is to be the container's init, which the
 * kernel makes it when its maker, in the same pid namespace, exits.
 */
function beOrphaned(): KernelCall[] {
  return [
    { ...cloneCall([], "an orphan goes on: the container's init is its parent now"), forks: 'orphan' },
    ownSession(),
    { call: 'getpid', args: [], result: 'pid', why: "a number of the container's, which means nothing outside" },
    { call: 'pidfd_open', args: [resultOf('pid'), 0], result: ownProcess, why: 'but a descriptor does' },
    handOver(ownProcess, 'gocker is told who it is'),
  ];
}

function ownSession(): KernelCall {
  return { call: 'setsid', args: [], why: 'the session of its own stayed behind with the process before' };
}

/** The pair is made by descriptor, and a thing that is no devpts has no pair: ioctl(2) says ENOTTY. */
function openOwnTerminal({ process }: Spec): KernelCall[] {
  const devpts = '/dev/pts';
  const ptmx: KernelCall = {
    call: 'openat2',
    args: [
      resultOf(devpts),
      'ptmx',
      openHow(['O_RDWR', 'O_NOCTTY', 'O_CLOEXEC'], ['RESOLVE_NO_XDEV', 'RESOLVE_NO_SYMLINKS']),
      sizeOf.openHow,
    ],
    why: "a terminal pair in the container's devpts",
  };
  return [openPath(devpts, { walk: 'no-symlinks', directory: true, result: devpts }), ...openTerminal(process, ptmx)];
}

/** Unlike at a container's start nothing is made. No link of /proc leads there: ours lead to the host (CVE-2024-21626). */
function workIn(given: string): KernelCall[] {
  const path = normalPath(given);
  // Where setns(2) has put us.
  if (path === '/') return [];
  return [
    openPath(path, { walk: 'no-magic-links', directory: true, result: workingDirectory }),
    { call: 'fchdir', args: [resultOf(workingDirectory)], why: `starts in ${path}` },
  ];
}

/** The result that is it. */
export const workingDirectory = 'working directory';
