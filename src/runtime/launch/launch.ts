/** From a runtime spec to a running container: gathers facts, plans, clones, opens the gate, and waits for the execve. */
import type { Spec } from '../../oci/index.ts';
import { birth, cloneAndPlay, type KernelCall, type PlayedCall, type TapeChild } from '../../syscall/index.ts';
import { type LogOptions, OutputLog } from '../log/output-log.ts';
import type { Rootfs } from '../plan/input.ts';
import { namespaceFlags } from '../plan/namespaces.ts';
import { planContainer } from '../plan/plan.ts';
import { holderFlags } from '../plan/user-namespace.ts';
import { ContainerProcess } from './container-process.ts';
import { isFilterRefused, wantedDeviceAccess } from './device-access.ts';
import { executed } from './executed.ts';
import { readHostFacts } from './host-facts.ts';
import { prepareLaunch } from './preparation.ts';
import { type ProcessIdentity, startTimeOf } from './process-identity.ts';
import { terminalStreams } from './stdio.ts';
import { warningsAfter } from './warnings.ts';

export interface LaunchOptions {
  readonly spec: Spec;
  readonly rootfs: Rootfs;
  /** `null`: /dev/null. */
  readonly stdin: 'pipe' | 'null';
  /** A reaper as PID 1, and the program as its child. */
  readonly init?: boolean;
  /** Where its output is kept besides; what can't be kept is counted, and the container goes on. */
  readonly log?: LogOptions | undefined;
  /** Take the time of each call. */
  readonly timing?: boolean;
  /** The processes whose namespaces the spec names by path: the launch fails where one of them has ended. */
  readonly joins?: readonly ProcessIdentity[];
  /**
   * Called while the child waits in its namespaces, before it has done anything there: the place to set up its network. With
   * a new user namespace it is another process that waits in them, and that the child (its pid follows) will take them from. What it returns is told
   * with the calls of the start. Where it rejects, the child is killed and the launch rejects with the same. Called again, for another child, where the kernel
   * refuses the filter of devices.
   */
  readonly prepare?: (
    waiting: { readonly pid: number; readonly pidfd: number },
    child: number,
  ) => Promise<readonly PlayedCall[] | undefined>;
}

/** The calls that launch() makes with these options, the clone first. Makes none of them. */
export function planLaunch(options: Pick<LaunchOptions, 'spec' | 'rootfs' | 'stdin' | 'init'>): KernelCall[] {
  const { spec, rootfs, stdin, init = false } = options;
  const host = readHostFacts(spec);
  const deviceAccess = spec.linux.cgroupsPath === undefined ? 'none' : wantedDeviceAccess();
  const held = holderFlags(spec);
  return [
    ...(held === undefined ? [] : [birth({ namespaces: held })]),
    birth({ namespaces: namespaceFlags(spec) }),
    ...planContainer({ spec, rootfs, host, stdin, deviceAccess, init }),
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
  try {
    return await start(options);
  } catch (error) {
    // The filter is tried rather than asked for, which would cost every start a system call.
    if (!isFilterRefused(error)) throw error;
    return await start(options);
  }
}

interface Told {
  readonly holder: PlayedCall | undefined;
  readonly played: readonly PlayedCall[];
  /** What was done for it while it waited. */
  readonly outside: readonly PlayedCall[];
}

/** All calls in their order: the clones, what was done outside, and the child's own. */
export function told({ holder, played, outside }: Told): PlayedCall[] {
  const [clone = [], ...rest] = played;
  return [...(holder === undefined ? [] : [holder]), ...[clone].flat(), ...outside, ...rest];
}

async function start(options: LaunchOptions): Promise<ContainerProcess> {
  const { spec, stdin } = options;
  const prepared = await prepareLaunch(options);
  const { calls, clone, pipes, cgroup, holder } = prepared;
  let child: TapeChild | undefined;
  try {
    child = cloneAndPlay(calls, clone);
    const cloned = { call: birth(clone), result: child.pid, nanoseconds: child.cloneNanoseconds };
    prepared.cloned(child.pid);
    const outside =
      (await options.prepare?.(holder?.process ?? { pid: child.pid, pidfd: child.pidfd }, child.pid)) ?? [];
    child.openGate();
    const { played, handedOver: terminal } = await executed(await child.settled(), spec, cloned);
    const startTime = startTimeOf(child.pid) ?? 0;
    const log = options.log === undefined ? undefined : new OutputLog(options.log);
    const streams = terminal === undefined ? pipes.streams(log) : await terminalStreams(terminal, stdin, log);
    await holder?.release();
    return new ContainerProcess({
      child,
      startTime,
      cgroup,
      streams,
      calls: told({ holder: holder?.played, played, outside }),
      warnings: [...prepared.warnings, ...warningsAfter(played)],
    });
  } catch (error) {
    child?.kill('SIGKILL');
    await child?.exited();
    const failure = prepared.failureOf(error);
    await prepared.undo();
    throw failure;
  }
}
