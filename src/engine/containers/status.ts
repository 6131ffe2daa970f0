/** What a container is doing, judged by the processes alone: no file is believed that a killed process could not have mended. */
import { readFileSync } from 'node:fs';
import type { ProcessIdentity } from '../../runtime/index.ts';
import type { ContainerRecord } from './record.ts';

export type ContainerStatus = 'created' | 'running' | 'restarting' | 'exited';

/** @returns undefined where there is no such process */
export function identifyProcess(pid: number): ProcessIdentity | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  // The second field is the program's name in parentheses, and may hold blanks and parentheses itself.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = fields[0];
  if (state === 'Z' || state === 'X') return undefined;
  return { pid, startTime: Number(fields[19]) };
}

export function isAlive(identity: ProcessIdentity | undefined): boolean {
  return identity !== undefined && identifyProcess(identity.pid)?.startTime === identity.startTime;
}

export function statusOf(record: ContainerRecord): ContainerStatus {
  if (record.finished !== undefined) return isRestarting(record) ? 'restarting' : 'exited';
  if (record.process !== undefined) return ofThisBoot(record) && isAlive(record.process) ? 'running' : 'exited';
  return record.kept === true || isAlive(record.owner) ? 'created' : 'exited';
}

/** It waits for its next start. An owner who was killed starts nothing any more. */
export function isRestarting({ restarts, stopping, owner, boot }: ContainerRecord): boolean {
  return restarts?.waiting === true && stopping !== true && ofThisBoot({ boot }) && isAlive(owner);
}

/** It has processes, going or paused. */
export function isUp(record: ContainerRecord): boolean {
  return record.process !== undefined && statusOf(record) === 'running';
}

/** Start times are counted from the boot: a process of an earlier one is never meant. */
export function ofThisBoot(record: { readonly boot?: string | undefined }): boolean {
  return record.boot === undefined || record.boot === bootID();
}

let known: string | undefined;

/** random(4), /proc/sys/kernel/random/boot_id */
export function bootID(): string {
  known ??= readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  return known;
}
