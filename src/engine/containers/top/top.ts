/** `top`: the processes of a container, read from /proc: ps(1) may not be there. */
import { readFileSync } from 'node:fs';
import { accountNames, processesOfContainer } from '../../../runtime/index.ts';
import type { EngineContext } from '../../context.ts';
import type { ContainerProcesses } from '../../types.ts';
import { findRunning } from '../running.ts';
import { cgroupOf } from '../spec/resources.ts';
import { readProcess } from './process-facts.ts';
import { columns, type MachineFacts } from './ps-columns.ts';
import { parsePsOptions } from './ps-options.ts';

/** @throws as its interface says */
export async function top(
  context: EngineContext,
  text: string,
  words: readonly string[] = [],
): Promise<ContainerProcesses> {
  const record = findRunning(context, text, 'list the processes of');
  const shown = parsePsOptions(words);
  const machine = machineFacts();
  const pids = processesOfContainer(record.process, cgroupOf(record.id, record.resources?.cgroupParent));
  const processes = pids.flatMap((pid) => readProcess(pid) ?? []);
  return {
    titles: shown.map(({ title }) => title),
    processes: processes.map((process) => shown.map(({ name }) => columns[name]?.show(process, machine) ?? '')),
  };
}

/** Names are the host's, as are pids: it is the host that looks. */
function machineFacts(): MachineFacts {
  const booted = /^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'latin1'))?.[1] ?? 0;
  const kilobytes = /^MemTotal:\s*(\d+)/m.exec(readFileSync('/proc/meminfo', 'latin1'))?.[1] ?? 1;
  const names = accountNames(readText('/etc/passwd'), readText('/etc/group'));
  return {
    now: Date.now() / 1000,
    booted: Number(booted),
    memoryBytes: 1024 * Number(kilobytes),
    userName: (uid) => names.users.get(`${uid}`) ?? `${uid}`,
    groupName: (gid) => names.groups.get(`${gid}`) ?? `${gid}`,
  };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
