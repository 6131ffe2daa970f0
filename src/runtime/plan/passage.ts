/** The two ends of every child's tape: how it arrives as a clone of Node, and how it departs into a program of the image's. */
import { checkParent, flags, type KernelCall, PR, waitAtGate } from '../../syscall/index.ts';
import { closeDescriptors, executeCommand, resetSignals, unblockSignals } from './command.ts';
import { becomeHandover } from './handover.ts';
import { lowerEffective } from './identity.ts';
import type { PlanInput } from './input.ts';
import { loadFilter } from './seccomp.ts';

type Passenger = Pick<PlanInput, 'spec' | 'host' | 'init'>;

export function arrive(): KernelCall[] {
  return [
    {
      call: 'prctl',
      args: [flags(PR, 'PR_SET_DUMPABLE'), 0, 0, 0, 0],
      why: "first of all: nobody reads this process's memory, which is a copy of gocker's, by /proc/PID",
    },
    { call: 'setsid', args: [], why: "a session of its own, away from gocker's terminal" },
    ...waitAtGate(),
    { call: 'umask', args: [0], why: 'modes below are meant as they are written' },
  ];
}

/** The kernel forgets the death signal when ids change, so it is asked for after that, and gocker may have died before it was. */
export function dieWithParent(why = 'a container dies with the gocker that holds its pipes'): KernelCall[] {
  return [
    {
      call: 'prctl',
      args: [flags(PR, 'PR_SET_PDEATHSIG'), { kind: 'constant', value: 9, text: 'SIGKILL' }, 0, 0, 0],
      why,
    },
    checkParent(),
  ];
}

/** With an init signals stay blocked until the program is apart from it. */
export function depart({ spec, host, init = false }: Passenger): KernelCall[] {
  return [
    { call: 'umask', args: [spec.process.user.umask ?? 0o022], why: 'what programs expect to start with' },
    ...resetSignals(host.ignoredSignals),
    ...(init ? [] : [unblockSignals()]),
    closeDescriptors(),
    ...loadFilter(spec, 'with CAP_SYS_ADMIN'),
    lowerEffective(spec.process, host),
    ...becomeHandover(spec.process, init, loadFilter(spec, 'with no_new_privs')),
    ...(init ? [unblockSignals()] : []),
    ...executeCommand(spec.process),
  ];
}
