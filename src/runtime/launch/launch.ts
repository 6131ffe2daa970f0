/** From a runtime spec to a running container: gathers facts, plans, clones, opens the gate, and waits for the execve. */
import { closeSync } from 'node:fs';
import { GockerError } from '../../errors/index.ts';
import type { Spec } from '../../oci/index.ts';
import {
  birth,
  type CloneOptions,
  cloneAndPlay,
  type KernelCall,
  type PlayedCall,
  type TapeChild,
} from '../../syscall/index.ts';
import { inherited, type Rootfs } from '../plan/input.ts';
import { namespaceFlags } from '../plan/namespaces.ts';
import { planContainer } from '../plan/plan.ts';
import { Cgroup } from './cgroup.ts';
import { commandFailure } from './command-failure.ts';
import { ContainerProcess } from './container-process.ts';
import { readHostFacts } from './host-facts.ts';
import { startTimeOf } from './process-identity.ts';
import { StdioPipes, terminalStreams } from './stdio.ts';
import { warningsAfter, warningsBefore } from './warnings.ts';

export interface LaunchOptions {
  readonly spec: Spec;
  readonly rootfs: Rootfs;
  /** `null`: /dev/null. */
  readonly stdin: 'pipe' | 'null';
  /** A reaper as PID 1, and the program as its child. */
  readonly init?: boolean;
  /** Take the time of each call. */
  readonly timing?: boolean;
  /**
   * Called while the child waits in its namespaces, before it has done anything there: the place to set up its network. Where
   * it rejects, the child is killed and the launch rejects with the same.
   */
  readonly prepare?: (child: { readonly pid: number; readonly pidfd: number }) => Promise<void>;
}

/** The calls that launch() makes with these options, the clone first. Makes none of them. */
export function planLaunch(options: Pick<LaunchOptions, 'spec' | 'rootfs' | 'stdin' | 'init'>): KernelCall[] {
  const { spec, rootfs, stdin, init = false } = options;
  const host = readHostFacts(spec);
  const hasCgroup = host.hasCgroup2 && spec.linux.cgroupsPath !== undefined;
  return [
    birth({ namespaces: namespaceFlags(spec) }),
    ...planContainer({ spec, rootfs, host, stdin, hasCgroup, init }),
  ];
}

/**
 * Resolves once the container's program runs. All that is made outside of the child is undone where it rejects, and when the
 * container has ended. Called on a thread that ends, the container ends with it: the kernel's parent is a thread.
 *
 * @throws GockerError `COMMAND_NOT_FOUND`, `COMMAND_NOT_EXECUTABLE`, those of a spec that can't be played; TapeError,
 *   SyscallError
 */
export async function launch(options: LaunchOptions): Promise<ContainerProcess> {
  const { spec, rootfs, stdin, init = false } = options;
  const host = readHostFacts(spec);
  const namespaces = namespaceFlags(spec);
  const warnings = warningsBefore(spec, host);
  const cgroup = makeCgroup(spec, warnings);
  let pipes: StdioPipes | undefined;
  let child: TapeChild | undefined;
  try {
    const calls = planContainer({ spec, rootfs, host, stdin, hasCgroup: cgroup !== undefined, init });
    pipes = new StdioPipes(pipeNames(options));
    const clone: CloneOptions = {
      namespaces,
      given: { ...pipes.given, ...(cgroup && { [inherited.cgroup]: cgroup.fd }) },
      ...(cgroup && { cgroup: cgroup.fd }),
      ...(options.timing === undefined ? {} : { timing: options.timing }),
    };
    child = cloneAndPlay(calls, clone);
    cgroup?.close();
    pipes.closeGiven();
    const startTime = startTimeOf(child.pid) ?? 0;
    await options.prepare?.({ pid: child.pid, pidfd: child.pidfd });
    child.openGate();
    const { played, terminal } = await executed(child, spec, birth(clone));
    const streams = terminal === undefined ? pipes.streams() : await terminalStreams(terminal, stdin);
    return new ContainerProcess({
      child,
      startTime,
      cgroup,
      streams,
      calls: played,
      warnings: [...warnings, ...warningsAfter(played)],
    });
  } catch (error) {
    pipes?.close();
    child?.kill('SIGKILL');
    await child?.exited();
    await cgroup?.remove();
    throw error;
  }
}

function pipeNames({ spec, stdin }: LaunchOptions): ('stdin' | 'stdout' | 'stderr')[] {
  if (spec.process.terminal) return [];
  return stdin === 'pipe' ? ['stdin', 'stdout', 'stderr'] : ['stdout', 'stderr'];
}

function makeCgroup(spec: Spec, warnings: string[]): Cgroup | undefined {
  const name = spec.linux.cgroupsPath;
  if (name === undefined) return undefined;
  const made = Cgroup.create(name);
  if (made instanceof Cgroup) return made;
  warnings.push(`the container has no cgroup of its own, and so may make no device nodes: ${made.reason}`);
  return undefined;
}

interface Executed {
  readonly played: readonly PlayedCall[];
  /** gocker's side of the terminal. */
  readonly terminal: number | undefined;
}

async function executed(child: TapeChild, spec: Spec, clone: KernelCall): Promise<Executed> {
  const outcome = await child.settled();
  const [terminal, ...others] = outcome.descriptors;
  for (const fd of others) closeSync(fd);
  if (outcome.kind === 'executed') {
    const cloned = { call: clone, result: child.pid, nanoseconds: child.cloneNanoseconds };
    return { played: [cloned, ...outcome.calls], terminal };
  }
  if (terminal !== undefined) closeSync(terminal);
  if (outcome.kind === 'finished')
    throw new GockerError('PLAN_INVALID', 'cannot start the container: its plan ends without execve');
  if (outcome.kind === 'stopped' && outcome.error.syscall === 'execve') {
    throw commandFailure(spec.process, outcome.calls, outcome.error);
  }
  throw outcome.error;
}
