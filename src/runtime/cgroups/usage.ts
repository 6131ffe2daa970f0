/**
 * What a container uses of the machine: cgroup-v2.rst "Interface Files", cgroup-v1/memory.rst, blkio-controller.rst. Where its
 * cgroups don't count something, the living of its processes are added up, proc_pid_status(5) and proc_pid_io(5).
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { componentsOf } from './directories.ts';
import { cgroupHierarchies } from './hierarchies.ts';
import { placesOf } from './places.ts';
import { numberAfter, type ProcessSums, sumProcesses } from './process-sums.ts';

/** Undefined for what this machine does not tell. */
export interface Usage {
  /** CPU time since it began, all CPUs together. */
  readonly cpuNanoseconds?: number;
  /** Bytes without the file pages that the kernel would drop first, as docker counts. */
  readonly memory?: number;
  /** Bytes; undefined where there is none. */
  readonly memoryLimit?: number;
  /** Processes and threads. */
  readonly pids?: number;
  /** Bytes from and to disks. */
  readonly read?: number;
  readonly written?: number;
}

/**
 * @param name as in the spec: `gocker/<id>`
 * @returns undefined where it has no cgroup (any more)
 */
export function readUsage(name: string): Usage | undefined {
  const { unified, v1 } = cgroupHierarchies();
  const components = componentsOf(name);
  const in2 = unified === undefined ? undefined : join(unified, ...components);
  const inV1 = (controller: string) => {
    const mountpoint = v1.get(controller);
    return mountpoint === undefined ? undefined : join(mountpoint, ...components);
  };
  const place: Place = { in2, cpu: inV1('cpuacct'), memory: inV1('memory'), pids: inV1('pids'), io: inV1('blkio') };
  const root = placesOf(name).find(({ path }) => read(path, 'cgroup.procs') !== undefined);
  if (root === undefined) return undefined;
  let found: ProcessSums | undefined;
  const processes = () => {
    found ??= sumProcesses(root.path);
    return found;
  };
  return known({
    ...cpuOf(place, processes),
    ...memoryOf(place, processes),
    ...pidsOf(place, processes),
    ...ioOf(place, processes),
  });
}

/** Directories that may or may not be there. */
interface Place {
  readonly in2: string | undefined;
  readonly cpu: string | undefined;
  readonly memory: string | undefined;
  readonly pids: string | undefined;
  readonly io: string | undefined;
}

type Sums = () => ProcessSums;

/** v2 counts CPU time without any controller; of v1 and of processes, one alone has what the ended ones used. */
function cpuOf({ in2, cpu }: Place, processes: Sums): Usage {
  const microseconds = numberAfter(read(in2, 'cpu.stat'), 'usage_usec');
  if (microseconds !== undefined) return { cpuNanoseconds: microseconds * 1000 };
  return { cpuNanoseconds: numberIn(read(cpu, 'cpuacct.usage')) ?? processes().cpuNanoseconds };
}

function memoryOf({ in2, memory }: Place, processes: Sums): Usage {
  for (const { directory, usage, limit, inactive } of [
    { directory: in2, usage: 'memory.current', limit: 'memory.max', inactive: 'inactive_file' },
    {
      directory: memory,
      usage: 'memory.usage_in_bytes',
      limit: 'memory.limit_in_bytes',
      inactive: 'total_inactive_file',
    },
  ]) {
    const bytes = numberIn(read(directory, usage));
    if (bytes === undefined) continue;
    const dropped = numberAfter(read(directory, 'memory.stat'), inactive) ?? 0;
    const most = numberIn(read(directory, limit));
    // v1's "no limit" is the greatest number of pages that there can be.
    const isLimited = most !== undefined && most < 2 ** 62;
    return { memory: dropped < bytes ? bytes - dropped : bytes, ...(isLimited ? { memoryLimit: most } : {}) };
  }
  return { memory: processes().memory };
}

function pidsOf({ in2, pids }: Place, processes: Sums): Usage {
  return { pids: numberIn(read(in2, 'pids.current')) ?? numberIn(read(pids, 'pids.current')) ?? processes().threads };
}

function ioOf({ in2, io }: Place, processes: Sums): Usage {
  const counted = read(in2, 'io.stat');
  if (counted !== undefined) return { read: sum(counted, /\brbytes=(\d+)/g), written: sum(counted, /\bwbytes=(\d+)/g) };
  const serviced = read(io, 'blkio.throttle.io_service_bytes_recursive');
  if (serviced !== undefined) return { read: sum(serviced, / Read (\d+)/g), written: sum(serviced, / Write (\d+)/g) };
  const { read: bytesRead, written } = processes();
  return { read: bytesRead, written };
}

function sum(text: string, pattern: RegExp): number {
  return [...text.matchAll(pattern)].reduce((total, [, number]) => total + Number(number), 0);
}

/** `max` is no number. */
function numberIn(text: string | undefined): number | undefined {
  return text === undefined || !/^\d+\s*$/.test(text) ? undefined : Number(text);
}

function read(directory: string | undefined, file: string): string | undefined {
  if (directory === undefined) return undefined;
  try {
    return readFileSync(join(directory, file), 'latin1');
  } catch {
    // It has no such controller, or has just gone.
    return undefined;
  }
}

function known(usage: Usage): Usage {
  return Object.fromEntries(Object.entries(usage).filter(([, value]) => value !== undefined));
}
