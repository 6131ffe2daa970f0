/** `start`: a container that is there gets a process, and a monitor that looks after it when we are gone. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { GockerError } from '../../errors/index.ts';
import { formatJson, type NamespaceType, type Spec } from '../../oci/index.ts';
import {
  launchMonitored,
  type MonitoredProcess,
  type MonitorOptions,
  mendLog,
  type ProcessIdentity,
  type Rootfs,
} from '../../runtime/index.ts';
import type { EngineContext } from '../context.ts';
import { recordContainerEvent } from '../events/record-event.ts';
import type { ConsoleSize, StartedContainer } from '../types.ts';
import { keepCalls } from './calls-file.ts';
import { noProbeYet, untilNextProbe } from './health/health.ts';
import { planProbe } from './health/healthcheck.ts';
import { withContainer } from './lock.ts';
import { logOf } from './logging.ts';
import { lowerdirsOf } from './lowerdirs.ts';
import { leaveNetworks, networksOf } from './networks.ts';
import type { ContainerRecord } from './record.ts';
import type { Restarts } from './restart/restarts.ts';
import { findShared } from './shared-containers.ts';
import { rejoin } from './spec/rejoin.ts';
import { bootID, identifyProcess, statusOf } from './status.ts';
import { appointSuccessor, ownCommand, successorFile } from './successor.ts';
import { sweepContainers } from './sweep.ts';

export interface StartOptions {
  /** Of its terminal, where it has one. */
  readonly consoleSize?: ConsoleSize;
  readonly timing?: boolean;
  /** Where nobody asks for it but its restart policy. */
  readonly restarts?: Restarts;
}

/**
 * One that runs already stays as it is.
 *
 * @param text name, id or unique prefix of an id
 * @throws GockerError `CONTAINER_NOT_FOUND`, `CONTAINER_AMBIGUOUS`; all that run() throws from its launch on
 */
export async function startContainer(
  context: EngineContext,
  text: string,
  options: StartOptions = {},
): Promise<StartedContainer> {
  await sweepContainers(context);
  return withContainer(context, text, (record) => startLocked(context, record, options));
}

/** Within withContainer(). What it was before, it still is where this rejects. */
export async function startLocked(
  context: EngineContext,
  record: ContainerRecord,
  options: StartOptions,
): Promise<StartedContainer> {
  const { id, name } = record;
  if (statusOf(record) === 'running') return { id, name, pid: record.process?.pid ?? 0 };
  const directory = context.containers.directory(id);
  const { spec, joins } = currentSpec(context, record, options);
  const us = identifyProcess(process.pid) ?? { pid: process.pid, startTime: 0 };
  const {
    process: _process,
    started: _started,
    finished: _finished,
    exitCode: _exitCode,
    oomKilled: _oomKilled,
    stopping: _stopping,
    monitor: _monitor,
    restarts: _restarts,
    error: _error,
    ...rest
  } = record;
  context.containers.mark(id, us);
  try {
    // How it ended last is in the record from here on.
    context.containers.update(record);
    rmSync(join(directory, 'exit'), { force: true });
    appointSuccessor(directory, record);
    using networks = await networksOf(context, record);
    const { held } = networks ?? { held: [] };
    const made = await launchMonitored({
      spec,
      rootfs: rootfsOf(context, record),
      stdin: record.interactive === true ? 'pipe' : 'null',
      joins,
      init: record.init === true,
      timing: options.timing === true,
      ...(networks === undefined ? {} : { prepare: networks.prepare }),
      monitor: { ...monitorOptions(context, record), ...(held.length === 0 ? {} : { held }) },
    });
    const { restarts } = options;
    const kept = { ...rest, kept: true as const, boot: bootID(), ...(restarts === undefined ? {} : { restarts }) };
    return await handOver(context, kept, made);
  } catch (error) {
    await leaveNetworks(context, record);
    throw error;
  } finally {
    context.containers.unmark({ id, owner: us });
  }
}

