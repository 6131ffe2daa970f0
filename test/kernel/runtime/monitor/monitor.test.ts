/** A container under a monitor: what it writes is kept, its end is told, and nothing stays. */

import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { expect } from 'vitest';
import { readExit } from '../../../../src/runtime/index.ts';
import { firstFree, places } from '../../../../src/runtime/monitor/places.ts';
import { leftovers, rootTest, scratch, specOf } from '../alpine.ts';
import { isGone, monitorOptions, recordsOf, runMonitored, start, textOf, until } from './monitored.ts';

rootTest('a monitor keeps what its container writes, tells how it ended, and leaves nothing', async () => {
  const before = leftovers();
  const { records, exit } = await runMonitored(['sh', '-c', 'echo out; echo err >&2; exit 3']);
  expect([textOf(records, 1), textOf(records, 2)]).toEqual(['out\n', 'err\n']);
  expect(exit).toMatchObject({ exitCode: 3, finished: expect.stringMatching(/^\d{4}-.*\.\d{9}Z$/) });
  expect(leftovers()).toEqual(before);
});

rootTest('a container that a signal ended says so, and its last words are kept', async () => {
  const { exit, records } = await runMonitored(['sh', '-c', 'echo last; kill -SEGV $$'], { init: true });
  expect(exit).toMatchObject({ exitCode: 139 });
  expect(textOf(records, 1)).toBe('last\n');
  const { container, monitor } = await start(['sleep', '1000']);
  await container.release();
  process.kill(container.pid, 'SIGTERM');
  process.kill(container.pid, 'SIGKILL');
  await until(() => existsSync(monitor.exit), 'the end');
  expect(readExit(monitor.exit)).toMatchObject({
    exitCode: 137,
    signal: 'SIGKILL',
  });
});

rootTest('a monitor has the descriptors of its places, a name for ps, and nothing of node', async () => {
  const { container } = await start(['sleep', '1000'], { stdin: 'pipe' });
  const { pid } = container.monitor;
  await container.release();
  // It has taken the word once that socket is closed.
  await until(() => !readdirSync(`/proc/${pid}/fd`).includes('14'), 'the watch');
  expect(
    readdirSync(`/proc/${pid}/fd`)
      .map(Number)
      .sort((a, b) => a - b),
  ).toEqual([...Array(firstFree).keys()].filter((fd) => fd !== places.go));
  expect(readFileSync(`/proc/${pid}/comm`, 'latin1')).toBe('gocker-monitor\n');
  expect(readFileSync(`/proc/${pid}/cmdline`, 'latin1')).toBe('gocker-monitor\0tested\0');
  expect(readFileSync(`/proc/${pid}/maps`, 'latin1')).not.toMatch(/node|libc/);
  expect(readFileSync(`/proc/${pid}/environ`, 'latin1')).toBe('');
  process.kill(container.pid, 'SIGKILL');
  await until(() => isGone(pid), 'the end of the monitor');
});

rootTest('a monitor whose container’s processes share the host’s pids kills them at its end', async () => {
  const before = leftovers();
  const { namespaces } = specOf(['x']).linux;
  const linux = { namespaces: namespaces.filter(({ type }) => type !== 'pid') };
  const { exit, records } = await runMonitored(['sh', '-c', 'sleep 1000 & echo $!'], { linux });
  expect(exit).toMatchObject({ exitCode: 0 });
  const pid = Number(textOf(records, 1));
  await until(() => isGone(pid), 'the end of all of its processes');
  // The monitor takes the cgroup away when it sees it empty, a moment after them.
  await until(() => leftovers().cgroups.length === before.cgroups.length, 'the end of its cgroup');
  expect(leftovers()).toEqual(before);
});

rootTest('the processes that made the container’s, one after the other, are no zombies', async () => {
  const { container } = await start(['sleep', '1000']);
  const { namespaces } = specOf(['x']).linux;
  const path = `/proc/${container.pid}/ns/pid`;
  const joined = namespaces.map((one) => (one.type === 'pid' ? { ...one, path } : one));
  const other = await start(['sleep', '1000'], { linux: { namespaces: joined } });
  await other.container.release();
  const children = `/proc/${other.container.monitor.pid}/task/${other.container.monitor.pid}/children`;
  await until(() => readFileSync(children, 'latin1').trim() === `${other.container.pid}`, 'one child alone');
  await container.abandon();
  await until(() => isGone(other.container.monitor.pid), 'the end of both');
});

rootTest('a container in a user namespace of its own is watched as others are', async () => {
  const mappings = [{ containerID: 0, hostID: 100_000, size: 65_536 }];
  const { namespaces } = specOf(['x']).linux;
  const linux = {
    namespaces: [...namespaces, { type: 'user' } as const],
    uidMappings: mappings,
    gidMappings: mappings,
    sysctl: {},
  };
  const { exit, records } = await runMonitored(['sh', '-c', 'cat /proc/self/uid_map; exit 4'], { linux });
  expect(exit).toMatchObject({ exitCode: 4 });
  expect(textOf(records, 1)).toMatch(/^ +0 +100000 +65536\n$/);
});

