/** `gocker attach`: joining a container that lives without us, by pipes and on a real terminal, that of script(1). */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alpine, cli, entriesOf, Host, isRoot } from './host.ts';

const script = '/usr/bin/script';
const ctrlP = '\x10';
const ctrlQ = '\x11';

describe.skipIf(alpine === undefined || !isRoot)('gocker attach (root, ../shared)', () => {
  let host: Host;
  const detached = async (name: string, flags: readonly string[], ...command: string[]) => {
    await host.ok(['run', '-d', '--name', name, ...flags, 'alpine', ...command]);
  };

  beforeAll(async () => {
    host = await Host.withAlpine();
  });

  afterAll(async () => {
    const names = (await host.ok(['ps', '-aq'])).split('\n').filter((id) => id !== '');
    if (names.length > 0) await host.ok(['rm', '-f', ...names]);
    const left = await host.remains();
    host.close();
    expect(left).toEqual([]);
  });

  test('what is written after it goes to each output, and the exit code is the container’s', async () => {
    await detached('both', ['-i'], 'sh', '-c', 'echo before; read go; echo out; echo err >&2; exit 7');
    await expect.poll(() => host.ok(['logs', 'both'])).toBe('before\n');
    const attached = host.start(['attach', 'both']);
    attached.child.stdin?.write('go\n');
    expect(await attached.finished).toMatchObject({ exitCode: 7, stdout: 'out\n', stderr: 'err\n' });
  });

  test('the end of our input is not the end of the container’s: others may write to it', async () => {
    await detached('many', ['-i'], 'sh', '-c', 'read one; echo got $one; read two; echo got $two');
    const first = host.start(['attach', 'many']);
    first.child.stdin?.end('first\n');
    await first.says('got first');
    const second = host.start(['attach', 'many']);
    second.child.stdin?.write('second\n');
    expect((await second.finished).stdout).toBe('got second\n');
    expect((await first.finished).stdout).toBe('got first\ngot second\n');
  });

  test('signals are passed on, and with --sig-proxy=false end gocker alone; --no-stdin writes nothing', async () => {
    await detached('signals', ['-i'], 'sh', '-c', 'trap "echo caught; exit 9" TERM; while :; do sleep 0.05; done');
    const alone = host.start(['attach', '--sig-proxy=false', '--no-stdin', 'signals']);
    const proxy = host.start(['attach', 'signals']);
    await expect.poll(() => attachedTo(host, 'signals')).toBe(2);
    alone.child.kill('SIGTERM');
    expect((await alone.finished).signal).toBe('SIGTERM');
    expect(await host.ok(['ps', '-q', '--filter', 'name=signals'])).not.toBe('');
    proxy.child.kill('SIGTERM');
    expect(await proxy.finished).toMatchObject({ exitCode: 9, stdout: 'caught\n' });
  });

  test('one whose output nobody takes runs on', async () => {
    await detached('loud', ['-i'], 'sh', '-c', 'read go; yes | head -c 20000000; echo; echo done; read end');
    const attached = spawn(process.execPath, [cli, 'attach', 'loud'], {
      env: host.env,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    attached.stdin?.write('go\n');
    await expect.poll(() => host.ok(['logs', '-n', '1', 'loud']), { timeout: 20_000 }).toBe('done\n');
    attached.kill('SIGKILL');
  });

  test('one without a log that can be read shows its output all the same, and leaves none behind', async () => {
    await detached('quiet', ['-i', '--log-driver', 'none'], 'sh', '-c', 'read go; echo got $go; exit 3');
    expect((await host.gocker(['logs', 'quiet'])).stderr).toContain('does not support reading');
    const attached = host.start(['attach', 'quiet']);
    attached.child.stdin?.write('it\n');
    expect(await attached.finished).toMatchObject({ exitCode: 3, stdout: 'got it\n' });
    await host.ok(['rm', 'quiet']);
    expect(entriesOf(join(host.root, 'run', 'output'))).toEqual([]);
  });

  test('one that does not run, is paused or in the foreground of another is refused', async () => {
    await host.ok(['create', '--name', 'made', 'alpine', 'true']);
    const told = async (name: string) => {
      const { exitCode, stderr } = await host.gocker(['attach', name]);
      expect(exitCode).toBe(1);
      return stderr;
    };
    expect(await told('made')).toContain('You cannot attach to a stopped container, start it first');
    await detached('frozen', [], 'sleep', '1000');
    await host.ok(['pause', 'frozen']);
    expect(await told('frozen')).toContain('You cannot attach to a paused container, unpause it first');
    expect(await told('nobody')).toContain('no such container');
    const started = host.start(['run', '--rm', '-i', '--name', 'front', 'alpine', 'sh', '-c', 'echo up; cat']);
    await started.says('up');
    expect(await told('front')).toContain('it is in the foreground of another gocker');
    started.child.stdin?.end();
    await started.finished;
    const keys = await host.gocker(['attach', '--detach-keys', 'ctrl-foo', 'frozen']);
    expect(keys).toMatchObject({ exitCode: 125 });
    expect(keys.stderr).toContain('invalid argument "ctrl-foo" for "--detach-keys" flag');
  });

  describe.skipIf(!existsSync(script))('on a terminal (script)', () => {
    /** A command line on a terminal of its own, at which one can type and look. */
    function onTerminal(line: string) {
      const child: ChildProcess = spawn(script, ['-qefc', line, '/dev/null'], { env: host.env, cwd: host.folder });
      let shown = '';
      child.stdout?.setEncoding('utf8').on('data', (text: string) => {
        shown += text;
      });
      return {
        type: (text: string) => void child.stdin?.write(text),
        /** Waits for it, and begins anew behind it. */
        shows: async (text: string | RegExp) => {
          await expect.poll(() => shown, { timeout: 10_000 }).toMatch(text);
          shown = '';
        },
        ended: new Promise<number | null>((resolve) => child.on('close', resolve)),
      };
    }
    const gocker = `${process.execPath} ${cli}`;

    test('keys go to the container, the detach keys leave it, and it is there again with its screen redrawn', async () => {
      await detached('shell', ['-it'], 'sh');
      const first = onTerminal(`stty rows 31 cols 91; ${gocker} attach shell; echo left with $?; stty -a | head -n 1`);
      await first.shows(/# /);
      first.type('stty size\r');
      await first.shows(/31 91/);
      first.type('kept=1; echo is $kept\r');
      await first.shows(/is 1/);
      first.type(`${ctrlP}${ctrlQ}`);
      await first.shows(/read escape sequence\s+left with 1\s[\s\S]*rows 31; columns 91/);
      await first.ended;
      const second = onTerminal(`${gocker} attach --detach-keys x,y shell`);
      await second.shows(/# /);
      second.type('echo still $kept; exit 4\r');
      await second.shows(/still 1/);
      expect(await second.ended).toBe(4);
    });
  });
});

/** How many processes hold a copy of what is the monitor's: they have the container's name on their command lines. */
function attachedTo(host: Host, name: string): number {
  return host
    .leftovers()
    .filter((left) => left.startsWith('process') && left.includes(` attach `) && left.includes(name)).length;
}
