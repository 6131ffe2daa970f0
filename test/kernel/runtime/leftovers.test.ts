/** After every road that a launch can take, the host is as it was. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { cgroup2Mountpoint, killProcess, launch, removeCgroup } from '../../../src/runtime/index.ts';
import { bundle } from '../../support/bundle.ts';
import { alpine, leftovers, overlay, rootTest, run, scratch, specOf } from './alpine.ts';

/** Sockets and pipes are closed by their streams a turn of the event loop later. */
async function settledLeftovers() {
  await new Promise((resolve) => setTimeout(resolve, 20));
  return leftovers();
}

rootTest('nothing is left of containers that ran, failed to start, or were killed', async () => {
  await run(['true']);
  const before = await settledLeftovers();

  await run(['sh', '-c', 'sleep 1000 & exit 3']);
  await run(['nope']).catch(() => {});
  await run(['true'], { process: { terminal: true } });
  await run(['nope'], { process: { terminal: true } }).catch(() => {});
  await run(['true'], { mounts: [{ destination: '/x', type: 'nosuchfs', source: 'x' }] }).catch(() => {});
  await run(['true'], { prepare: () => Promise.reject(new Error('no')) }).catch(() => {});
  await run(['true'], { linux: { sysctl: { 'kernel.panic': '1' } } }).catch(() => {});
  const killed = await launch({ spec: specOf(['sleep', '1000']), rootfs: overlay(), stdin: 'pipe' });
  killed.stdout.resume();
  killed.stderr.resume();
  killed.stdin?.end();
  killed.kill('KILL');
  await killed.exited();

  expect(await settledLeftovers()).toEqual(before);
  expect(before.cgroups).toEqual([]);
  expect(before.children).toBe('');
});

rootTest('no descriptor is lost over fifty containers, ten at a time', async () => {
  await run(['true']);
  const before = await settledLeftovers();
  for (let round = 0; round < 5; round++) {
    const results = await Promise.all(Array.from({ length: 10 }, (_, index) => run(['sh', '-c', `echo ${index}`])));
    expect(results.map(({ stdout }) => stdout)).toEqual(Array.from({ length: 10 }, (_, index) => `${index}\n`));
  }
  expect(await settledLeftovers()).toEqual(before);
});

rootTest('a container is in its cgroup from its first moment, which is gone with it', async () => {
  const spec = specOf(['sleep', '1000']);
  const path = join(cgroup2Mountpoint() ?? '/nowhere', spec.linux.cgroupsPath ?? '');
  let early = '';
  const container = await launch({
    spec,
    rootfs: overlay(),
    stdin: 'null',
    prepare: async ({ pid }) => {
      early = readFileSync(join(path, 'cgroup.procs'), 'latin1');
      expect(early).toBe(`${pid}\n`);
    },
  });
  expect(readFileSync(join(path, 'cgroup.procs'), 'latin1')).toBe(`${container.pid}\n`);
  container.kill('KILL');
  await container.exited();
  expect(existsSync(path)).toBe(false);
});

rootTest('a container whose processes share the host’s pids has them all killed at its end', async () => {
  const namespaces = specOf(['x']).linux.namespaces.filter(({ type }) => type !== 'pid');
  const spec = specOf(['sh', '-c', 'sleep 1000 & echo $!'], { linux: { namespaces } });
  const { stdout } = await run([], { spec });
  // A zombie is its new parent's to reap: process 1 of this machine.
  const stat = `/proc/${stdout.trim()}/stat`;
  expect(existsSync(stat) ? readFileSync(stat, 'latin1') : 'gone').toMatch(/^gone$|\) [ZX] /);
});

rootTest('killProcess() signals the process that was meant and no later one with its pid', async () => {
  const container = await launch({ spec: specOf(['sleep', '1000']), rootfs: overlay(), stdin: 'null' });
  const { pid, startTime } = container;
  expect(killProcess({ pid, startTime: startTime + 1 }, 'KILL')).toBe(false);
  expect(killProcess({ pid, startTime }, 'KILL')).toBe(true);
  expect(await container.exited()).toMatchObject({ signal: 'SIGKILL' });
  expect(killProcess({ pid, startTime }, 'KILL')).toBe(false);
});

/** The library in a process of its own, which launches a container and tells its pid. */
async function otherGocker(phase: 'gate' | 'running') {
  const directory = scratch('other');
  const source = join(directory, 'other.ts');
  const { rootfs, spec } = { rootfs: overlay(), spec: specOf(['sleep', '1000']) };
  const index = join(import.meta.dirname, '../../../src/runtime/index.ts');
  writeFileSync(
    source,
    `import { launch } from ${JSON.stringify(index)};
     const say = ({ pid }) => process.stdout.write(pid + '\\n');
     const prepare = (child) => { ${phase === 'gate' ? 'say(child); return new Promise(() => {})' : 'return Promise.resolve()'} };
     say(await launch({ spec: ${JSON.stringify(spec)}, rootfs: ${JSON.stringify(rootfs)}, stdin: 'null', prepare }));`,
  );
  const { path, remove } = await bundle(source);
  const gocker = spawn(process.execPath, [path], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(gocker.stdout, 'data');
  remove();
  return { gocker, pid: Number(String(line)), cgroup: spec.linux.cgroupsPath ?? '' };
}

for (const phase of ['gate', 'running'] as const) {
  rootTest(`kill -9 of gocker ends its container (${phase})`, async () => {
    alpine();
    const { gocker, pid, cgroup } = await otherGocker(phase);
    expect(existsSync(`/proc/${pid}`)).toBe(true);
    gocker.kill('SIGKILL');
    while (existsSync(`/proc/${pid}`)) await new Promise((resolve) => setTimeout(resolve, 5));

    // Whoever finds the container dead puts away what its gocker could not.
    expect(leftovers().cgroups).toHaveLength(1);
    await removeCgroup(cgroup);
    expect(leftovers().cgroups).toEqual([]);
  });
}