/** From here on the monitor looks after it, whatever becomes of us. */
async function handOver(
  context: EngineContext,
  record: ContainerRecord,
  made: MonitoredProcess,
): Promise<StartedContainer> {
  const { id, name } = record;
  try {
    const { pid, startTime, monitor: owner, descriptors: monitor } = made;
    context.containers.mark(id, owner);
    context.containers.update({
      ...record,
      owner,
      process: { pid, startTime },
      monitor,
      started: new Date().toISOString(),
    });
    for (const warning of made.warnings) context.warn(warning);
    // Before its end can be told.
    recordContainerEvent(context, record, 'start');
    await made.release();
  } catch (error) {
    await made.abandon();
    context.containers.unmark({ id, owner: made.monitor });
    throw error;
  }
  keepCalls(context.containers.directory(id), made.calls);
  return { id, name, pid: made.pid };
}

function monitorOptions(context: EngineContext, record: ContainerRecord): MonitorOptions {
  const { id, name } = record;
  const directory = context.containers.directory(id);
  const log = logOf(context, record);
  if (record.logging?.driver === 'none') mkdirSync(dirname(log.path), { recursive: true, mode: 0o700 });
  mendLog(log.path);
  return {
    name,
    log,
    exit: join(directory, 'exit'),
    mark: (monitor) => context.containers.markOf(id, monitor),
    successor: { when: successorFile(directory), ...ownCommand(context, ['monitor-ended', id]) },
    ...pulseOf(context, record),
  };
}

function pulseOf(context: EngineContext, { id, healthcheck, shell }: ContainerRecord): Pick<MonitorOptions, 'pulse'> {
  const plan = healthcheck === undefined ? undefined : planProbe(healthcheck, shell);
  if (plan === undefined) return {};
  const everyMs = Math.max(1, Math.round(untilNextProbe(noProbeYet, plan, 0)));
  // As descriptor 3 it has the timer.
  return { pulse: { everyMs, ...ownCommand(context, ['health-check', '--timer', '3', id]) } };
}

/** @throws GockerError `LAYERS_MISSING` */
export function rootfsOf(context: EngineContext, record: ContainerRecord): Rootfs {
  const { id, name, image } = record;
  const directory = context.containers.directory(id);
  const lowerdirs = lowerdirsOf(context, record);
  if (lowerdirs === undefined) {
    throw new GockerError(
      'LAYERS_MISSING',
      `cannot start container "${name}": layers of its image are not unpacked here`,
      {
        hint: `Pull the image again: gocker pull ${image}.`,
      },
    );
  }
  return {
    kind: 'overlay',
    lowerdirs,
    writable: { upperdir: join(directory, 'upper'), workdir: join(directory, 'work') },
  };
}

/** Names of the spec for docker's. */
const types = { network: 'network', ipc: 'ipc', pid: 'pid', uts: 'uts', cgroupns: 'cgroup' } as const;

/** Its config.json, brought up to date: other containers have other processes than when it was made. */
function currentSpec(
  context: EngineContext,
  { id, namespaces, userns }: ContainerRecord,
  { consoleSize }: StartOptions,
): { readonly spec: Spec; readonly joins: readonly ProcessIdentity[] } {
  const path = join(context.containers.directory(id), 'config.json');
  const spec = JSON.parse(readFileSync(path, 'utf8')) as Spec;
  const joined = new Map<NamespaceType, ProcessIdentity>();
  const share = (type: NamespaceType, flag: string, mode = '') => {
    const [, other] = /^container:(.+)$/.exec(mode) ?? [];
    if (other !== undefined) joined.set(type, findShared(context.containers, flag, other).process);
  };
  for (const [kind, type] of Object.entries(types)) share(type, `--${kind}`, namespaces?.[kind as keyof typeof types]);
  share('user', '--userns', userns?.mode);
  if (joined.size === 0) return { spec: sized(spec, consoleSize), joins: [] };
  const current = rejoin(spec, new Map([...joined].map(([type, { pid }]) => [type, pid])));
  writeFileSync(path, formatJson(current), { mode: 0o600 });
  return { spec: sized(current, consoleSize), joins: [...joined.values()] };
}

function sized(spec: Spec, size: ConsoleSize | undefined): Spec {
  if (size === undefined || spec.process.terminal !== true) return spec;
  return { ...spec, process: { ...spec.process, consoleSize: { height: size.rows, width: size.columns } } };
}
