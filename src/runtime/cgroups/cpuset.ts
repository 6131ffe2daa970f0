/** Which CPUs and memory nodes: cgroup-v2.rst "Cpuset Interface Files", cgroup-v1/cpusets.rst. */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { GockerError } from '../../errors/index.ts';
import type { LinuxResources } from '../../oci/index.ts';
import type { CgroupVersion, Limit } from './limit.ts';

const kinds = [
  { key: 'cpus', flag: '--cpuset-cpus', what: 'CPUs' },
  { key: 'mems', flag: '--cpuset-mems', what: 'memory nodes' },
] as const;

export function cpusetLimits(cpu: LinuxResources['cpu']): Limit[] {
  return kinds.flatMap(({ key, flag }) => {
    const value = cpu?.[key] ?? '';
    if (value === '') return [];
    return [{ controller: 'cpuset', file: `cpuset.${key}`, value, field: `cpu.${key}`, flag } as const];
  });
}

/**
 * In v1 a new cgroup has neither CPU nor memory node, and can hold no process before it has: from the top down, each takes its
 * parent's, where nobody has given it others.
 *
 * @param directories the container's cgroup and those above it, the topmost first
 */
export function inheritCpuset(mountpoint: string, directories: readonly string[]): void {
  let parent = mountpoint;
  for (const directory of directories) {
    for (const { key } of kinds) {
      const file = `cpuset.${key}`;
      if (read(directory, file) === '') writeFileSync(join(directory, file), read(parent, file));
    }
    parent = directory;
  }
}

/**
 * The kernel takes what is not there and falls back to all (v2), or says EACCES (v1).
 *
 * @param directory the container's cgroup: what its parent has can be had
 * @throws GockerError `LIMIT_INVALID`
 */
export function checkCpuset(limit: Limit, directory: string, version: CgroupVersion): void {
  const kind = kinds.find(({ key }) => limit.file === `cpuset.${key}`);
  if (kind === undefined) return;
  const available = read(
    dirname(directory),
    version === 2 ? `cpuset.${kind.key}.effective` : `cpuset.effective_${kind.key}`,
  );
  const there = new Set(numbersIn(available));
  const wanted = numbersIn(limit.value);
  if (wanted?.every((number) => there.has(number))) return;
  const is = wanted === undefined ? 'it is no list of numbers' : `requested ${kind.what} are not available`;
  throw new GockerError(
    'LIMIT_INVALID',
    `cannot use ${kind.what} "${limit.value}" (linux.resources.${limit.field}, ${kind.flag}): ${is} (expected some of ${available})`,
  );
}

/**
 *   list  ::= range ("," range)*
 *   range ::= NUMBER ("-" NUMBER)?
 *
 * @returns undefined where it is none
 */
export function numbersIn(list: string): number[] | undefined {
  const numbers: number[] = [];
  for (const range of list.trim().split(',')) {
    const [, first = '', last = first] = /^\s*(\d{1,5})(?:-(\d{1,5}))?\s*$/.exec(range) ?? [];
    if (first === '' || Number(first) > Number(last)) return undefined;
    for (let number = Number(first); number <= Number(last); number++) numbers.push(number);
  }
  return numbers;
}

function read(directory: string, file: string): string {
  return readFileSync(join(directory, file), 'latin1').trim();
}
