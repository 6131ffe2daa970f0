/**
 * What is left when gocker, a monitor or a container is killed at any moment: files that every command understands, and nothing
 * that nobody finds. Moments are random; the seed is told with a failure and taken from GOCKER_TEST_SEED, their number from
 * GOCKER_TEST_KILLS.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { isAlive } from '../../src/engine/containers/status.ts';
import { killProcess, type ProcessIdentity } from '../../src/runtime/index.ts';
import { directoriesOf } from '../kernel/cgroups/place.ts';
import { random } from '../runtime/seccomp/random.ts';
import { alpine, entriesOf, Host, isRoot } from './host.ts';

const seed = Number(process.env.GOCKER_TEST_SEED ?? Date.now() % 1_000_000);
const kills = Number(process.env.GOCKER_TEST_KILLS ?? 40);
const seconds = Number(process.env.GOCKER_TEST_STORM ?? 1);

interface Recorded {
  readonly process?: ProcessIdentity;
  readonly owner: ProcessIdentity;
  readonly finished?: string;
  readonly kept?: boolean;
  readonly autoRemove: boolean;
}

describe.skipIf(alpine === undefined || !isRoot)('with Alpine in the store (root, ../shared)', () => {
  let host: Host;
  const seen = new Set<string>();

  beforeAll(async () => {
    host = await Host.withAlpine();
  });

  afterEach(async () => {
    for (const id of ids()) seen.add(id);
    const left = (await host.ok(['ps', '-aq'])).split('\n').filter((id) => id !== '');
    if (left.length > 0) await host.ok(['rm', '-f', ...left]);
  });

  afterAll(() => {
    const left = [
      ...host.leftovers(),
      ...entriesOf(join(host.root, 'names')).map((name) => `name ${name}`),
      ...ids().map((id) => `container ${id}`),
      ...[...seen].flatMap((id) => directoriesOf(`gocker/${id}`)),
    ];
    host.close();
    expect(left, `seed ${seed}`).toEqual([]);
  });

  const ids = () => entriesOf(join(host.root, 'containers'));
  const directory = (id: string) => join(host.root, 'containers', id);

  /** Undefined where it is gone, or still to be. */
  function recordOf(id: string): Recorded | undefined {
    try {
      return JSON.parse(readFileSync(join(directory(id), 'state.json'), 'utf8')) as Recorded;
    } catch {
      return undefined;
    }
  }

  const runs = (record: Recorded) => isAlive(record.process);

  /** What `ps -a` says of each container, by its id. */
  async function listed(): Promise<Map<string, string>> {
    const lines = (await host.ok(['ps', '-a', '--no-trunc', '--format', '{{.ID}} {{.State}}'])).trim().split('\n');
    return new Map(lines.filter((line) => line !== '').map((line) => line.split(' ') as [string, string]));
  }

  test(
    `kill -9 of gocker, of monitors and of containers at ${kills} moments leaves what every command understands`,
    async () => {
      const number = random(seed);
      const one = <T>(list: readonly T[]): T => list[number(list.length)] as T;
      const victims = () => ids().flatMap((id) => recordOf(id) ?? []);
      let made = 0;
      const commands: readonly (() => string[])[] = [
        () => ['run', '-d', '--name', `run${made++}`, 'alpine', 'sleep', '1000'],
        () => ['run', '-d', '--rm', '--name', `run${made++}`, 'alpine', 'sleep', '1000'],
        () => ['run', '--rm', 'alpine', 'sleep', '0.05'],
        () => ['create', '--name', `made${made++}`, 'alpine', 'sleep', '1000'],
        () => ['start', one(ids()) ?? 'none'],
        () => ['stop', '-t', '0', one(ids()) ?? 'none'],
        () => ['restart', '-t', '0', one(ids()) ?? 'none'],
        () => ['rename', one(ids()) ?? 'none', `renamed${made++}`],
        () => ['rm', '-f', one(ids()) ?? 'none'],
      ];
      for (let kill = 0; kill < kills; kill++) {
        const { child, finished } = host.start(one(commands)(), { input: '' });
        // From before its first line to after its last.
        await sleep(number(250));
        const target = number(4);
        const victim = one(victims());
        if (target === 0 && victim?.process !== undefined) killProcess(victim.process, 'SIGKILL');
        else if (target === 1 && victim?.finished === undefined && victim?.owner.pid !== process.pid)
          killProcess(victim?.owner ?? { pid: 1, startTime: -1 }, 'SIGKILL');
        else child.kill('SIGKILL');
        await finished;
        for (const id of ids()) seen.add(id);
      }
      // What clears up after the killed, once they have died and what they held has.
      const faults = async () => {
        await host.ok(['run', '--rm', 'alpine', 'true']);
        return ids().filter((id) => {
          const record = recordOf(id);
          if (record === undefined || record.kept !== true) return true;
          if (record.process === undefined || runs(record)) return false;
          return record.autoRemove || (record.finished === undefined && !existsSync(join(directory(id), 'exit')));
        });
      };
      await expect.poll(faults, { timeout: 20_000, interval: 200, message: `seed ${seed}` }).toEqual([]);
      for (const [id, state] of await listed()) {
        const record = recordOf(id);
        if (record === undefined) throw new Error(`seed ${seed}: no record of ${id}, which is ${state}`);
        expect([id, state], `seed ${seed}`).toEqual([
          id,
          runs(record) ? 'running' : expect.stringMatching(/created|exited/),
        ]);
        if (state === 'exited') expect(directoriesOf(`gocker/${id}`), `seed ${seed}`).toEqual([]);
      }
    },
    120_000 + kills * 1000,
  );

  test('of many creators of one name one wins, and of many containers that are renamed to one', async () => {
    const creators = Array.from({ length: 5 }, () => host.gocker(['create', '--name', 'same', 'alpine', 'true']));
    const outcomes = await Promise.all(creators);
    expect(outcomes.map(({ exitCode }) => exitCode).sort()).toEqual([0, 1, 1, 1, 1]);
    expect(outcomes.filter(({ stderr }) => stderr.includes('has that name'))).toHaveLength(4);
    expect(ids()).toHaveLength(1);
    const names = ['aa', 'bb', 'cc', 'dd'];
    await Promise.all(names.map((name) => host.ok(['create', '--name', name, 'alpine', 'true'])));
    const renamed = await Promise.all(names.map((name) => host.gocker(['rename', name, 'other'])));
    expect(renamed.filter(({ exitCode }) => exitCode === 0)).toHaveLength(1);
    const winner = names[renamed.findIndex(({ exitCode }) => exitCode === 0)];
    const after = (await host.ok(['ps', '-a', '--format', '{{.Names}}'])).trim().split('\n').sort();
    expect(after).toEqual([...names.filter((name) => name !== winner), 'other', 'same']);
    expect(entriesOf(join(host.root, 'names')).sort()).toEqual(after);
  });

  test(
    `20 that run, stop and remove at once for ${seconds} s lose nothing and leave nothing`,
    async () => {
      const end = Date.now() + seconds * 1000;
      const live = async (worker: number) => {
        for (let round = 0; round === 0 || Date.now() < end; round++) {
          const name = `worker${worker}-${round}`;
          const id = (await host.ok(['run', '-d', '--name', name, 'alpine', 'sleep', '1000'])).trim();
          seen.add(id);
          expect((await listed()).get(id)).toBe('running');
          expect(await host.ok(['stop', '-t', '0', name])).toBe(`${name}\n`);
          expect(await host.ok(['rm', name])).toBe(`${name}\n`);
        }
      };
      await Promise.all(Array.from({ length: 20 }, (_, worker) => live(worker)));
      expect(ids()).toEqual([]);
      expect(host.leftovers()).toEqual([]);
    },
    120_000 + seconds * 1000,
  );

  test('after a reboot containers have ended, and start again', async () => {
    const run = join(host.folder, 'run');
    const env = { GOCKER_RUN: run };
    const gocker = (...args: string[]) => host.ok(args, { env });
    const id = (await gocker('run', '-d', '--name', 'web', 'alpine', 'sleep', '1000')).trim();
    await gocker('run', '-d', '--rm', '--name', 'brief', 'alpine', 'sleep', '1000');
    await gocker('create', '--name', 'fresh', 'alpine', 'sleep', '1000');
    await gocker('run', '-d', '--name', 'done', 'alpine', 'true');
    await gocker('wait', 'done');
    // As a boot does it: all at once, and nothing is left that a boot forgets.
    for (const each of ids()) {
      seen.add(each);
      const record = recordOf(each);
      if (record?.owner !== undefined && record.finished === undefined) killProcess(record.owner, 'SIGKILL');
    }
    rmSync(run, { recursive: true });
    await expect.poll(() => directoriesOf(`gocker/${id}`).every((path) => isEmpty(path))).toBe(true);
    const states = async () =>
      (await gocker('ps', '-a', '--format', '{{.Names}} {{.State}}')).trim().split('\n').sort();
    expect(await states()).toEqual(['brief exited', 'done exited', 'fresh created', 'web exited']);
    expect(await gocker('start', 'web', 'fresh')).toBe('web\nfresh\n');
    // The one that was to vanish with its process has.
    expect(await states()).toEqual(['done exited', 'fresh running', 'web running']);
    expect(await gocker('rm', '-f', 'web', 'fresh', 'done')).toBe('web\nfresh\ndone\n');
    expect(entriesOf(join(run, 'alive'))).toEqual([]);
  });
});

/** Of processes. */
function isEmpty(cgroup: string): boolean {
  return readFileSync(join(cgroup, 'cgroup.procs'), 'latin1') === '';
}
