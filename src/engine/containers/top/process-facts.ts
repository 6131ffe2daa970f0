/** What the kernel tells of a process, for columns of ps(1): proc_pid_stat(5), proc_pid_status(5), proc_pid_cmdline(5). */
import { readFileSync } from 'node:fs';

export interface ProcessFacts {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  readonly uid: number;
  readonly gid: number;
  /** At most 15 bytes of its program's name. */
  readonly name: string;
  /** Its words; empty for a zombie. */
  readonly args: readonly string[];
  /** `R`, `S`, `D`, `Z` … */
  readonly state: string;
  readonly nice: number;
  readonly priority: number;
  readonly threads: number;
  /** 0 where it has none. */
  readonly terminal: number;
  readonly foregroundGroup: number;
  /** Bytes. */
  readonly virtual: number;
  readonly resident: number;
  readonly locked: number;
  /** Seconds of CPU time. */
  readonly cpu: number;
  /** Seconds since the boot. */
  readonly started: number;
}

/** USER_HZ, proc_pid_stat(5): 100 on all that Linux runs on today. */
const TICKS = 100;

/** @returns undefined where it ended meanwhile */
export function readProcess(pid: number): ProcessFacts | undefined {
  try {
    const texts = ['stat', 'status', 'cmdline'].map((file) => readFileSync(`/proc/${pid}/${file}`, 'utf8'));
    return factsIn(pid, texts[0] ?? '', texts[1] ?? '', texts[2] ?? '');
  } catch (error) {
    // ESRCH: it ended between the opening and the reading.
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

function factsIn(pid: number, stat: string, status: string, cmdline: string): ProcessFacts {
  // The second field is a name that may hold blanks and parentheses itself.
  const end = stat.lastIndexOf(')');
  const fields = stat.slice(end + 2).split(' ');
  // The third field is the first here.
  const field = (number: number) => Number(fields[number - 3]);
  const inStatus = (key: string) => Number(new RegExp(`^${key}:\\s*(?:\\d+\\s+)?(\\d+)`, 'm').exec(status)?.[1] ?? 0);
  const kilobytes = (key: string) => 1024 * Number(new RegExp(`^${key}:\\s*(\\d+)`, 'm').exec(status)?.[1] ?? 0);
  return {
    pid,
    parent: field(4),
    group: field(5),
    session: field(6),
    // The effective ones, which come second.
    uid: inStatus('Uid'),
    gid: inStatus('Gid'),
    name: stat.slice(stat.indexOf('(') + 1, end),
    args: cmdline.split('\0').slice(0, -1),
    state: fields[0] ?? '?',
    nice: field(19),
    priority: field(18),
    threads: field(20),
    terminal: field(7),
    foregroundGroup: field(8),
    virtual: kilobytes('VmSize'),
    resident: kilobytes('VmRSS'),
    locked: kilobytes('VmLck'),
    cpu: (field(14) + field(15)) / TICKS,
    started: field(22) / TICKS,
  };
}
