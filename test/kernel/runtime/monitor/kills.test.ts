/** Whoever is killed, and whenever: there is a container that is watched, or nothing. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { cgroup2Mountpoint, readExit, removeCgroup } from '../../../../src/runtime/index.ts';
import { bundle } from '../../../support/bundle.ts';
import { leftovers, overlay, rootTest, specOf } from '../alpine.ts';
import { isGone, monitorOptions, start, until } from './monitored.ts';

rootTest('a container dies with its monitor', async () => {
  const { container, monitor, spec } = await start(['sleep', '1000']);
  await container.release();
  process.kill(container.monitor.pid, 'SIGKILL');
  await until(() => isGone(container.pid) && isGone(container.monitor.pid), 'the end of both');
  expect(readExit(monitor.exit)).toBeUndefined();
  await removeCgroup(spec.linux.cgroupsPath ?? '');
});

rootTest('what is abandoned is gone, and so is what fails to start', async () => {
  const before = leftovers();
  const { container } = await start(['sleep', '1000']);
  await container.abandon();
  expect(isGone(container.pid)).toBe(true);
  const missing = start(['nope']);
  await expect(missing).rejects.toMatchObject({ code: 'COMMAND_NOT_FOUND' });
  await expect(start(['nope'], { process: { terminal: true } })).rejects.toMatchObject({ code: 'COMMAND_NOT_FOUND' });
  await expect(start(['true'], { prepare: () => Promise.reject(new Error('no')) })).rejects.toThrow('no');
  await expect(start(['true'], { linux: { sysctl: { 'kernel.panic': '1' } } })).rejects.toThrow();
  const nowhere = { ...monitorOptions(), log: { path: '/nowhere/log' } };
  await expect(start(['true'], { monitor: nowhere })).rejects.toMatchObject({ code: 'ENOENT' });
  expect(leftovers()).toEqual(before);
});

rootTest('a monitor that was killed before its word to go on can’t be told to', async () => {
  const before = leftovers();
  const { container } = await start(['sleep', '1000']);
  process.kill(container.monitor.pid, 'SIGKILL');
  await until(() => isGone(container.pid), 'the end of the container');
  await expect(container.release()).rejects.toThrow(/EPIPE|ECONNRESET/);
  await container.abandon();
  expect(leftovers()).toEqual(before);
});

rootTest('no descriptor and no zombie is left of fifty containers, ten at a time', async () => {
  await (await start(['true'])).container.abandon();
  const before = leftovers();
  for (let round = 0; round < 5; round++) {
    const started = await Promise.all(Array.from({ length: 10 }, (_, index) => start(['sh', '-c', `exit ${index}`])));
    for (const { container } of started) await container.release();
    for (const { container } of started) await until(() => isGone(container.monitor.pid), 'the end of a monitor');
    expect(started.map(({ monitor }) => readExit(monitor.exit)?.exitCode)).toEqual([...Array(10).keys()]);
  }
  expect(leftovers()).toEqual(before);
});

rootTest(
  'a gocker that is killed at any moment leaves a container that is watched, or nothing',
  async () => {
    const script = await bundle(join(import.meta.dirname, 'launch-one.ts'));
    const rounds = 12;
    const seen = new Set<string>();
    try {
      // How long a launch takes from the first thing that it makes.
      const first = startLaunch(script.path, `killed-${process.pid}-first`);
      await until(first.hasBegun, 'the first thing that it makes');
      const started = performance.now();
      await until(first.isReleased, 'the release');
      const duration = performance.now() - started;
      seen.add(await first.kill());
      for (let round = 0; round < rounds; round++) {
        const launched = startLaunch(script.path, `killed-${process.pid}-${round}`);
        await until(launched.hasBegun, 'the first thing that it makes');
        const moment = performance.now() + (duration * round) / rounds;
        await until(() => performance.now() >= moment, 'the moment');
        seen.add(await launched.kill());
      }
    } finally {
      script.remove();
    }
    expect([...seen].sort()).toEqual(['released', 'undone']);
  },
  60_000,
);

/** A gocker of its own that launches one container. */
function startLaunch(script: string, name: string) {
  const monitor = monitorOptions();
  const spec = specOf(['sleep', '1000']);
  const cgroupName = spec.linux.cgroupsPath ?? '';
  const cgroup = join(cgroup2Mountpoint() ?? '/nowhere', cgroupName);
  const launch = JSON.stringify({ spec, rootfs: overlay(), stdin: 'null', monitor: { ...monitor, name } });
  const gocker = spawn(process.execPath, [script], {
    env: { ...process.env, GOCKER_TEST_LAUNCH: launch },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(gocker, 'close');
  let said = '';
  gocker.stdout.on('data', (text) => {
    said += text;
  });
  const processes = () => (existsSync(cgroup) ? readFileSync(join(cgroup, 'cgroup.procs'), 'latin1').trim() : '');
  return {
    hasBegun: () => existsSync(cgroup),
    isReleased: () => said.includes('released'),
    kill: async () => {
      gocker.kill('SIGKILL');
      await closed;
      const [pid = 0, container = 0] = said.split(/\s/).map(Number);
      await until(() => monitorsOf(name) === 0 || isWatching(pid), 'a decision');
      if (monitorsOf(name) === 0) {
        await until(() => processes() === '', 'the end of what it made');
        // Of what was made for no process yet, a sweep knows by its record.
        await removeCgroup(cgroupName);
        return 'undone';
      }
      expect(processes()).toBe(`${container}`);
      process.kill(container, 'SIGKILL');
      await until(() => isGone(pid), 'the end of the monitor');
      expect(readExit(monitor.exit)).toMatchObject({ exitCode: 137 });
      expect(existsSync(cgroup)).toBe(false);
      return 'released';
    },
  };
}

/** It has closed the socket by which it was told to. */
function isWatching(monitor: number): boolean {
  return monitor > 0 && existsSync(`/proc/${monitor}/fd`) && !readdirSync(`/proc/${monitor}/fd`).includes('14');
}

/** By the name that they show. */
function monitorsOf(name: string): number {
  return readdirSync('/proc').filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'latin1') === `gocker-monitor\0${name}\0`;
    } catch {
      return false;
    }
  }).length;
}
