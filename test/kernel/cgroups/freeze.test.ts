/** A container's processes, stopped where they are. */
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { freezeCgroup, isFrozen, killCgroup, launch, removeCgroup } from '../../../src/runtime/index.ts';
import { bundle } from '../../support/bundle.ts';
import { overlay, rootTest, scratch, specOf } from '../runtime/alpine.ts';
import { directoriesOf, during } from './place.ts';

const busy = ['sh', '-c', 'while :; do :; done'];

/** CPU time that it has used, in clock ticks: proc_pid_stat(5). */
function ticksOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? [];
  return Number(fields[11]) + Number(fields[12]);
}

/** Resolves once it has used the CPU. */
async function works(pid: number): Promise<void> {
  const before = ticksOf(pid);
  while (ticksOf(pid) === before) await new Promise((resolve) => setTimeout(resolve, 5));
}

rootTest('freezeCgroup() stops all processes of a container, and sets them going again', async () => {
  const spec = specOf(busy);
  const name = spec.linux.cgroupsPath ?? '';
  await during(spec, async ({ pid }) => {
    await works(pid);
    expect(isFrozen(name)).toBe(false);
    await freezeCgroup(name, true);
    expect(isFrozen(name)).toBe(true);
    // A frozen process waits in the kernel, and not for a CPU.
    expect(readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.[0]).toBe('S');
    const before = ticksOf(pid);
    const own = process.cpuUsage();
    // Five ticks of our own are time enough for a process that runs beside us to be seen to.
    while (process.cpuUsage(own).user < 50_000);
    expect(ticksOf(pid)).toBe(before);
    await freezeCgroup(name, false);
    expect(isFrozen(name)).toBe(false);
    await works(pid);
  });
});

rootTest('killCgroup() and removeCgroup() end a frozen container', async () => {
  for (const end of [killCgroup, removeCgroup]) {
    const spec = specOf(busy);
    const name = spec.linux.cgroupsPath ?? '';
    const container = await launch({ spec, rootfs: overlay(), stdin: 'null' });
    await freezeCgroup(name, true);
    await end(name);
    expect(await container.exited()).toEqual({ exitCode: 137, signal: 'SIGKILL' });
    expect(directoriesOf(name)).toEqual([]);
  }
});

rootTest('freezeCgroup() says of a cgroup that is not there that it can not be frozen', async () => {
  await expect(freezeCgroup('gocker/none', true)).rejects.toMatchObject({ code: 'FREEZER_MISSING' });
  expect(isFrozen('gocker/none')).toBe(false);
  expect(() => killCgroup('gocker/none')).not.toThrow();
});

rootTest('where there is no cgroup v2, the freezer of v1 does the same', async () => {
  const folder = scratch('v1');
  const source = join(folder, 'v1.ts');
  const path = (name: string) => JSON.stringify(join(import.meta.dirname, '../../..', name));
  const spec = specOf(busy);
  writeFileSync(
    source,
    `import { freezeCgroup, isFrozen, killCgroup, launch, cgroupHierarchies } from ${path('src/runtime/index.ts')};
     const { unified, v1 } = cgroupHierarchies();
     if (unified !== undefined || !v1.has('freezer')) console.log('SKIP');
     else {
       const spec = ${JSON.stringify(spec)};
       const name = spec.linux.cgroupsPath;
       const container = await launch({ spec, rootfs: ${JSON.stringify(overlay())}, stdin: 'null' });
       const seen = [isFrozen(name)];
       await freezeCgroup(name, true);
       seen.push(isFrozen(name));
       await freezeCgroup(name, false);
       seen.push(isFrozen(name));
       await freezeCgroup(name, true);
       killCgroup(name);
       seen.push((await container.exited()).exitCode);
       console.log(JSON.stringify(seen));
     }`,
  );
  const { path: program, remove } = await bundle(source);
  const script = 'mount --make-rprivate /; umount /sys/fs/cgroup/unified || umount /sys/fs/cgroup; exec "$@"';
  const { stdout } = await promisify(execFile)('unshare', ['-m', 'sh', '-c', script, 'sh', process.execPath, program]);
  remove();
  // On a machine without v1 there is nothing to try.
  if (stdout.trim() !== 'SKIP') expect(JSON.parse(stdout)).toEqual([false, true, false, 137]);
  expect(directoriesOf(spec.linux.cgroupsPath ?? '')).toEqual([]);
});
