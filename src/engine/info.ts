/** `info`: what this gocker is and stands on. */
import { existsSync, readFileSync, statfsSync } from 'node:fs';
import { availableParallelism, release, totalmem } from 'node:os';
import { hostPlatform } from '../oci/index.ts';
import { findRegistriesConf } from '../registry/index.ts';
import { availableLimits, cgroup2Mountpoint, type Limitable, tryDeviceAccess } from '../runtime/index.ts';
import { statusOf } from './containers/status.ts';
import type { EngineContext } from './context.ts';
import { loadAll } from './images/stored.ts';
import type { EngineInfo } from './types.ts';

/** linux/magic.h */
const CGROUP2_SUPER_MAGIC = 0x63677270;

const everyLimit: readonly Limitable[] = ['memory', 'swap', 'cpu', 'cpuset', 'pids', 'io'];

export async function engineInfo(context: EngineContext): Promise<EngineInfo> {
  const warnings: string[] = [];
  const images = loadAll(context.store, (entry, error) => {
    warnings.push(`image "${entry.name ?? entry.descriptor.digest}" is broken: ${error.message}`);
  });
  const containers = context.containers.list();
  const uid = process.getuid?.() ?? 0;
  if (uid !== 0) warnings.push('not root: containers cannot be run');
  const cgroupVersion = findCgroupVersion();
  const limits = availableLimits();
  for (const limit of everyLimit) if (!limits.has(limit)) warnings.push(`no ${limit} limit support`);
  const deviceAccess = uid === 0 ? await tryDeviceAccess() : 'none';
  return {
    ...context.directories,
    images: new Set(images.map(({ id }) => id)).size,
    containers: containers.length,
    containersRunning: containers.filter((record) => statusOf(record) === 'running').length,
    snapshotter: 'directory',
    kernelVersion: release(),
    operatingSystem: operatingSystem(),
    architecture: hostPlatform().architecture,
    cpus: availableParallelism(),
    memoryBytes: totalmem(),
    cgroupVersion,
    limits: [...limits],
    deviceAccess,
    rootless: uid !== 0,
    registriesConf: findRegistriesConf(context.env),
    warnings,
  };
}

function findCgroupVersion(): EngineInfo['cgroupVersion'] {
  if (!existsSync('/sys/fs/cgroup')) return 'none';
  if (statfsSync('/sys/fs/cgroup').type === CGROUP2_SUPER_MAGIC) return 'v2';
  const v1 = existsSync('/sys/fs/cgroup/memory') || existsSync('/sys/fs/cgroup/cpu');
  if (cgroup2Mountpoint() !== undefined) return v1 ? 'hybrid' : 'v2';
  return v1 ? 'v1' : 'none';
}

/** os-release(5) */
function operatingSystem(): string {
  for (const path of ['/etc/os-release', '/usr/lib/os-release']) {
    if (!existsSync(path)) continue;
    const name = /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(readFileSync(path, 'utf8'))?.[1];
    if (name !== undefined) return name;
  }
  return 'Linux';
}
