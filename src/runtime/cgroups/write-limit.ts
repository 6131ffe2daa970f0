/** Writes a limit into a cgroup; what the kernel refuses is told with the flag, the value and what would be right. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GockerError } from '../../errors/index.ts';
import { checkCpuset } from './cpuset.ts';
import { codeOf } from './directories.ts';
import type { CgroupVersion, Limit } from './limit.ts';

/** What the kernel takes, where its error does not say. */
const expectations: Readonly<Record<string, string>> = {
  'cpu.max': 'a period of 1000 to 1000000 µs, and a quota of 1000 µs or more',
  'cpu.cfs_period_us': '1000 to 1000000 µs, and a share of the CPUs no greater than that of the cgroup above',
  'cpu.cfs_quota_us': '1000 µs or more, and a share of the CPUs no greater than that of the cgroup above',
  'pids.max': '1 to 4194304',
  'io.max': 'a whole disk of this machine, and no partition of one',
  'io.weight': '10 to 1000',
  'io.bfq.weight': '10 to 1000',
  'blkio.bfq.weight': '10 to 1000',
};

/**
 * @throws GockerError `LIMIT_INVALID` for what the kernel refuses, `LIMIT_UNSUPPORTED` where it has no such limit. ENOENT where
 *   there is no such cgroup any more
 */
export function writeLimit(limit: Limit, directory: string, version: CgroupVersion): void {
  if (limit.controller === 'cpuset') checkCpuset(limit, directory, version);
  const candidates = limit.otherwise === undefined ? [limit] : [limit, limit.otherwise];
  const chosen = candidates.find(({ file }) => existsSync(join(directory, file)));
  if (chosen === undefined) throw existsSync(directory) ? unsupported(limit) : gone(directory);
  try {
    // Not "w": cgroup files are neither made nor cut.
    writeFileSync(join(directory, chosen.file), chosen.value, { flag: 'r+' });
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') throw cause;
    throw refused(limit, chosen, cause);
  }
}

/** `linux.resources.memory.limit, --memory` */
export function askedBy({ field, flag }: Limit): string {
  return [`linux.resources.${field}`, ...(flag === undefined ? [] : [flag])].join(', ');
}

function refused(limit: Limit, { file, value }: Pick<Limit, 'file' | 'value'>, cause: unknown): GockerError {
  const expected = file.startsWith('blkio.throttle.') ? expectations['io.max'] : expectations[file];
  const should = expected === undefined ? '' : ` (expected ${expected})`;
  return new GockerError(
    'LIMIT_INVALID',
    `cannot set "${file}" to "${value}" (${askedBy(limit)}): the kernel says ${codeOf(cause)}${should}`,
    { cause },
  );
}

function unsupported(limit: Limit): GockerError {
  const { file, otherwise, field } = limit;
  const files = [file, ...(otherwise === undefined ? [] : [otherwise.file])].map((name) => `"${name}"`).join(' nor ');
  const hint =
    field === 'memory.swap'
      ? 'This kernel does not count swap: boot it with "swapaccount=1", or limit memory alone.'
      : field === 'blockIO.weight'
        ? 'Weights want a disk whose I/O scheduler is bfq, or io.cost: see /sys/block/*/queue/scheduler.'
        : undefined;
  return new GockerError(
    'LIMIT_UNSUPPORTED',
    `cannot set a limit (${askedBy(limit)}): this kernel has no ${files} (expected it among the files of a cgroup)`,
    { hint },
  );
}

function gone(directory: string): Error {
  return Object.assign(new Error(`ENOENT: "${directory}" is gone`), { code: 'ENOENT' });
}
