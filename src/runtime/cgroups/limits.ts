/** What a runtime spec asks of a container's cgroup (runtime-spec v1.2.1 config-linux.md#control-groups) as limits. Pure. */
import { GockerError } from '../../errors/index.ts';
import type { LinuxResources } from '../../oci/index.ts';
import { cpuLimits } from './cpu.ts';
import { cpusetLimits } from './cpuset.ts';
import { ioLimits } from './io.ts';
import type { CgroupVersion, Controller, Limit } from './limit.ts';
import { memoryLimits } from './memory.ts';
import { pidsLimits } from './pids.ts';

/** Where this machine has its controllers. */
export interface Controllers {
  readonly unified: ReadonlySet<string>;
  /** By v1's names. */
  readonly v1: ReadonlySet<string>;
}

/** In the order in which they are to be written. */
export interface PlannedLimits {
  readonly unified: readonly Limit[];
  readonly v1: readonly Limit[];
}

/** @throws GockerError `CONTROLLER_MISSING`, which names it and what asked for it; `LIMIT_INVALID` */
export function planLimits(resources: LinuxResources, controllers: Controllers): PlannedLimits {
  const limits = { unified: [] as Limit[], v1: [] as Limit[] };
  for (const [controller, limitsFor] of Object.entries(parts(resources)) as [Controller, Part][]) {
    const version = controllers.unified.has(controller) ? 2 : 1;
    const asked = limitsFor(version);
    const [first] = asked;
    if (version === 1 && first !== undefined && !controllers.v1.has(nameInV1(controller))) throw missing(first);
    limits[version === 2 ? 'unified' : 'v1'].push(...asked);
  }
  for (const [file, value] of Object.entries(resources.unified ?? {})) {
    const limit = unifiedLimit(file, value);
    if (!controllers.unified.has(limit.controller)) throw missing(limit);
    limits.unified.push(limit);
  }
  return limits;
}

export function nameInV1(controller: Controller): string {
  return controller === 'io' ? 'blkio' : controller;
}

type Part = (version: CgroupVersion) => readonly Limit[];

function parts({ memory, cpu, pids, blockIO }: LinuxResources): Partial<Record<Controller, Part>> {
  return {
    cpuset: () => cpusetLimits(cpu),
    cpu: (version) => cpuLimits(cpu, version),
    memory: (version) => memoryLimits(memory, version),
    pids: () => pidsLimits(pids),
    io: (version) => ioLimits(blockIO, version),
  };
}

/** `memory.high`; what belongs to no controller (`cgroup.procs`) is gocker's own to write. */
function unifiedLimit(file: string, value: string): Limit {
  const controller = /^(memory|cpu|cpuset|pids|io|hugetlb|rdma|misc)\.[\w.]+$/.exec(file)?.[1];
  if (controller !== undefined)
    return { controller: controller as Controller, file, value, field: `unified["${file}"]` };
  throw new GockerError(
    'LIMIT_INVALID',
    `cannot write ${JSON.stringify(file)} (linux.resources.unified): it is no file of a controller (expected one such as "memory.high")`,
  );
}

function missing({ controller, field, flag }: Limit): GockerError {
  const asked = [`linux.resources.${field}`, ...(flag === undefined ? [] : [flag])].join(', ');
  return new GockerError(
    'CONTROLLER_MISSING',
    `cannot limit what the container uses (${asked}): this machine has no cgroup controller "${controller}" (expected it in /proc/cgroups, and mounted)`,
    {
      hint:
        controller === 'memory'
          ? 'Some kernels have it only when booted with "cgroup_enable=memory".'
          : 'Its kernel may be built without, or a container that gocker runs in may not have been given it.',
    },
  );
}