rootTest('a container that ran out of memory says so', async () => {
  const linux = { resources: { memory: { limit: 16 * 2 ** 20, swap: 16 * 2 ** 20 } } };
  const { exit } = await runMonitored(['sh', '-c', 'tail /dev/zero'], { linux });
  expect(exit).toMatchObject({ exitCode: 137, oomKilled: true });
});

rootTest('the mark of a monitor is what it removes last', async () => {
  const directory = scratch('marked');
  const { container, monitor } = await start(['sh', '-c', 'read line'], {
    stdin: 'pipe',
    monitor: {
      ...monitorOptions(directory),
      mark: ({ pid, startTime }) => join(directory, `alive.${pid}.${startTime}`),
    },
  });
  const { pid, startTime } = container.monitor;
  const mark = join(directory, `alive.${pid}.${startTime}`);
  writeFileSync(mark, '');
  await container.release();
  process.kill(container.pid, 'SIGKILL');
  await until(() => !existsSync(mark), 'the end of the mark');
  expect(existsSync(monitor.exit)).toBe(true);
});

rootTest('where there is a successor, the monitor becomes it: the same process, with its mark', async () => {
  const directory = scratch('succeeded');
  const seen = join(directory, 'seen');
  // Without a child: a shell that has had one unblocks signals itself.
  const script = 'echo $$; cd /proc/$$/fd; echo *; exec grep -E "SigBlk|SigIgn" /proc/self/status';
  const command = `{ ${script}; } > ${seen}`;
  const options = monitorOptions(directory);
  const successor = { ...options.successor, argv: ['sh', '-c', command], env: ['PATH=/usr/bin:/bin'] };
  const mark = join(directory, 'mark');
  writeFileSync(mark, '');
  writeFileSync(successor.when, '');
  const { container } = await start(['true'], { monitor: { ...options, successor, mark: () => mark } });
  await container.release();
  await until(() => existsSync(seen) && /SigIgn.*\n/.test(readFileSync(seen, 'latin1')), 'the successor');
  const [pid, ...rest] = readFileSync(seen, 'latin1').trim().split('\n');
  expect(Number(pid)).toBe(container.monitor.pid);
  // The last two are the shell's own, for its redirected output and for looking.
  expect(rest.join(' ')).toMatch(/^0 1 10 2 3 SigBlk:\s0+ SigIgn:\s0+$/);
  expect([existsSync(mark), existsSync(options.exit)]).toEqual([true, true]);
});

rootTest('a pulse is a child with the timer alone, again and again, and no zombie', async () => {
  const directory = scratch('pulse');
  const seen = join(directory, 'pulses');
  const script = `ls -l /proc/$$/fd | grep -c anon_inode:.timerfd >> ${seen}`;
  const pulse = { everyMs: 20, file: '/bin/sh', argv: ['sh', '-c', script], env: ['PATH=/usr/bin:/bin'] };
  const { container } = await start(['sleep', '1000'], { monitor: { ...monitorOptions(directory), pulse } });
  const { pid } = container.monitor;
  await container.release();
  await until(() => existsSync(seen) && readFileSync(seen, 'latin1') === '1\n', 'a pulse');
  const children = `/proc/${pid}/task/${pid}/children`;
  await until(() => readFileSync(children, 'latin1').trim() === `${container.pid}`, 'the end of the pulse');
  process.kill(container.pid, 'SIGKILL');
  await until(() => isGone(pid), 'the end of the monitor');
});

rootTest('a log goes on where the one before ended', async () => {
  const directory = scratch('again');
  const monitor = monitorOptions(directory);
  await runMonitored(['echo', 'one'], { monitor });
  const { records } = await runMonitored(['echo', 'two'], { monitor });
  expect(textOf(records, 1)).toBe('one\ntwo\n');
  expect(recordsOf(monitor.log.path)).toHaveLength(2);
});

rootTest(
  'what a monitor holds is open as long as its container is there, and closed by its maker at once',
  async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    // A copy, as only the monitor has it once ours is closed.
    const { fd } = (server as unknown as { _handle: { fd: number } })._handle;
    const { container } = await start(['sleep', '1000'], { monitor: { held: [fd] } });
    await container.release();
    server.close();
    await once(server, 'close');
    expect(await isTaken(port)).toBe(true);
    process.kill(container.pid, 'SIGKILL');
    await until(() => isGone(container.monitor.pid), 'the end of the monitor');
    expect(await isTaken(port)).toBe(false);
  },
);

async function isTaken(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return false;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return true;
    throw error;
  } finally {
    server.close();
  }
}
