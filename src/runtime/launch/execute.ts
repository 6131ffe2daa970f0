/** From a process of the runtime spec to a program in a container that runs: as launch(), but for the container, which is there. */
import { closeSync, readFileSync } from 'node:fs';
import { GockerError } from '../../errors/index.ts';
import type { Spec } from '../../oci/index.ts';
import { birth, cloneAndPlay, pidfdOpen, type TapeChild, TapeError } from '../../syscall/index.ts';
import { CgroupsOfProcess } from '../cgroups/of-process.ts';
import { containerProcess, type JoinInput, pipesOf, planJoin } from '../plan/join.ts';
import { capabilityMask } from '../spec/capabilities.ts';
import { ContainerProcess } from './container-process.ts';
import { executed } from './executed.ts';
import { readHostFacts } from './host-facts.ts';
import { joinFailure } from './join-failure.ts';
import { isRunning, type ProcessIdentity, startTimeOf } from './process-identity.ts';
import { StdioPipes, terminalStreams } from './stdio.ts';
import { warningsAfter, warningsBefore } from './warnings.ts';

export interface ExecuteOptions {
  /** The container's, with the process that is to run in place of its own. */
  readonly spec: Spec;
  /** Its first process. */
  readonly container: ProcessIdentity;
  /** `null`: /dev/null. */
  readonly stdin: 'pipe' | 'null';
  /** Take the time of each call. */
  readonly timing?: boolean;
}

/**
 * Resolves once the program runs. It ends with us, and with the container. Nothing is left where it rejects.
 *
 * @throws GockerError `CONTAINER_NOT_RUNNING`, `COMMAND_NOT_FOUND`, `COMMAND_NOT_EXECUTABLE`; TapeError, SyscallError
 */
export async function execute(options: ExecuteOptions): Promise<ContainerProcess> {
  const { spec, stdin } = options;
  const started = await join(options, false);
  const { child, pipes, handedOver: terminal } = started;
  const streams = terminal === undefined ? pipes.streams() : await terminalStreams(terminal, stdin);
  return new ContainerProcess({
    child,
    startTime: startTimeOf(child.pid) ?? 0,
    cgroup: undefined,
    streams,
    calls: started.played,
    warnings: [...warningsBefore(spec, readHostFacts(spec)), ...warningsAfter(started.played)],
  });
}

/**
 * The same for a program that ends with the container alone, and whose stdin and output are /dev/null. Nobody learns its exit code.
 *
 * @returns who it is, on this side of the pid namespace; undefined where it has ended already
 */
export async function executeDetached(options: Omit<ExecuteOptions, 'stdin'>): Promise<ProcessIdentity | undefined> {
  const { child, handedOver: pidfd } = await join({ ...options, stdin: 'null' }, true);
  await child.exited();
  if (pidfd === undefined) return undefined;
  try {
    return identityOf(pidfd);
  } finally {
    closeSync(pidfd);
  }
}

async function join(options: ExecuteOptions, detached: boolean) {
  const { container, stdin } = options;
  const spec = withoutMounts(options.spec);
  const pidfd = openProcess(container);
  let cgroups: CgroupsOfProcess | undefined;
  let pipes: StdioPipes | undefined;
  let child: TapeChild | undefined;
  try {
    cgroups = new CgroupsOfProcess(container.pid, spec.linux.cgroupsPath);
    const input: JoinInput = {
      spec,
      host: readHostFacts(spec),
      stdin,
      detached,
      filtersDevices: mayMakeNodes(container.pid),
    };
    // What was read by its pid was its own if it is there still.
    if (!isRunning(container)) throw notRunning();
    const calls = planJoin(input);
    pipes = new StdioPipes(pipesOf(input));
    const clone = {
      given: { ...pipes.given, [containerProcess]: pidfd },
      ...(cgroups.fd === undefined ? {} : { cgroup: cgroups.fd }),
      ...(options.timing === undefined ? {} : { timing: options.timing }),
    };
    child = cloneAndPlay(calls, clone);
    const cloned = { call: birth(clone), result: child.pid, nanoseconds: child.cloneNanoseconds };
    cgroups.moveIn(child.pid);
    pipes.closeGiven();
    child.openGate();
    return { child, pipes, ...(await executed(await child.settled(), spec, cloned)) };
  } catch (error) {
    pipes?.close();
    child?.kill('SIGKILL');
    await child?.exited();
    throw isRunning(container) && !isEnding(error) ? (joinFailure(spec, error) ?? error) : notRunning(error);
  } finally {
    cgroups?.close();
    closeSync(pidfd);
  }
}

/** There is nothing to be mounted or masked, and so nothing to be looked for on the host. */
function withoutMounts(spec: Spec): Spec {
  return { ...spec, mounts: [], linux: { ...spec.linux, maskedPaths: [], readonlyPaths: [] } };
}

function openProcess(container: ProcessIdentity): number {
  try {
    const pidfd = pidfdOpen(container.pid);
    if (isRunning(container)) return pidfd;
    closeSync(pidfd);
  } catch (cause) {
    throw notRunning(cause);
  }
  throw notRunning();
}

/**
 * Whether its first process may make device nodes, which it lost at its start where nothing would filter their use. Where it
 * was taken away for another reason, one that joins is not given it either: we can't tell.
 */
function mayMakeNodes(pid: number): boolean {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  const bounding = BigInt(`0x${/^CapBnd:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
  return (bounding & capabilityMask(['CAP_MKNOD'])) !== 0n;
}

/** proc_pid_fdinfo(5): −1 once it has been reaped. */
function identityOf(pidfd: number): ProcessIdentity | undefined {
  const pid = Number(/^Pid:\s*(-?\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${pidfd}`, 'latin1'))?.[1] ?? -1);
  const startTime = pid > 0 ? startTimeOf(pid) : undefined;
  return startTime === undefined ? undefined : { pid, startTime };
}

/** pid_namespaces(7) §"The namespace init process": one whose first process is on its way out takes no more. */
function isEnding(error: unknown): boolean {
  return error instanceof TapeError && error.call.forks !== undefined && error.code === 'ENOMEM';
}

function notRunning(cause?: unknown): GockerError {
  return new GockerError('CONTAINER_NOT_RUNNING', 'cannot execute in the container: it has ended', { cause });
}
