/** What is known of a container, as files: `<root>/containers/<id>/state.json`, replaced atomically. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { GockerError } from '../../errors/index.ts';
import type { DiffID, Digest, Healthcheck } from '../../oci/index.ts';
import { type ProcessIdentity, readExit } from '../../runtime/index.ts';
import type { EndpointRequest } from '../networks/endpoint-request.ts';
import type { PortRecord } from '../networks/ports/port-mapping.ts';
import type { MountOptions } from '../options/mount-options.ts';
import type { NameOptions } from '../options/name-options.ts';
import type { PrivilegeOptions } from '../options/privilege-options.ts';
import type { ResourceOptions } from '../options/resource-options.ts';
import type { FrozenID } from '../snapshots/frozen-layers.ts';
import type { AskedCommand } from './asked-command.ts';
import type { LoggingRecord } from './logging.ts';
import type { RestartPolicy } from './restart/policy.ts';
import type { Restarts } from './restart/restarts.ts';
import type { MountPoint } from './spec/mounts/mount-point.ts';
import type { NamespaceKind } from './spec/namespace-modes.ts';
import type { IDRange } from './spec/user-mode.ts';

export interface ContainerRecord extends PortRecord {
  readonly id: string;
  readonly name: string;
  /** The image as the user wrote it. */
  readonly image: string;
  readonly imageID: Digest;
  /** The layers below it, bottom first: they stay while the container does. */
  readonly layers: readonly DiffID[];
  /** The topmost of the layers that snapshots have frozen between its image and its own changes; left out for none. */
  readonly frozen?: FrozenID;
  /** Its snapshots, oldest first. */
  readonly snapshots?: readonly SnapshotRecord[];
  /** Cut off: its upperdir is still to become `frozen`, or to be made anew. */
  readonly unsettled?: 'freeze' | 'reset';
  /** What it has besides its image; left out for nothing. */
  readonly mounts?: readonly MountPoint[];
  /** The same as the user asked for it. */
  readonly mountOptions?: Omit<MountOptions, 'readOnly'>;
  readonly path: string;
  readonly args: readonly string[];
  /** What the two are made of, and who runs it where. */
  readonly asked?: AskedCommand;
  readonly labels: Readonly<Record<string, string>>;
  readonly autoRemove: boolean;
  readonly tty: boolean;
  /** How it stands to each of the machine's namespaces, as docker's flags say it: `host`, `container:<id>`. */
  readonly namespaces?: Readonly<Record<NamespaceKind, string>>;
  /** The networks that it is on while it runs, in the order of its interfaces. */
  readonly networks?: readonly EndpointRequest[];
  /** How it resolves names, where something was asked for. */
  readonly nameOptions?: NameOptions;
  /** Of a user namespace: --userns as it was asked for, and the host's ids that its own begin with. */
  readonly userns?: { readonly mode: string } & IDRange;
  /** Whether there is an init before its program. */
  readonly init?: boolean;
  /** What was asked for, where something was. */
  readonly privileges?: PrivilegeOptions;
  /** RFC 3339, as all times here. */
  readonly created: string;
  readonly started?: string;
  readonly finished?: string;
  readonly exitCode?: number;
  readonly oomKilled?: true;
  /** What it may use, as it was asked for; nothing is limited where it is left out. */
  readonly resources?: ResourceOptions;
  /** The container's first process, and the gocker that looks after it, each with its start time in clock ticks. */
  readonly process?: ProcessIdentity;
  /** Of a container that outlives what started it, its monitor. */
  readonly owner: ProcessIdentity;
  /** Of the machine, when `process` was made: proc_sys_kernel(5), random/boot_id. */
  readonly boot?: string;
  /** Its making is complete, and it is there until somebody removes it. */
  readonly kept?: true;
  /** Whether its stdin is open. */
  readonly interactive?: true;
  /** The monitor's descriptors, for pidfd_getfd(2). */
  readonly monitor?: MonitorDescriptors;
  /** Somebody has asked for its end: it is not to be started again by itself. */
  readonly stopping?: true;
  /** Its processes were to be stopped where they are; whether they are, its cgroup says. */
  readonly paused?: true;
  /** The name that it is about to have. */
  readonly newName?: string;
  /** `SIGQUIT`; the image's or the user's. */
  readonly stopSignal?: string;
  /** Where its output goes, where something was asked for. */
  readonly logging?: LoggingRecord;
  /** In seconds. */
  readonly stopTimeout?: number;
  /** Left out for `no`. */
  readonly restart?: RestartPolicy;
  readonly restarts?: Restarts;
  /** As `inspect` shows it: the image's with the user's changes. */
  readonly healthcheck?: Healthcheck;
  /** The image's SHELL, where the health check needs it. */
  readonly shell?: readonly string[];
  /** `started` of the run whose end the journal of events has. */
  readonly endTold?: string;
  /** Why it could not be started again. */
  readonly error?: string;
}

export interface SnapshotRecord {
  readonly tag: string;
  /** RFC 3339. */
  readonly created: string;
  /** Left out where nothing was changed: the image as it is. */
  readonly frozen?: FrozenID;
}

export interface MonitorDescriptors {
  /** The writing end of the container's stdin. */
  readonly stdin?: number;
  /** The engine's side of its terminal. */
  readonly terminal?: number;
  readonly control: number;
}

/** @throws GockerError `CONTAINER_BROKEN` */
export function readRecord(directory: string): ContainerRecord | undefined {
  const path = join(directory, 'state.json');
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  // What a power cut leaves of a file that was not synced: its name, and nothing or zeros for its content.
  if (text === '' || text.startsWith('\0')) return undefined;
  try {
    return withExit(directory, JSON.parse(text) as ContainerRecord);
  } catch (cause) {
    throw new GockerError('CONTAINER_BROKEN', `cannot read "${path}": it is not JSON`, {
      cause,
      hint: `Remove the container with "gocker rm -f ${basename(directory).slice(0, 12)}" if it is of no use any more.`,
    });
  }
}

/** A monitor says how its container ended in a file of its own. */
function withExit(directory: string, record: ContainerRecord): ContainerRecord {
  if (record.monitor === undefined || record.finished !== undefined) return record;
  const exit = readExit(join(directory, 'exit'));
  if (exit === undefined) return record;
  const { finished, exitCode, oomKilled } = exit;
  return { ...record, finished, exitCode, ...(oomKilled === true ? { oomKilled } : {}) };
}

/** Atomic: a reader sees the old record or the new one. Not synced: after a power cut no container runs anyway. */
export function writeRecord(directory: string, record: ContainerRecord): void {
  // One writer a process, and no two processes of one pid at a time.
  const temporary = join(directory, `.state-${process.pid}`);
  writeFileSync(temporary, JSON.stringify(record), { mode: 0o600, flush: false });
  renameSync(temporary, join(directory, 'state.json'));
}
