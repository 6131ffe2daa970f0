/** `exec`: a process beside those of a running container. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GockerError } from '../../errors/index.ts';
import type { Spec } from '../../oci/index.ts';
import { execute, executeDetached, readContainerFile, userFromFiles, withGroups } from '../../runtime/index.ts';
import type { EngineContext } from '../context.ts';
import { recordContainerEvent } from '../events/record-event.ts';
import type { ExecOptions } from '../options/exec-options.ts';
import type { DetachedExec, Exec } from '../types.ts';
import { RunningExec } from './exec-handle.ts';
import { randomBytes } from './random.ts';
import { findRunning, notRunning, type RunningRecord } from './running.ts';
import { type ExecUser, execSpec } from './spec/exec-process.ts';

/** Larger account files than any real image has are not read. */
const MAX_ACCOUNT_BYTES = 4 * 1024 * 1024;

const act = 'execute a command in';

/** Resolves once the command runs. It ends with the container, and with this process. @throws as its interface says */
export async function exec(context: EngineContext, text: string, options: ExecOptions): Promise<Exec> {
  const { record, started } = await startExec(context, text, options);
  const tell = execTeller(context, record, started.id, options.command);
  tell('exec_create');
  tell('exec_start');
  started.wait().then(
    ({ exitCode }) => tell('exec_die', { exitCode: `${exitCode}` }),
    () => {},
  );
  return started;
}

/** The same, which no event tells of. */
export async function startExec(
  context: EngineContext,
  text: string,
  options: ExecOptions,
): Promise<{ readonly record: RunningRecord; readonly started: RunningExec }> {
  options.signal?.throwIfAborted();
  const { record, spec } = await prepare(context, text, options);
  const stdin = options.interactive === true ? 'pipe' : 'null';
  const process = await naming(record, () => execute({ spec, container: record.process, stdin }));
  for (const warning of process.warnings) context.warn(warning);
  return { record, started: new RunningExec(newID(), process, options.signal) };
}

/** As docker names them: `exec_create: sh -c true`, `exec_die`. */
function execTeller(context: EngineContext, record: RunningRecord, execID: string, command: readonly string[]) {
  return (action: string, attributes: Readonly<Record<string, string>> = {}) => {
    const whole = action === 'exec_die' ? action : `${action}: ${command.join(' ')}`;
    recordContainerEvent(context, record, whole, { ...attributes, execID });
  };
}

/** The same for a command that this process does not wait for. */
export async function execDetached(context: EngineContext, text: string, options: ExecOptions): Promise<DetachedExec> {
  options.signal?.throwIfAborted();
  const { record, spec } = await prepare(context, text, { ...options, interactive: false });
  // Nobody would hold the other side of a terminal.
  const detached = { ...spec, process: { ...spec.process, terminal: false } };
  const identity = await naming(record, () => executeDetached({ spec: detached, container: record.process }));
  const id = newID();
  const tell = execTeller(context, record, id, options.command);
  tell('exec_create');
  tell('exec_start');
  return { id, ...(identity === undefined ? {} : { pid: identity.pid }) };
}

async function prepare(context: EngineContext, text: string, options: ExecOptions) {
  const record = findRunning(context, text, act);
  // Loaded for the few that may be.
  if (record.paused === true && (await import('./pause.ts')).isPaused(record)) throw paused(record);
  const path = join(context.containers.directory(record.id), 'config.json');
  const spec = JSON.parse(readFileSync(path, 'utf8')) as Spec;
  const user = options.user === undefined ? undefined : readUser(record, spec, options.user);
  return { record, spec: execSpec(spec, options, user) };
}

function readUser({ process, privileges }: RunningRecord, spec: Spec, text: string): ExecUser {
  const accounts = (path: string) => readContainerFile(process, path, MAX_ACCOUNT_BYTES)?.toString() ?? '';
  const [passwd, group] = [accounts('/etc/passwd'), accounts('/etc/group')];
  return {
    user: withGroups(userFromFiles(text, passwd, group), privileges?.groupAdd ?? [], group),
    ownHome: userFromFiles(`${spec.process.user.uid}`, passwd, '').home,
  };
}

/** The runtime knows of no names. */
async function naming<T>(record: RunningRecord, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof GockerError && error.code === 'CONTAINER_NOT_RUNNING') throw notRunning(record, act, error);
    throw error;
  }
}

/** A process that is born into a frozen cgroup never comes to its first call. */
function paused({ id, name }: RunningRecord): GockerError {
  const message = `cannot ${act} container "${name}": container ${id.slice(0, 12)} is paused`;
  return new GockerError('CONTAINER_PAUSED', message, { hint: `Unpause it first: gocker unpause ${name}.` });
}

function newID(): string {
  return randomBytes(32).toString('hex');
}
