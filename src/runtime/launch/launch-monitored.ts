/**
 * From a runtime spec to a running container that outlives us, with a monitor as its parent: docs/design/0010-the-monitor-is-a-tape.md.
 */
import { closeSync } from 'node:fs';
import { GockerError } from '../../errors/index.ts';
import {
  type AdoptedChild,
  birth,
  type Cloned,
  cloneThrough,
  MAKER_LIFELINE,
  type PlayedCall,
  readable,
} from '../../syscall/index.ts';
import { containerPID, leaveMonitor, monitorPID } from '../monitor/arrive.ts';
import type { LogPlan, Program } from '../monitor/input.ts';
import { places } from '../monitor/places.ts';
import { planMonitor } from '../monitor/plan-monitor.ts';
import { isFilterRefused } from './device-access.ts';
import { executed } from './executed.ts';
import { readHostFacts } from './host-facts.ts';
import { type LaunchOptions, told } from './launch.ts';
import { MonitorDescriptors } from './monitor-descriptors.ts';
import { MonitoredProcess } from './monitored-process.ts';
import { type Preparation, prepareLaunch } from './preparation.ts';
import { type ProcessIdentity, startTimeOf } from './process-identity.ts';
import { warningsAfter } from './warnings.ts';

export interface MonitorOptions {
  /** The container's, for ps(1). */
  readonly name: string;
  readonly log: LogPlan;
  /** Path of the file that readExit() reads, in a directory that is there. */
  readonly exit: string;
  /** A path that the monitor unlinks last of all. */
  readonly mark?: (monitor: ProcessIdentity) => string;
  /** What the monitor becomes when the container has ended, should there be a file `when`. It unlinks no mark then. */
  readonly successor: Program & { readonly when: string };
  /** Descriptors that stay open as long as it is there: sockets that keep ports for the container. The caller's stay the caller's. */
  readonly held?: readonly number[];
  /** What it starts again and again: its descriptor 3 is the timer, which it sets anew. */
  readonly pulse?: Program & { readonly everyMs: number };
}

export type MonitoredLaunchOptions = Omit<LaunchOptions, 'log'> & { readonly monitor: MonitorOptions };

/**
 * Resolves once the container's program runs; whoever called releases it, or abandons it. Until then container and monitor end
 * with us. All is undone where it rejects.
 *
 * @throws as launch() does
 */
export async function launchMonitored(options: MonitoredLaunchOptions): Promise<MonitoredProcess> {
  try {
    return await start(options);
  } catch (error) {
    if (!isFilterRefused(error)) throw error;
    return await start(options);
  }
}

async function start(options: MonitoredLaunchOptions): Promise<MonitoredProcess> {
  const prepared = await prepareLaunch(options);
  let descriptors: MonitorDescriptors | undefined;
  let made: Made | undefined;
  try {
    const { log, exit, held } = options.monitor;
    descriptors = new MonitorDescriptors({ log: log.path, exit, remains: prepared.cgroup?.remains, held });
    made = await makeBoth(cloneBoth(options, prepared, descriptors));
    const { child } = made;
    prepared.cloned(child.pid);
    descriptors.closeGiven();
    const outside =
      (await options.prepare?.(prepared.holder?.process ?? { pid: child.pid, pidfd: child.pidfd }, child.pid)) ?? [];
    child.openGate();
    const { played, handedOver: terminal } = await executed(await child.settled(), options.spec, made.cloned);
    await prepared.holder?.release();
    prepared.pipes.close();
    return monitored({ options, prepared, made, terminal, played, outside, go: descriptors.takeGo() });
  } catch (error) {
    const failure = prepared.failureOf(error);
    // Nobody says that it may go on: the monitor ends the container, and then itself.
    descriptors?.close();
    if (made !== undefined) await ended(made);
    await prepared.undo();
    throw failure;
  }
}

