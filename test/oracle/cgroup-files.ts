/** What stands in the files of a running container's cgroups, v1 and v2, seen from the host. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Files that hold limits, by controller. Those that only count are not among them. */
const files: Readonly<Record<string, readonly string[]>> = {
  memory: ['memory.limit_in_bytes', 'memory.memsw.limit_in_bytes', 'memory.soft_limit_in_bytes'],
  cpu: ['cpu.shares', 'cpu.cfs_quota_us', 'cpu.cfs_period_us'],
  cpuset: ['cpuset.effective_cpus', 'cpuset.effective_mems'],
  pids: ['pids.max'],
  blkio: ['read_bps', 'write_bps', 'read_iops', 'write_iops'].map((name) => `blkio.throttle.${name}_device`),
  '': [
    ...['memory.max', 'memory.swap.max', 'memory.low', 'memory.high', 'cpu.max', 'cpu.weight', 'pids.max', 'io.max'],
    ...['cpuset.cpus.effective', 'cpuset.mems.effective'],
  ],
};

/** Of the container whose command line ends in a token; waits until it is there. */
export async function limitsOf(token: string): Promise<Record<string, string>> {
  const lines = readFileSync(`/proc/${await processWith(token)}/cgroup`, 'utf8')
    .trim()
    .split('\n');
  const found: Record<string, string> = {};
  for (const line of lines) {
    const [, controllers = '', path = ''] = line.split(':');
    for (const [controller, names] of Object.entries(files)) {
      if (!controllers.split(',').includes(controller)) continue;
      for (const name of names) {
        const file = hierarchies(controllers)
          .map((mount) => join(mount, path, name))
          .find(existsSync);
        if (file !== undefined) found[name] = readFileSync(file, 'utf8').trim();
      }
    }
  }
  return found;
}

function hierarchies(controllers: string): string[] {
  return controllers === '' ? ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'] : [`/sys/fs/cgroup/${controllers}`];
}

/** The container's own process: its command begins with its shell, while an engine's begins with the engine. */
async function processWith(token: string): Promise<string> {
  for (let tries = 0; tries < 200; tries++) {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        if (words[0] === 'sh' && words.includes(token)) return pid;
      } catch {
        // It ended while we looked.
      }
    }
    await sleep(25);
  }
  throw new Error(`no container with ${token} appeared`);
}
