/**
 * A day in the life of a machine: thirty containers, every verb that there is, in an order that chance chooses, while commands,
 * monitors and containers are killed at random. Whatever happened, every command ends in success or in an error that says
 * why, `ps` is true, and in the evening nothing is left.
 *
 * GOCKER_SEED=N plays a day again; GOCKER_DAY_STEPS=N makes it longer.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alpine, entriesOf, type Finished, Host, isRoot } from './host.ts';

const seed = Number(process.env.GOCKER_SEED ?? Math.floor(Math.random() * 2 ** 31));
const steps = Number(process.env.GOCKER_DAY_STEPS ?? 60);
const most = 30;

describe.skipIf(!isRoot || alpine === undefined)('a day in the life (root, ../shared)', () => {
  let host: Host;
  const random = generator(seed);

  beforeAll(async () => {
    host = await Host.withAlpine();
  });

  afterAll(() => {
    host.close();
  });

  test(`ends with an empty host: seed ${seed}, ${steps} steps`, { timeout: 300_000 }, async () => {
    const day = new Day(host, random);
    while (day.names.size < most) await day.make();
    for (let step = 0; step < steps; step += 3) {
      // Three at once, so that verbs meet.
      await Promise.all([day.step(), day.step(), day.step()]);
      if (step % 15 === 0) await day.checkTruth();
    }
    await day.checkTruth();
    await day.end();
    expect(day.faults).toEqual([]);
    await expect.poll(() => host.leftovers(), { timeout: 20_000 }).toEqual([]);
    expect(entriesOf(join(host.root, 'containers'))).toEqual([]);
    expect(entriesOf(join(host.root, 'names'))).toEqual([]);
    expect(entriesOf(join(host.root, 'snapshots'))).toEqual([]);
    expect(await host.ok(['verify'])).not.toContain('corrupt');
  });
});

/** Park and Miller's generator: the same day for the same seed. */
function generator(from: number): () => number {
  let state = (from % 2147483646) + 1;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

/** What an error of ours looks like to a user: one line, no traces of our own code. */
function isTold({ exitCode, signal, stderr }: Finished): boolean {
  if (signal === 'SIGKILL' || exitCode === 0) return true;
  return stderr.trim() !== '' && !/TypeError|ReferenceError|RangeError|\n\s+at |ENOENT|undefined|\[object/.test(stderr);
}

class Day {
  readonly names = new Set<string>();
  /** What should not have happened, in words. */
  readonly faults: string[] = [];
  readonly #host: Host;
  readonly #random: () => number;
  #count = 0;

  constructor(host: Host, random: () => number) {
    this.#host = host;
    this.#random = random;
  }

  /** A container of one kind or another. */
  async make(): Promise<void> {
    const name = `c${this.#count++}`;
    const verb = this.#one([['run', '-d'], ['run', '-d'], ['create']]);
    const flags = this.#one([
      [],
      ['-t'],
      ['-i'],
      ['--init'],
      ['-m', '64m', '--pids-limit', '50'],
      ['--restart', 'on-failure:2'],
      ['--restart', 'unless-stopped'],
      ['--health-cmd', 'true', '--health-interval', '1s'],
      ['--log-opt', 'max-size=4k', '--log-opt', 'max-file=3'],
      ['--userns', 'auto'],
      ['-v', '/data', '--label', 'kind=data'],
      ['--read-only', '--tmpfs', '/tmp'],
    ]);
    const script = this.#one([
      'while :; do date; sleep 0.2; done',
      'trap "exit 3" TERM; while :; do sleep 0.1; done',
      'echo hello; exit 1',
      'i=0; while [ $i -lt 200 ]; do echo line $i; i=$((i+1)); done; sleep 1000',
      'sleep 1000',
      'exec cat',
    ]);
    this.names.add(name);
    await this.#do([...verb, '--stop-timeout', '1', '--name', name, ...flags, 'alpine', 'sh', '-c', script]);
  }

  async step(): Promise<void> {
    const chance = this.#random();
    if (chance < 0.08 && this.names.size < most) return this.make();
    const name = this.#one([...this.names]) ?? 'nobody';
    if (chance < 0.14) return this.#kill(name, this.#one(['process', 'owner']));
    await this.#do(this.#verb(name), chance > 0.9 ? Math.floor(this.#random() * 120) : undefined);
  }

  #verb(name: string): string[] {
    const other = `c${this.#count++}`;
    const verb = this.#one<() => string[]>([
      () => ['start', name],
      () => ['start', name],
      () => ['stop', '-t', '1', name],
      () => ['restart', '-t', '0', name],
      () => ['kill', '-s', this.#one(['TERM', 'KILL', 'HUP']), name],
      () => ['pause', name],
      () => ['unpause', name],
      () => ['exec', name, 'sh', '-c', 'echo $$ > /there; id'],
      () => ['exec', '-d', name, 'sleep', '5'],
      () => ['logs', '--tail', '5', '-t', name],
      () => ['top', name],
      () => ['stats', '--no-stream', name],
      () => ['inspect', name],
      () => ['port', name],
      () => ['diff', name],
      () => ['update', '--pids-limit', '40', name],
      () => ['cp', `${name}:/etc/hostname`, join(this.#host.folder, `copy-${other}`)],
      () => ['cp', join(this.#host.folder, 'registries.conf'), `${name}:/root/`],
      () => ['export', '-o', join(this.#host.folder, 'export.tar'), name],
      () => ['commit', name, `day:${other}`],
      () => ['explain', name],
      () => ['wait', '--condition', 'created', name],
      () => {
        this.names.delete(name);
        this.names.add(other);
        return ['rename', name, other];
      },
      () => ['snapshot', '--stop', name, 'noon'],
      () => ['restore', '--stop', name, 'noon'],
      () => {
        if (this.names.size < most) this.names.add(other);
        return ['fork', '--stop', name, other];
      },
      () => {
        this.names.delete(name);
        return ['rm', '-f', '-v', name];
      },
      () => ['rm', name],
      () => ['ps', '-a', '-s'],
      () => ['events', '--since', '1m', '--until', '0s'],
      () => ['system', 'df'],
      () => ['images'],
    ]);
    return verb();
  }

  /** @param killedAfter milliseconds until the command itself is killed */
  async #do(args: readonly string[], killedAfter?: number): Promise<void> {
    const started = this.#host.start(args, { input: '' });
    const timer = killedAfter === undefined ? undefined : setTimeout(() => started.child.kill('SIGKILL'), killedAfter);
    const finished = await started.finished;
    clearTimeout(timer);
    if (!isTold(finished))
      this.faults.push(`${args.join(' ')}: ${finished.exitCode} ${finished.signal} ${finished.stderr}`);
  }

  /** The container's first process, or whoever looks after it. */
  async #kill(name: string, what: 'process' | 'owner'): Promise<void> {
    const { stdout } = await this.#host.gocker(['inspect', '--format', '{{.Id}}', name]);
    const record = readState(join(this.#host.root, 'containers', stdout.trim(), 'state.json'));
    const victim = record?.[what];
    if (victim === undefined || startTimeOf(victim.pid) !== victim.startTime) return;
    process.kill(victim.pid, 'SIGKILL');
  }

  /** What runs by `ps` runs by /proc, and the other way round. */
  async checkTruth(): Promise<void> {
    const ids = (await this.#host.ok(['ps', '-q', '--no-trunc'])).trim().split('\n').filter(Boolean);
    for (const id of ids) {
      const process = readState(join(this.#host.root, 'containers', id, 'state.json'))?.process;
      // Not State.Running, which is true of one that waits for its next start too.
      const { stdout: status } = await this.#host.gocker(['inspect', '--format', '{{.State.Status}}', id]);
      const lives = process !== undefined && startTimeOf(process.pid) === process.startTime;
      if (!lives && status.trim() === 'running') this.faults.push(`ps shows ${id}, which is dead`);
    }
  }

  async end(): Promise<void> {
    const ids = (await this.#host.ok(['ps', '-aq'])).trim().split('\n').filter(Boolean);
    if (ids.length > 0) await this.#host.ok(['rm', '-f', '-v', ...ids]);
    await this.#host.ok(['system', 'prune', '-f', '--volumes']);
    for (const image of (await this.#host.ok(['images', '--format', '{{.Repository}}:{{.Tag}}'])).trim().split('\n')) {
      if (image.startsWith('day:')) await this.#host.ok(['rmi', image]);
    }
  }

  #one<T>(list: readonly T[]): T {
    return list[Math.floor(this.#random() * list.length)] as T;
  }
}

interface Identity {
  readonly pid: number;
  readonly startTime: number;
}

function readState(path: string): { readonly process?: Identity; readonly owner: Identity } | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as { process?: Identity; owner: Identity };
  } catch {
    return undefined;
  }
}

function startTimeOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : Number(fields[19]);
  } catch {
    return undefined;
  }
}
