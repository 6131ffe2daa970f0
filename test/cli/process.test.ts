import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, expect, test } from 'vitest';

const directory = mkdtempSync(join(tmpdir(), 'gocker-cli-'));
const program = join(directory, 'program.cjs');

beforeAll(async () => {
  const input = join(import.meta.dirname, 'fake-program.ts');
  const bundle = await rolldown({ input, platform: 'node', external: ['koffi'], transform: { target: 'node20' } });
  symlinkSync(join(import.meta.dirname, '..', '..', 'node_modules'), join(directory, 'node_modules'));
  await bundle.write({ dir: directory, format: 'cjs', entryFileNames: 'program.cjs' });
  await bundle.close();
});
afterAll(() => rmSync(directory, { recursive: true }));

const children: ChildProcess[] = [];
afterAll(() => children.forEach((child) => void child.kill('SIGKILL')));

function start(...argv: string[]) {
  const child = spawn(process.execPath, [program, ...argv], { stdio: ['pipe', 'pipe', 'pipe'] });
  children.push(child);
  const exit = new Promise<number | string>((resolve) =>
    child.on('exit', (code, signal) => resolve(code ?? signal ?? '')),
  );
  const stdout = text(child.stdout).catch(() => 'closed');
  return { child, exit, stdout, stderr: text(child.stderr) };
}

async function outcome(...argv: string[]) {
  const { child, exit, stdout, stderr } = start(...argv);
  child.stdin.end('typed');
  return { exitCode: await exit, stdout: await stdout, stderr: await stderr };
}

async function firstOutput(child: ChildProcess): Promise<void> {
  await new Promise((resolve) => child.stdout?.once('data', resolve));
}

test('both outputs arrive unchanged on their own descriptors, with the exit code', async () => {
  expect(await outcome('run', 'x', 'printf "a\\000b\\377" | od -c; echo oops >&2; exit 7')).toEqual({
    exitCode: 7,
    stdout: '0000000   a  \\0   b 377\n0000004\n',
    stderr: 'oops\n',
  });
});

test('megabytes arrive whole', async () => {
  const { stdout } = await outcome('run', 'x', 'head -c 5000000 /dev/zero | tr "\\0" x');
  expect(stdout).toHaveLength(5_000_000);
});

test('standard input is given only with -i, its end included', async () => {
  expect((await outcome('run', '-i', 'x', 'cat; echo .')).stdout).toBe('typed.\n');
  expect((await outcome('run', 'x', 'cat; echo .')).stdout).toBe('.\n');
});

test('a container that reads nothing of its input ends all the same', async () => {
  const { child, exit } = start('run', '-i', 'x', 'exit 3');
  child.stdin.on('error', () => {});
  child.stdin.write(Buffer.alloc(1 << 20));
  expect(await exit).toBe(3);
});

test.each([
  ['missing-command', 127],
  ['directory', 126],
  ['fault', 125],
  ['late-fault', 125],
])('run of "%s" ends with %d', async (image, exitCode) => {
  const { exitCode: found, stderr } = await outcome('run', image, 'sleep 5');
  expect(found).toBe(exitCode);
  expect(stderr).toContain(exitCode === 125 ? 'please report it' : 'gocker: cannot run');
});

test('when the reader goes away, the container can write no more and nothing crashes', async () => {
  const { child, exit, stderr } = start('run', 'x', 'yes 2>/dev/null; echo $? >&2; exit 9');
  await firstOutput(child);
  child.stdout.destroy();
  expect(await exit).toBe(9);
  // SIGPIPE from a pipe; Node's child processes have a socket, which may say ECONNRESET.
  expect(await stderr).toMatch(/^(?:141|1)\n$/);
});

test('help into a closed pipe is no crash', async () => {
  const { child, exit, stderr } = start('run', '--help');
  child.stdout.destroy();
  await exit;
  expect(await stderr).not.toContain('Error');
});

test.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGQUIT'] as const)(
  '%s is passed on to the container',
  async (signal) => {
    const handler = `trap "echo got ${signal}; exit 4" ${signal.slice(3)}; echo ready; while :; do sleep 0.05; done`;
    const { child, exit, stdout } = start('run', 'x', handler);
    await firstOutput(child);
    child.kill(signal);
    expect(await exit).toBe(4);
    expect(await stdout).toBe(`ready\ngot ${signal}\n`);
  },
);

test('the third SIGINT kills a container that ignores the others', async () => {
  const { child, exit } = start('run', 'x', 'trap "echo no" INT; echo ready; while :; do sleep 0.05; done');
  await firstOutput(child);
  for (const last of [false, false, true]) {
    const heard = last ? undefined : firstOutput(child);
    child.kill('SIGINT');
    await heard;
  }
  expect(await exit).toBe(137);
});

test('SIGINT during a pull cancels it and ends with 130, without a word of blame', async () => {
  const { child, exit, stderr } = start('run', 'slow-pull', 'true');
  await new Promise((resolve) => child.stderr.once('data', resolve));
  child.kill('SIGINT');
  expect(await exit).toBe(130);
  expect(await stderr).toBe(
    'Unable to find image "slow-pull:latest" locally\nlatest: Pulling from library/slow-pull\n',
  );
});

test('--explain prints the calls on standard error, and leaves standard output to the container', async () => {
  const explained = await outcome('run', '--explain', 'x', 'echo out');
  expect(explained).toEqual({
    exitCode: 0,
    stdout: 'out\n',
    stderr: '# the end of the tape\nexecve() = 0 <0.000041>\n',
  });
  const { stderr } = await outcome('run', '--explain=json', 'x', 'echo out');
  expect(JSON.parse(stderr)).toMatchObject([{ call: 'execve', why: 'the end of the tape', result: '= 0' }]);
});

test('--dry-run prints the calls on standard output and runs nothing', async () => {
  const { stdout, exitCode } = await outcome('run', '--dry-run', 'x', 'echo out; exit 5');
  expect({ stdout, exitCode }).toEqual({ stdout: '# the end of the tape\nexecve()\n', exitCode: 0 });
});

test('-it without a terminal fails as docker does', async () => {
  const { exitCode, stderr } = await outcome('run', '-it', 'x', 'true');
  expect(exitCode).toBe(125);
  expect(stderr).toContain('the input device is not a TTY');
});

const script = '/usr/bin/script';

/** Runs a shell line on a terminal of its own, script(1). */
function onTerminal(line: string) {
  const child = spawn(script, ['-qec', line, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  return { child, output: text(child.stdout) };
}

test.skipIf(!existsSync(script))(
  '-it makes the terminal raw and gives it back, also after a kill of the container',
  async () => {
    const run = `'${process.execPath}' '${program}' run -it x`;
    for (const command of ['exit 0', 'kill -9 $$']) {
      const { child, output } = onTerminal(`stty -g; ${run} '${command}'; stty -g`);
      child.stdin.end();
      const states = (await output).match(/^[0-9a-f:]{20,}/gm) ?? [];
      expect(states).toHaveLength(2);
      expect(states[1]).toBe(states[0]);
    }
  },
);

test.skipIf(!existsSync(script))('-it hands Ctrl-C over as a key, and the size of the terminal with it', async () => {
  const run = `'${process.execPath}' '${program}' run -it x 'echo ready; head -c 1 | od -An -tx1'`;
  const { child, output } = onTerminal(`stty rows 33 cols 77; ${run}`);
  child.stdout.on('data', (chunk: Buffer) => {
    if (chunk.includes('ready')) child.stdin.write('\x03');
  });
  const shown = await output;
  expect(shown).toContain(' 03');
  expect(shown).toContain('size 33x77');
});
