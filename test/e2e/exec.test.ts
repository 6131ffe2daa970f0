/** Commands in running containers, as the command line has them. */
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alpine, Host, isRoot, type Started } from './host.ts';

describe.skipIf(alpine === undefined || !isRoot)('exec (root, ../shared)', () => {
  let host: Host;
  const started = new Map<string, Started>();

  const exec = (...args: string[]) => host.gocker(['exec', ...args]);
  const output = async (...args: string[]) => {
    const { stdout, stderr, exitCode } = await exec(...args);
    expect(exitCode, stderr).toBe(0);
    return stdout;
  };

  /** A container in the background, until the end of this file or until it is removed. */
  async function box(name: string, flags: readonly string[] = [], script = ':'): Promise<void> {
    const command = ['sh', '-c', `${script}; echo ready; exec sleep 1000`];
    const container = host.start(['run', '--name', name, ...flags, 'alpine', ...command]);
    started.set(name, container);
    await container.says('ready');
  }

  async function remove(name: string): Promise<void> {
    await host.gocker(['rm', '-f', name]);
    await started.get(name)?.finished;
    started.delete(name);
  }

  /** Processes of the host with such a command line. */
  const running = (command: string) =>
    readdirSync('/proc').filter((pid) => {
      if (!/^\d+$/.test(pid)) return false;
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'latin1') === `${command.replaceAll(' ', '\0')}\0`;
      } catch {
        return false;
      }
    });

  async function until(what: () => boolean): Promise<void> {
    while (!what()) await setTimeout(10);
  }

  beforeAll(async () => {
    host = await Host.withAlpine();
    await box('usual');
  });

  afterAll(async () => {
    for (const name of [...started.keys()]) await remove(name);
    const left = await host.remains();
    host.close();
    expect(left).toEqual([]);
  });

  test('a command runs in the container, with its exit code, its streams and its variables', async () => {
    const { exitCode, stdout, stderr } = await exec('-e', 'A=1', 'usual', 'sh', '-c', 'echo $A; echo e >&2; exit 7');
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 7, stdout: '1\n', stderr: 'e\n' });
    const file = join(host.folder, 'variables');
    writeFileSync(file, '# some\nB=2\n');
    expect(await output('--env-file', file, '-w', '/usr/lib', 'usual', 'sh', '-c', 'echo $B $HOME; pwd')).toBe(
      '2 /root\n/usr/lib\n',
    );
    expect((await host.gocker(['exec', '-i', 'usual', 'cat'], { input: 'typed' })).stdout).toBe('typed');
    expect((await host.gocker(['exec', 'usual', 'cat'], { input: 'typed' })).stdout).toBe('');
    expect(await output('-t', 'usual', 'sh', '-c', 'tty; echo $TERM')).toBe('/dev/pts/0\r\nxterm\r\n');
  });

  test('a user is looked for in the container’s own files, as they are by now', async () => {
    expect((await exec('-u', 'late', 'usual', 'id')).stderr).toContain('has no "late"');
    await output(
      'usual',
      'sh',
      '-c',
      'addgroup -g 77 staff2; adduser -D -h /home/late -u 1234 late; addgroup late staff2',
    );
    expect(await output('-u', 'late', 'usual', 'sh', '-c', 'id; echo $HOME')).toBe(
      'uid=1234(late) gid=1234(late) groups=77(staff2),1234(late)\n/home/late\n',
    );
    expect(await output('-u', '1234:77', 'usual', 'id')).toBe('uid=1234(late) gid=77(staff2) groups=77(staff2)\n');
  });

  test('what can’t be done is told with docker’s exit codes', async () => {
    const codes = async (...args: string[]) => (await exec(...args)).exitCode;
    expect(await codes('usual', 'nope')).toBe(127);
    expect(await codes('usual', '/etc/passwd')).toBe(126);
    expect(await codes('-w', '/nope', 'usual', 'true')).toBe(127);
    expect(await codes('nobody', 'true')).toBe(1);
    expect(await codes('-u', 'nobodyatall', 'usual', 'true')).toBe(1);
    expect(await codes('usual')).toBe(1);
    expect(await codes('--nope', 'usual', 'true')).toBe(125);
    expect((await host.gocker(['exec', '-it', 'usual', 'sh'])).stderr).toContain('the input device is not a TTY');
    await host.ok(['run', '--name', 'over', 'alpine', 'true']);
    const { exitCode, stderr } = await exec('over', 'true');
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/container [0-9a-f]{12} is not running\nhint: .*gocker start over/);
    await host.ok(['rm', 'over']);
  });

  test('a paused container takes nobody in, and none that hangs', async () => {
    await box('still');
    await host.ok(['pause', 'still']);
    for (const flags of [[], ['-d']]) {
      const { exitCode, stderr } = await exec(...flags, 'still', 'true');
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/is paused\nhint: .*gocker unpause still/);
    }
    await host.ok(['unpause', 'still']);
    expect(await output('still', 'echo', 'up')).toBe('up\n');
    await remove('still');
  });

  for (const [name, flags] of Object.entries({
    mapped: ['--userns', 'auto'],
    hostpid: ['--pid', 'host'],
    alone: ['--network', 'none'],
    fixed: ['--read-only'],
    reaped: ['--init', '-m', '64m'],
    tight: ['--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', '-u', 'guest'],
    open: ['--privileged'],
  })) {
    test(`a command in a container of ${flags.join(' ')} has all that its first process has, and ends with it`, async () => {
      await box(name, flags);
      const { Id, State } = JSON.parse(await host.ok(['inspect', name]))[0];
      const command = `sleep 1${process.pid}`;
      const background = host.start(['exec', name, ...command.split(' ')]);
      await exec('-d', name, ...command.split(' '));
      await until(() => running(command).length === 2);
      const keys = /^(?:Uid|Gid|Groups|Cap\w+|NoNewPrivs|Seccomp|Seccomp_filters):.*$/gm;
      const namespaces = (pid: string) =>
        readdirSync(`/proc/${pid}/ns`).map((kind) => readlinkSync(`/proc/${pid}/ns/${kind}`));
      for (const pid of running(command)) {
        expect(readFileSync(`/proc/${pid}/status`, 'latin1').match(keys)).toEqual(
          readFileSync(`/proc/${State.Pid}/status`, 'latin1').match(keys),
        );
        expect(readFileSync(`/proc/${pid}/cgroup`, 'latin1')).toContain(`0::/gocker/${Id}`);
        expect(namespaces(pid)).toEqual(namespaces(`${State.Pid}`));
      }
      expect(await output(name, 'sh', '-c', 'echo in; touch /tmp/x 2>/dev/null || echo fixed')).toBe(
        name === 'fixed' ? 'in\nfixed\n' : 'in\n',
      );
      await remove(name);
      expect((await background.finished).exitCode).toBe(137);
      expect(running(command)).toEqual([]);
    });
  }

  test('with --privileged it may mount, in its own namespaces', async () => {
    const script = 'mount -t tmpfs none /mnt && umount /mnt && echo done';
    expect((await exec('usual', 'sh', '-c', script)).stderr).toContain('permission denied');
    expect(await output('--privileged', 'usual', 'sh', '-c', script)).toBe('done\n');
  });

  test('it dies with a gocker that is killed, in the background it lives on, and signals are its own', async () => {
    const [front, back] = [`sleep 2000${process.pid}`, `sleep 3000${process.pid}`];
    const killed = host.start(['exec', 'usual', ...front.split(' ')]);
    await until(() => running(front).length === 1);
    killed.child.kill('SIGKILL');
    await killed.finished;
    await until(() => running(front).length === 0);

    expect(await output('-d', 'usual', ...back.split(' '))).toBe('');
    expect(running(back)).toHaveLength(1);
    expect(await output('usual', 'sh', '-c', 'ps | grep -c "[s]leep 3000"')).toBe('1\n');

    const told = host.start(['exec', 'usual', 'sh', '-c', 'trap "exit 9" TERM; echo up; while :; do sleep 0.05; done']);
    await told.says('up');
    told.child.kill('SIGTERM');
    expect((await told.finished).exitCode).toBe(9);
  });

  test('accounts that are no files hold nobody up, and lead nobody to the host’s', async () => {
    const marker = join(host.folder, 'passwd');
    writeFileSync(marker, 'ghost:x:4321:4321::/:/bin/sh\n');
    await box('trap', [], `rm /etc/passwd; ln -s ${marker} /etc/passwd; rm /etc/group; mkfifo /etc/group`);
    expect((await exec('-u', 'ghost', 'trap', 'id')).stderr).toContain('has no "ghost"');
    await output('trap', 'sh', '-c', 'rm /etc/passwd; mkfifo /etc/passwd');
    expect((await exec('-u', 'ghost', 'trap', 'id')).stderr).toContain('has no "ghost"');
    expect(await output('-u', '12:34', 'trap', 'grep', 'Uid', '/proc/self/status')).toContain('\t12\t12\t12\t12\n');
    await remove('trap');
  });

  test('top shows the processes of the container and of what has joined it, as docker’s does', async () => {
    await box('busy');
    await exec('-d', 'busy', 'sleep', '4000');
    const { State } = JSON.parse(await host.ok(['inspect', 'busy']))[0];
    const [title, ...lines] = (await host.ok(['top', 'busy'])).trimEnd().split('\n');
    expect(title).toBe(
      'UID                 PID                 PPID                C                   STIME               TTY                 TIME                CMD',
    );
    expect(lines.map((line) => line.slice(140))).toEqual(['sleep 1000', 'sleep 4000']);
    expect(lines[0]?.split(/\s+/).slice(0, 2)).toEqual(['root', `${State.Pid}`]);
    expect(lines[1]?.split(/\s+/)[2]).toBe(`${State.Pid}`);
    expect(await host.ok(['top', 'busy', '-o', 'pid,comm'])).toMatch(/^PID {17}COMMAND\n\d+ +sleep\n\d+ +sleep\n$/);
    expect((await host.gocker(['top', 'busy', '--forest'])).stderr).toContain('"--forest"');
    await remove('busy');
    expect((await host.gocker(['top', 'busy'])).exitCode).toBe(1);
  });
});
