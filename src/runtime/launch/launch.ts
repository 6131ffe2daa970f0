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
import { Cgroup } from '../cgroups/cgroup.ts';
import { outOfMemoryAtStart } from '../cgroups/oom.ts';
import { type DeviceAccess, inherited, type Rootfs } from '../plan/input.ts';
import { hasNew, namespaceFlags } from '../plan/namespaces.ts';
import { planContainer } from '../plan/plan.ts';
import { holderFlags } from '../plan/user-namespace.ts';
import { defaultDeviceRules } from '../spec/device-rules.ts';
import { commandFailure } from './command-failure.ts';
import { ContainerProcess } from './container-process.ts';
import { isFilterRefused, unfilteredDevices, wantedDeviceAccess } from './device-access.ts';
import { readHostFacts } from './host-facts.ts';
import { idmapFailure } from './idmap-failure.ts';
import { JoinedNamespaces } from './joined-namespaces.ts';
import { type ProcessIdentity, startTimeOf } from './process-identity.ts';
import { settingFailure } from './setting-failure.ts';
import { StdioPipes, terminalStreams } from './stdio.ts';
import { UserNamespaceHolder } from './user-namespace-holder.ts';
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
  /** The processes whose namespaces the spec names by path: the launch fails where one of them has ended. */
  readonly joins?: readonly ProcessIdentity[];
  /**
   * Called while the child waits in its namespaces, before it has done anything there: the place to set up its network. With
   * a new user namespace it is another process that waits in them, and that the child will take them from. Where it rejects, the child is killed and the launch rejects with the same. Called again, for another child, where the kernel
   * refuses the filter of devices.
   */
  readonly prepare?: (child: { readonly pid: number; readonly pidfd: number }) => Promise<void>;
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

async function start(options: LaunchOptions): Promise<ContainerProcess> {
  const { spec, rootfs, stdin, init = false } = options;
  const host = readHostFacts(spec);
  const namespaces = namespaceFlags(spec);
  const warnings = warningsBefore(spec, host);
  const { cgroup, deviceAccess } = makeCgroup(spec, warnings);
  let joined: JoinedNamespaces | undefined;
  let holder: UserNamespaceHolder | undefined;
  let pipes: StdioPipes | undefined;
  let child: TapeChild | undefined;
  try {
    checkEnding(spec, cgroup?.fd !== undefined);
    joined = new JoinedNamespaces(spec, options.joins);
    const calls = planContainer({ spec, rootfs, host, stdin, deviceAccess, init });
    holder = UserNamespaceHolder.make(spec);
    pipes = new StdioPipes(pipeNames(options));
    const clone: CloneOptions = {
      namespaces,
      given: {
        ...pipes.given,
        ...joined.given,
        ...holder?.given,
        ...(cgroup?.fd !== undefined && { [inherited.cgroup]: cgroup.fd }),
      },
      ...(cgroup?.fd !== undefined && { cgroup: cgroup.fd }),
      ...(options.timing === undefined ? {} : { timing: options.timing }),
    };
    child = cloneAndPlay(calls, clone);
    cgroup?.close();
    cgroup?.moveIn(child.pid);
    pipes.closeGiven();
    joined.close();
    const firstPID = child.pid;
    await options.prepare?.(holder?.process ?? { pid: child.pid, pidfd: child.pidfd });
    child.openGate();
    const { played, terminal } = await executed(child, spec, { call: birth(clone), result: firstPID });
    const startTime = startTimeOf(child.pid) ?? 0;
    const streams = terminal === undefined ? pipes.streams() : await terminalStreams(terminal, stdin);
    await holder?.release();
    return new ContainerProcess({
      child,
      startTime,
      cgroup,
      streams,
      calls: holder === undefined ? played : [holder.played, ...played],
      warnings: [...warnings, ...warningsAfter(played)],
    });
  } catch (error) {
    pipes?.close();
    joined?.close();
    await holder?.release();
    child?.kill('SIGKILL');
    await child?.exited();
    const failure = (cgroup?.oomKills() ?? 0) > 0 ? outOfMemoryAtStart(spec.linux.resources, error) : error;
    await cgroup?.remove();
    throw failure;
  }
}

function pipeNames({ spec, stdin }: LaunchOptions): ('stdin' | 'stdout' | 'stderr')[] {
  if (spec.process.terminal) return [];
  return stdin === 'pipe' ? ['stdin', 'stdout', 'stderr'] : ['stdout', 'stderr'];
}

function makeCgroup(spec: Spec, warnings: string[]): { cgroup?: Cgroup; deviceAccess: DeviceAccess } {
  const { cgroupsPath: name, resources } = spec.linux;
  if (name === undefined) {
    const { devices: _, ...limits } = resources ?? {};
    if (Object.keys(limits).length === 0) return { deviceAccess: 'none' };
    throw new GockerError(
      'SPEC_INVALID',
      'cannot run the spec: linux.resources: there is no cgroup to limit (expected linux.cgroupsPath)',
    );
  }
  const wanted = wantedDeviceAccess();
  const devices = wanted === 'v1' ? (resources?.devices ?? defaultDeviceRules) : undefined;
  const cgroup = Cgroup.create({ name, resources, devices });
  if (!(cgroup instanceof Cgroup)) {
    warnings.push(unfilteredDevices(cgroup.reason));
    return { deviceAccess: 'none' };
  }
  const deviceAccess = wanted === 'v1' && !cgroup.controlsDevices ? 'none' : wanted;
  if (deviceAccess === 'none') warnings.push(unfilteredDevices(undefined));
  return { cgroup, deviceAccess };
}

/** Only the first process of a pid namespace takes all others along when it ends; elsewhere the cgroup must. */
function checkEnding(spec: Spec, hasCgroup: boolean): void {
  if (hasCgroup || hasNew(spec, 'pid')) return;
  throw new GockerError(
    'NAMESPACE_UNSUPPORTED',
    'cannot share a pid namespace: there is no cgroup to end the container’s processes by (expected cgroup v2)',
    { hint: 'Mount cgroup2 where gocker may write to it, or leave out --pid.' },
  );
}

interface Executed {
  readonly played: readonly PlayedCall[];
  /** gocker's side of the terminal. */
  readonly terminal: number | undefined;
}

async function executed(child: TapeChild, spec: Spec, clone: Pick<PlayedCall, 'call' | 'result'>): Promise<Executed> {
  const outcome = await child.settled();
  const [terminal, ...others] = outcome.descriptors;
  for (const fd of others) closeSync(fd);
  if (outcome.kind === 'executed') {
    const cloned = { ...clone, nanoseconds: child.cloneNanoseconds };
    return { played: [cloned, ...outcome.calls], terminal };
  }
  if (terminal !== undefined) closeSync(terminal);
  if (outcome.kind === 'finished')
    throw new GockerError('PLAN_INVALID', 'cannot start the container: its plan ends without execve');
  if (outcome.kind === 'stopped' && outcome.error.syscall === 'execve') {
    throw commandFailure(spec.process, outcome.calls, outcome.error);
  }
  if (outcome.kind !== 'stopped') throw outcome.error;
  throw settingFailure(spec, outcome.error) ?? idmapFailure(outcome.calls, outcome.error) ?? outcome.error;
}
