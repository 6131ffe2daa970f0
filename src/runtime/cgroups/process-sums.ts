/** What the processes of a cgroup use, those that have ended left out: proc_pid_status(5), proc_pid_stat(5), proc_pid_io(5). */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface ProcessSums {
  readonly cpuNanoseconds: number;
  /** Resident bytes; what several processes share counts for each. */
  readonly memory: number;
  readonly threads: number;
  readonly read: number;
  readonly written: number;
}

/** USER_HZ, the same on all machines that gocker knows: proc_pid_stat(5) `utime`. */
const TICK_NANOSECONDS = 1e7;

/** @param directory a cgroup: those below it count too */
export function sumProcesses(directory: string): ProcessSums {
  const total = { cpuNanoseconds: 0, memory: 0, threads: 0, read: 0, written: 0 };
  for (const pid of processesOf(directory)) {
    const status = readProcess(pid, 'status');
    if (status === undefined) continue;
    total.memory += 1024 * (numberAfter(status, 'VmRSS:') ?? 0);
    total.threads += numberAfter(status, 'Threads:') ?? 0;
    total.cpuNanoseconds += TICK_NANOSECONDS * ticksOf(readProcess(pid, 'stat'));
    const io = readProcess(pid, 'io');
    total.read += numberAfter(io, 'read_bytes:') ?? 0;
    total.written += numberAfter(io, 'write_bytes:') ?? 0;
  }
  return total;
}

/** Of a cgroup and those below it; empty where there is none. */
export function processesOf(directory: string): number[] {
  try {
    const own = readFileSync(join(directory, 'cgroup.procs'), 'latin1').split('\n').map(Number);
    const below = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    // 0 is a process that our PID namespace does not show.
    return [...own.filter((pid) => pid > 0), ...below.flatMap(({ name }) => processesOf(join(directory, name)))];
  } catch {
    return [];
  }
}

/** Of lines such as `usage_usec 17` or `VmRSS:   52 kB`. */
export function numberAfter(text: string | undefined, key: string): number | undefined {
  const found = new RegExp(`^${key}\\s+(\\d+)`, 'm').exec(text ?? '')?.[1];
  return found === undefined ? undefined : Number(found);
}

/** The second field is a name that may hold blanks and parentheses itself. */
function ticksOf(stat = ''): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
}

/** Undefined where it ended while we looked. */
function readProcess(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return undefined;
  }
}
