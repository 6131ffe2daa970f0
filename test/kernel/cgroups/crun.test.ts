/** What crun writes into the files of a cgroup for the same spec, gocker writes too. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { LinuxResources, Spec } from '../../../src/oci/index.ts';
import { alpine, scratch } from '../runtime/alpine.ts';
import { directoriesOf, during, needing, placeOf, specWith } from './place.ts';

const m = 1024 ** 2;
const parent = `crun-test-${process.pid}`;
const hasCrun = spawnSync('crun', ['--version']).status === 0;
const compared = hasCrun ? needing('memory', 'cpu', 'cpuset', 'pids', 'io') : needing().skip;

/** Settings, and no counters. */
const isSetting = (file: string) =>
  /^(?:memory\.(?:max|high|low|min|swap\.max|limit_in_bytes|memsw\.limit_in_bytes|soft_limit_in_bytes)|cpu\.(?:max|shares|cfs_\w+)|cpuset\.(?:cpus|mems)|pids\.max|io\.max|(?:io|blkio)\.bfq\.weight|blkio\.throttle\.\w+_device)$/.test(
    file,
  );

/** Of controllers that a limit asked for; crun makes a cgroup in each hierarchy, which says nothing. */
function settingsOf(name: string): Record<string, string> {
  const settings = directoriesOf(name).flatMap((directory) =>
    readdirSync(directory)
      .filter(isSetting)
      .map((file): [string, string] => [file, readFileSync(join(directory, file), 'latin1').trim()]),
  );
  return Object.fromEntries(settings);
}

/** crun refuses hybrid machines: it sees this one without its cgroup v2. */
function duringCrun<T>(spec: Spec, look: () => T): T {
  const bundle = scratch('bundle');
  const id = `gocker-test-${process.pid}`;
  writeFileSync(
    join(bundle, 'config.json'),
    JSON.stringify({ ...spec, ociVersion: '1.0.2', root: { path: alpine() } }),
  );
  const hide = placeOf('memory')?.version === 1 ? 'umount /sys/fs/cgroup/unified 2>/dev/null || true; ' : '';
  const crun = (...args: string[]) =>
    execFileSync('unshare', ['-m', 'sh', '-c', `${hide}exec crun --cgroup-manager=cgroupfs "$@"`, 'sh', ...args], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  try {
    crun('run', '--detach', '--bundle', bundle, id);
    return look();
  } finally {
    crun('delete', '--force', id);
    for (const left of directoriesOf(parent)) rmdirSync(left);
  }
}

compared.each<LinuxResources>([
  { memory: { limit: 64 * m, reservation: 32 * m, swap: 128 * m } },
  { memory: { limit: 64 * m, swap: 64 * m } },
  { memory: { limit: 64 * m, swap: -1 } },
  { cpu: { quota: 20_000, period: 50_000 } },
  { cpu: { quota: 20_000 } },
  { cpu: { period: 50_000 } },
  { cpu: { cpus: '0', mems: '0' } },
  { pids: { limit: 20 } },
])('crun writes the same for %j', async (resources) => {
  const mine = specWith(resources, ['sleep', '1000']);
  const own = await during(mine, () => settingsOf(mine.linux.cgroupsPath ?? ''));
  const theirs = specWith(resources, ['sleep', '1000'], `${parent}/one`);
  const their = duringCrun(theirs, () => settingsOf(theirs.linux.cgroupsPath ?? ''));
  expect(Object.keys(own).length).toBeGreaterThan(0);
  for (const [file, value] of Object.entries(own)) expect({ [file]: their[file] }).toEqual({ [file]: value });
});
