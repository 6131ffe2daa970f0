import { once } from 'node:events';
import { expect } from 'vitest';
import { launch } from '../../../src/runtime/index.ts';
import { overlay, rootTest, run, specOf, textOf } from './alpine.ts';

const size = { height: 33, width: 101 };

function start(args: readonly string[], terminal = false) {
  const spec = specOf(args, { process: terminal ? { terminal, consoleSize: size } : {} });
  return launch({ spec, rootfs: overlay(), stdin: 'pipe' });
}

rootTest('stdin is passed to the program, whole and with its end', async () => {
  const container = await start(['sh', '-c', 'wc -c; echo done >&2']);
  container.stdin?.end(Buffer.alloc(3_000_000, 'x'));
  const [stdout, stderr] = await Promise.all([textOf(container.stdout), textOf(container.stderr)]);
  expect([stdout, stderr]).toEqual(['3000000\n', 'done\n']);
  expect(await container.exited()).toEqual({ exitCode: 0 });
});

rootTest('a program that reads none of its stdin is no error', async () => {
  const container = await start(['sh', '-c', 'exec <&-; exit 4']);
  container.stdin?.end(Buffer.alloc(3_000_000, 'x'));
  expect(await container.exited()).toEqual({ exitCode: 4 });
  await Promise.all([textOf(container.stdout), textOf(container.stderr)]);
});

rootTest('stdout and stderr stay apart, and large output arrives whole', async () => {
  const { stdout, stderr } = await run(['sh', '-c', 'head -c 5000000 /dev/zero; echo error >&2']);
  expect(stdout.length).toBe(5_000_000);
  expect(stderr).toBe('error\n');
});

rootTest('without stdin the program reads an end at once', async () => {
  expect((await run(['wc', '-c'])).stdout).toBe('0\n');
});

rootTest('output that nobody reads does not keep the end of the program from being seen', async () => {
  const container = await start(['sh', '-c', 'echo unread; exit 3']);
  expect(await container.exited()).toEqual({ exitCode: 3 });
  expect(await textOf(container.stdout)).toBe('unread\n');
});

rootTest('a pipe that is closed on our side ends a program that writes on, by SIGPIPE', async () => {
  const container = await start(['yes']);
  await once(container.stdout, 'readable');
  container.stdout.destroy();
  expect(await container.exited()).toMatchObject({ exitCode: 1 });
});

rootTest('kill() passes signals on, and what has ended takes none', async () => {
  const container = await start(['sh', '-c', 'trap "exit 7" TERM; echo ready; while :; do sleep 0.01; done']);
  await once(container.stdout, 'readable');
  expect(container.kill('TERM')).toBe(true);
  expect(await container.exited()).toEqual({ exitCode: 7 });
  expect(container.kill('SIGKILL')).toBe(false);
  expect(() => container.kill('SIGNOPE')).toThrow(/cannot send signal/);
});

rootTest('a container that is killed says so', async () => {
  const container = await start(['sleep', '1000']);
  container.kill(9);
  expect(await container.exited()).toEqual({ exitCode: 137, signal: 'SIGKILL' });
});

rootTest('a terminal is the container’s own, in its session, of the size asked for, and on /dev/console', async () => {
  const script =
    'stty size; tty; tty < /dev/tty; stat -c "%a %G" /dev/pts/0; ps -o tty= | head -1; echo c > /dev/console';
  const container = await start(['sh', '-c', script], true);
  const output = await textOf(container.stdout);
  expect(output.split('\r\n')).toEqual(['33 101', '/dev/pts/0', '/dev/tty', '620 tty', '136,0', 'c', '']);
  expect(await textOf(container.stderr)).toBe('');
  expect(await container.exited()).toEqual({ exitCode: 0 });
});

rootTest('a terminal is resized, and the program hears of it', async () => {
  const container = await start(
    ['sh', '-c', 'trap "stty size; exit" WINCH; echo ready; while :; do sleep 0.01; done'],
    true,
  );
  await once(container.stdout, 'readable');
  container.resize({ rows: 50, columns: 200 });
  expect(await textOf(container.stdout)).toBe('ready\r\n50 200\r\n');
});

rootTest('what is typed is echoed and read, and Ctrl-C interrupts', async () => {
  const container = await start(
    ['sh', '-c', 'trap "echo interrupted; exit 5" INT; read line; echo "got $line"; sleep 100 & wait'],
    true,
  );
  container.stdin?.write('typed\r');
  let seen = '';
  for await (const chunk of container.stdout) {
    seen += chunk;
    if (seen.includes('got typed') && !seen.includes('^C')) container.stdin?.write('\x03');
    if (seen.includes('interrupted')) break;
  }
  expect(seen).toMatch(/^typed\r\ngot typed\r\n\^C+/);
  expect(await container.exited()).toEqual({ exitCode: 5 });
});

rootTest('a program that never reads its terminal does not stop us', async () => {
  const container = await start(['sh', '-c', 'stty raw -echo; echo ready; sleep 1000'], true);
  await once(container.stdout, 'readable');
  container.stdin?.write(Buffer.alloc(1_000_000, 'x'));
  await new Promise((resolve) => setTimeout(resolve, 20));
  container.kill('KILL');
  expect(await container.exited()).toMatchObject({ signal: 'SIGKILL' });
  await textOf(container.stdout);
});

rootTest('large output of a terminal arrives whole', async () => {
  const container = await start(['sh', '-c', 'head -c 1000000 /dev/zero | tr "\\0" x'], true);
  expect((await textOf(container.stdout)).length).toBe(1_000_000);
});

rootTest('a user that isn’t root owns the terminal', async () => {
  const spec = specOf(['sh', '-c', 'stat -c %u /dev/pts/0; echo x > /dev/tty; echo y > /dev/stdout'], {
    process: { terminal: true, user: { uid: 1000, gid: 1000 } },
  });
  const container = await launch({ spec, rootfs: overlay(), stdin: 'null' });
  expect(container.stdin).toBeUndefined();
  expect(await textOf(container.stdout)).toBe('1000\r\nx\r\ny\r\n');
});
