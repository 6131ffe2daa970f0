/** What a launch makes before there is a process: the plan, and all that the child is to inherit. */
import { GockerError } from '../../errors/index.ts';
import type { Spec } from '../../oci/index.ts';
import type { CloneOptions, KernelCall } from '../../syscall/index.ts';
import { Cgroup } from '../cgroups/cgroup.ts';
import { outOfMemoryAtStart } from '../cgroups/oom.ts';
import { type DeviceAccess, inherited } from '../plan/input.ts';
import { hasNew, namespaceFlags } from '../plan/namespaces.ts';
import { planContainer } from '../plan/plan.ts';
import { defaultDeviceRules } from '../spec/device-rules.ts';
import { unfilteredDevices, wantedDeviceAccess } from './device-access.ts';
import { readHostFacts } from './host-facts.ts';
import { JoinedNamespaces } from './joined-namespaces.ts';
import type { LaunchOptions } from './launch.ts';
import { StdioPipes } from './stdio.ts';
import { UserNamespaceHolder } from './user-namespace-holder.ts';
import { warningsBefore } from './warnings.ts';

/** Whoever has one calls `cloned()` once there is a child, and `undo()` where there will be none. */
export interface Preparation {
  readonly calls: readonly KernelCall[];
  readonly clone: CloneOptions;
  readonly pipes: StdioPipes;
  readonly cgroup: Cgroup | undefined;
  readonly holder: UserNamespaceHolder | undefined;
  readonly warnings: readonly string[];
  /** The child has what it inherits, and waits at its gate. */
  cloned(pid: number): void;
  /** What is to be thrown in place of `error`. To be asked before the cgroup is gone. */
  failureOf(error: unknown): unknown;
  /** To be called when the child has ended. */
  undo(): Promise<void>;
}

/** @throws GockerError for a spec that can't be played; SyscallError. Then nothing is left. */
export async function prepareLaunch(options: LaunchOptions): Promise<Preparation> {
  const { spec, rootfs, stdin, init = false, timing } = options;
  const host = readHostFacts(spec);
  const warnings = warningsBefore(spec, host);
  const { cgroup, deviceAccess } = makeCgroup(spec, warnings);
  let joined: JoinedNamespaces | undefined;
  let holder: UserNamespaceHolder | undefined;
  let pipes: StdioPipes | undefined;
  const failureOf = (error: unknown) =>
    (cgroup?.oomKills() ?? 0) > 0 ? outOfMemoryAtStart(spec.linux.resources, error) : error;
  const undo = async () => {
    pipes?.close();
    joined?.close();
    await holder?.release();
    await cgroup?.remove();
  };
  try {
    checkEnding(spec, cgroup?.fd !== undefined);
    joined = new JoinedNamespaces(spec, options.joins);
    const calls = planContainer({ spec, rootfs, host, stdin, deviceAccess, init });
    holder = UserNamespaceHolder.make(spec);
    pipes = new StdioPipes(pipeNames(options));
    const { fd } = cgroup ?? {};
    const given = {
      ...pipes.given,
      ...joined.given,
      ...holder?.given,
      ...(fd !== undefined && { [inherited.cgroup]: fd }),
    };
    const clone: CloneOptions = {
      namespaces: namespaceFlags(spec),
      given,
      ...(fd !== undefined && { cgroup: fd }),
      ...(timing !== undefined && { timing }),
    };
    const [madePipes, namespaces] = [pipes, joined];
    const cloned = (pid: number) => {
      cgroup?.close();
      cgroup?.moveIn(pid);
      madePipes.closeGiven();
      namespaces.close();
    };
    return { calls, clone, pipes, cgroup, holder, warnings, cloned, failureOf, undo };
  } catch (error) {
    await undo();
    throw error;
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