/** Both processes, by descriptors that are ours to close. */
interface Made {
  readonly child: AdoptedChild;
  readonly monitorPID: number;
  readonly monitorFD: number;
  readonly cloned: PlayedCall;
}

function cloneBoth(options: MonitoredLaunchOptions, prepared: Preparation, descriptors: MonitorDescriptors): Cloned {
  const { spec, stdin, monitor } = options;
  const { calls, clone, pipes, cgroup } = prepared;
  const { stdin: input, stdout: output, stderr: error } = pipes.own;
  const streams = Object.entries({ stdin: input, output, error }).flatMap(([place, fd]) =>
    fd === undefined ? [] : [[place, fd] as const],
  );
  const { given } = descriptors;
  const { directories = [], perhaps = [], oom = [] } = cgroup?.remains ?? {};
  return cloneThrough({
    calls: [...leaveMonitor([MAKER_LIFELINE, 'go']), ...calls],
    clone: { ...clone, given: { ...clone.given, go: given.go ?? -1 } },
    maker: {
      given: { ...given, ...Object.fromEntries(streams) },
      plan: (lent) =>
        planMonitor({
          ...monitor,
          lent,
          host: readHostFacts(spec),
          stdio: { stdin: stdin === 'pipe', terminal: spec.process.terminal === true },
          holds: given.held !== undefined,
          makers: calls.filter(({ forks }) => forks === true).length,
          cgroup: { directories, perhaps, oom, kill: given.kill !== undefined },
        }),
    },
  });
}

/** Resolves once the monitor stands, and the container's first process waits at its gate. */
async function makeBoth({ maker, adopt, discard }: Cloned): Promise<Made> {
  const { descriptors, calls, ...ending } = await maker.settled();
  const [monitorFD, containerFD] = descriptors;
  const resultOf = (name: string) => calls.find(({ call }) => call.result === name)?.result ?? -1;
  if (ending.kind === 'departed' && monitorFD !== undefined && containerFD !== undefined) {
    const child = adopt({ pid: resultOf(containerPID), pidfd: containerFD });
    const index = calls.findIndex(({ call }) => call.result === containerPID);
    const { call, result } = calls[index] ?? { call: birth({}), result: undefined };
    const cloned = { call, result, nanoseconds: maker.cloneNanoseconds };
    return { child, monitorPID: resultOf(monitorPID), monitorFD, cloned };
  }
  discard();
  for (const fd of descriptors) closeSync(fd);
  if ('error' in ending) throw ending.error;
  throw new GockerError('PLAN_INVALID', 'cannot start the container: the plan of its monitor ends');
}

/** After our end of `go` is closed. */
async function ended({ child, monitorFD }: Made): Promise<void> {
  await readable(monitorFD);
  closeSync(monitorFD);
  await child.settled();
  child.release();
}

interface Start {
  readonly options: MonitoredLaunchOptions;
  readonly prepared: Preparation;
  readonly made: Made;
  readonly terminal: number | undefined;
  readonly played: readonly PlayedCall[];
  readonly outside: readonly PlayedCall[];
  readonly go: number;
}

function monitored({ options, prepared, made, terminal, played, outside, go }: Start): MonitoredProcess {
  const { holder, warnings } = prepared;
  const { child, monitorFD } = made;
  const monitor = { pid: made.monitorPID, startTime: startTimeOf(made.monitorPID) ?? 0 };
  const hasStdin = options.stdin === 'pipe' && terminal === undefined;
  return new MonitoredProcess({
    child,
    monitor,
    monitorFD,
    go,
    terminal,
    startTime: startTimeOf(child.pid) ?? 0,
    mark: options.monitor.mark?.(monitor) ?? '',
    descriptors: {
      control: places.commands,
      ...(hasStdin && { stdin: places.stdin }),
      ...(terminal !== undefined && { terminal: places.output }),
    },
    calls: told({ holder: holder?.played, played, outside }),
    warnings: [...warnings, ...warningsAfter(played)],
    undo: prepared.undo,
  });
}
