/** Namespaces that are shared with the host, or with a container that runs. */
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { expect } from 'vitest';
import type { Mount, NamespaceType } from '../../../src/oci/index.ts';
import { type ContainerProcess, defaultMounts, defaultNamespaces, launch } from '../../../src/runtime/index.ts';
import { leftovers, overlay, rootTest, run, sh, specOf } from '../runtime/alpine.ts';

const files = { pid: 'pid', network: 'net', ipc: 'ipc', uts: 'uts', cgroup: 'cgroup' } as const;
type Shared = keyof typeof files;
const types = Object.keys(files) as Shared[];

const linksOf = (pid: number | 'self') => types.map((type) => readlinkSync(`/proc/${pid}/ns/${files[type]}`));
const showLinks = `for n in ${Object.values(files).join(' ')}; do readlink /proc/self/ns/$n; done`;
const without = (type: NamespaceType) => defaultNamespaces('private').filter((one) => one.type !== type);

/** A container that others join, until `use` is done. */
async function beside<T>(use: (other: ContainerProcess) => Promise<T>): Promise<T> {
  const spec = specOf(['sh', '-ec', 'echo shared > /dev/shm/file; echo ready; sleep 1000']);
  const other = await launch({ spec, rootfs: overlay(), stdin: 'null' });
  try {
    await new Promise((resolve) => other.stdout.once('data', resolve));
    return await use(other);
  } finally {
    other.kill('KILL');
    other.stdout.resume();
    await other.exited();
  }
}

function joining(other: ContainerProcess, type: Shared, mounts: readonly Mount[] = defaultMounts()) {
  const namespaces = [...without(type), { type, path: `/proc/${other.pid}/ns/${files[type]}` }];
  return { ...specOf(['sh', '-ec', showLinks], { linux: { namespaces, sysctl: {} } }), hostname: 'own', mounts };
}

rootTest('each namespace that is left out of the spec is the host’s, and no other is', async () => {
  const outside = linksOf('self');
  for (const [index, type] of types.entries()) {
    const { hostname: _, ...spec } = specOf(['sh', '-ec', showLinks], {
      linux: { namespaces: without(type), sysctl: {} },
    });
    const { stdout, stderr } = await run([], { spec });
    const inside = stdout.trimEnd().split('\n');
    expect(
      inside.map((link, at) => link === outside[at]),
      `${type}: ${stderr}`,
    ).toEqual(types.map((_, at) => at === index));
  }
});

rootTest('each namespace that is joined is the other container’s, and no other is', async () => {
  await beside(async (other) => {
    const theirs = linksOf(other.pid);
    for (const [index, type] of types.entries()) {
      const { stdout, stderr } = await run([], { spec: joining(other, type), joins: [other] });
      const inside = stdout.trimEnd().split('\n');
      expect(
        inside.map((link, at) => link === theirs[at]),
        `${type}: ${stderr}`,
      ).toEqual(types.map((_, at) => at === index));
    }
  });
});

rootTest(
  'who joins a pid namespace is a child there, sees its processes in its own /proc, and leads a session',
  async () => {
    await beside(async (other) => {
      const spec = joining(other, 'pid');
      const script = 'cat /proc/1/cmdline | tr "\\0" " "; cut -d" " -f6 /proc/self/stat';
      const { stdout, container, exit } = await run([], {
        spec: { ...spec, process: { ...spec.process, args: ['sh', '-ec', `sh -c '${script}'; sleep 1000 & exit 3`] } },
        joins: [other],
      });
      expect(exit.exitCode).toBe(3);
      // Process 1 is theirs. Of the joining container the first is process 2 there, and leads a session.
      expect(stdout.trim()).toBe('sleep 1000 2');
      expect(container.startTime).toBeGreaterThan(0);
      // The sleep in the background has been ended with its container, though process 1 there lives on.
      const children = readFileSync(`/proc/${other.pid}/task/${other.pid}/children`, 'latin1')
        .split(' ')
        .filter(Boolean);
      const alive = children
        .map((child) => readFileSync(`/proc/${child}/cmdline`, 'latin1'))
        .filter((text) => text !== '');
      expect(alive).toEqual([]);
    });
  },
);

rootTest('who joins an IPC namespace finds what the other has in /dev/shm', async () => {
  await beside(async (other) => {
    const shm = {
      destination: '/dev/shm',
      type: 'bind',
      source: `/proc/${other.pid}/root/dev/shm`,
      options: ['bind', 'nosuid', 'nodev', 'noexec'],
    };
    const mounts = [...defaultMounts().filter(({ destination }) => destination !== '/dev/shm'), shm];
    const spec = joining(other, 'ipc', mounts);
    const script =
      'cat /dev/shm/file; echo answer > /dev/shm/answer; grep " /dev/shm " /proc/mounts | cut -d" " -f3,4 | cut -d, -f1-4';
    const { stdout } = await run([], {
      spec: { ...spec, process: { ...spec.process, args: ['sh', '-ec', script] } },
      joins: [other],
    });
    expect(stdout).toBe('shared\ntmpfs rw,nosuid,nodev,noexec\n');
    expect(readFileSync(`/proc/${other.pid}/root/dev/shm/answer`, 'latin1')).toBe('answer\n');
  });
});

rootTest('a container with the host’s pid namespace sees its processes, and none of its own outlives it', async () => {
  const namespaces = without('pid');
  const { stdout } = await run(
    ['sh', '-ec', `grep -q . /proc/${process.pid}/cmdline && echo seen; sleep 1000 & echo $!`],
    {
      linux: { namespaces },
    },
  );
  const [seen, child] = stdout.trim().split('\n');
  expect(seen).toBe('seen');
  expect(await stateOf(Number(child))).toMatch(/^(?:gone|Z|X)$/);
});

rootTest('a container with the host’s UTS namespace has its name, and with its own another', async () => {
  const { hostname: _, ...spec } = specOf(['hostname'], { linux: { namespaces: without('uts') } });
  expect((await run([], { spec })).stdout.trim()).toBe(hostname());
  expect(await sh('hostname; cat /proc/sys/kernel/domainname', {})).toBe('box\n(none)');
  const named = { ...specOf(['cat', '/proc/sys/kernel/domainname']), domainname: 'example.org' };
  expect((await run([], { spec: named })).stdout).toBe('example.org\n');
});

rootTest('a process that has ended is joined by nobody, and nothing is left of the attempt', async () => {
  const before = leftovers();
  const spec = await beside(async (other) => {
    const stale = { pid: other.pid, startTime: other.startTime + 1 };
    await expect(run([], { spec: joining(other, 'ipc'), joins: [stale] })).rejects.toMatchObject({
      code: 'NAMESPACE_GONE',
    });
    return joining(other, 'ipc');
  });
  await expect(run([], { spec })).rejects.toMatchObject({ code: 'NAMESPACE_GONE' });
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(leftovers()).toEqual(before);
});

async function stateOf(pid: number): Promise<string> {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
  } catch {
    return 'gone';
  }
}
