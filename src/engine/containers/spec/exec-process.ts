/** The process that joins a container, as the runtime spec has one: the container's own, with the user's words on top. Pure. */
import { GockerError } from '../../../errors/index.ts';
import type { Process, Spec } from '../../../oci/index.ts';
import { type ContainerUser, capabilityNames } from '../../../runtime/index.ts';
import type { ExecOptions } from '../../options/exec-options.ts';

/** Of the container's files, where another user is asked for. */
export interface ExecUser {
  readonly user: ContainerUser;
  /** Of the container's own user. */
  readonly ownHome: string;
}

/**
 * The container's spec with that process in place of its own.
 *
 * @throws GockerError `COMMAND_MISSING`, `ENV_INVALID`, `WORKDIR_INVALID`
 */
export function execSpec(spec: Spec, options: ExecOptions, user?: ExecUser): Spec {
  const { seccomp, ...linux } = spec.linux;
  const isFiltered = seccomp !== undefined && options.privileged !== true;
  return { ...spec, process: execProcess(spec.process, options, user), linux: isFiltered ? spec.linux : linux };
}

function execProcess(own: Process, options: ExecOptions, user: ExecUser | undefined): Process {
  const { consoleSize: _, ...kept } = own;
  const { command, consoleSize, workdir = own.cwd } = options;
  if (command.length === 0) {
    throw new GockerError('COMMAND_MISSING', 'cannot execute in the container: there is no command (expected one)');
  }
  if (!workdir.startsWith('/')) {
    const message = `cannot use working directory "${workdir}": it is not an absolute path (expected /dir)`;
    throw new GockerError('WORKDIR_INVALID', message);
  }
  const tty = options.tty === true;
  const size = tty && consoleSize !== undefined ? { height: consoleSize.rows, width: consoleSize.columns } : undefined;
  return {
    ...kept,
    terminal: tty,
    ...(size === undefined ? {} : { consoleSize: size }),
    cwd: workdir,
    args: command,
    env: environmentOf(own, options, user),
    ...identityOf(own, options, user),
  };
}

/** A uid that isn't 0 has capabilities for programs to gain, and none by itself, as at a container's start. */
function identityOf(own: Process, options: ExecOptions, other: ExecUser | undefined) {
  const bounding = options.privileged === true ? capabilityNames : (own.capabilities?.bounding ?? []);
  const user = other === undefined ? own.user : userOf(own, other.user);
  const held = user.uid === 0 ? bounding : [];
  return { user, capabilities: { bounding, permitted: held, effective: held, inheritable: [], ambient: [] } };
}

/** With the group itself among the supplementary ones (CVE-2022-36109). */
function userOf({ user: { umask } }: Process, { uid, gid, additionalGids }: ContainerUser): Process['user'] {
  return {
    uid,
    gid,
    additionalGids: [...new Set([gid, ...additionalGids])],
    ...(umask === undefined ? {} : { umask }),
  };
}

/**
 * TERM goes with the terminal and HOME with the user, unless somebody gave the container others: what its start has added by
 * itself stands where that puts it, with the value that it gives.
 */
function environmentOf(own: Process, options: ExecOptions, other: ExecUser | undefined): string[] {
  const values = new Map<string, string>();
  const last = (own.env ?? []).length - 1;
  for (const [index, entry] of (own.env ?? []).entries()) {
    const isTerm = own.terminal === true && index === 2 && entry === 'TERM=xterm';
    const isHome = other !== undefined && index === last && entry === `HOME=${other.ownHome}`;
    if (!isTerm && !isHome) set(values, entry);
  }
  if (options.tty === true && !values.has('TERM')) values.set('TERM', 'xterm');
  for (const entry of options.env ?? []) set(values, entry);
  if (!values.has('HOME') && other !== undefined) values.set('HOME', other.user.home);
  return [...values].map(([name, value]) => `${name}=${value}`);
}

function set(values: Map<string, string>, entry: string): void {
  const equals = entry.indexOf('=');
  if (equals < 1 || entry.includes('\0')) {
    throw new GockerError('ENV_INVALID', `cannot set variable ${JSON.stringify(entry)}: it is not NAME=value`);
  }
  values.set(entry.slice(0, equals), entry.slice(equals + 1));
}
