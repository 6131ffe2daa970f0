import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { TapeError } from '../../../src/syscall/index.ts';
import { overlay, rootTest, run, scratch, sh } from './alpine.ts';

rootTest('the exit code is the program’s own', async () => {
  for (const code of [0, 1, 42, 255]) {
    expect((await run(['sh', '-c', `exit ${code}`])).exit).toEqual({ exitCode: code });
  }
});

rootTest('a program that a signal ends has 128 and the signal’s number for its exit code', async () => {
  const { exit } = await run(['sh', '-c', 'sh -c "kill -SEGV \\$\\$"; exit $?']);
  expect(exit.exitCode).toBe(139);
});

rootTest('a program is found by the container’s own PATH, in its order', async () => {
  const layer = scratch('layer');
  for (const directory of ['a', 'b']) {
    mkdirSync(join(layer, directory));
    writeFileSync(join(layer, directory, 'tool'), `#!/bin/sh\necho ${directory} "$@"\n`, { mode: 0o755 });
  }
  const env = ['PATH=/nowhere:/b:/a', 'X=1'];
  const { stdout } = await run(['tool', 'one two'], { rootfs: overlay([layer]), process: { env } });
  expect(stdout).toBe('b one two\n');
});

rootTest('without a slash the working directory counts only where PATH has an empty word', async () => {
  const layer = scratch('layer');
  writeFileSync(join(layer, 'tool'), '#!/bin/sh\necho here\n', { mode: 0o755 });
  const rootfs = overlay([layer]);
  await expect(run(['tool'], { rootfs })).rejects.toMatchObject({ code: 'COMMAND_NOT_FOUND' });
  expect((await run(['tool'], { rootfs, process: { env: ['PATH=/bin:'] } })).stdout).toBe('here\n');
  expect((await run(['./tool'], { rootfs })).stdout).toBe('here\n');
});

rootTest('a file in PATH that may not be executed is passed over where a later one may', async () => {
  const layer = scratch('layer');
  for (const directory of ['a', 'b']) mkdirSync(join(layer, directory));
  writeFileSync(join(layer, 'a', 'tool'), 'not this');
  writeFileSync(join(layer, 'b', 'tool'), '#!/bin/sh\necho this\n', { mode: 0o755 });
  const { stdout } = await run(['tool'], { rootfs: overlay([layer]), process: { env: ['PATH=/a:/b'] } });
  expect(stdout).toBe('this\n');
});

rootTest('a command that is not there is told apart from one that can’t be executed', async () => {
  const layer = scratch('layer');
  mkdirSync(join(layer, 'opt/directory'), { recursive: true });
  writeFileSync(join(layer, 'opt/plain'), 'text');
  writeFileSync(join(layer, 'opt/noise'), 'text');
  chmodSync(join(layer, 'opt/noise'), 0o755);
  writeFileSync(join(layer, 'opt/script'), '#!/bin/bash\n', { mode: 0o755 });
  symlinkSync('/opt/gone', join(layer, 'opt/dangling'));
  const rootfs = overlay([layer]);
  const failure = (command: string) =>
    run([command], { rootfs }).then(
      () => undefined,
      (error) => error,
    );

  const cases = [
    ['nope', 'COMMAND_NOT_FOUND', 'cannot execute "nope": no directory of PATH has it'],
    ['/opt/nope', 'COMMAND_NOT_FOUND', 'cannot execute "/opt/nope": there is no such file in the image'],
    ['/opt/plain/x', 'COMMAND_NOT_FOUND', 'cannot execute "/opt/plain/x": there is no such file in the image'],
    ['/opt/dangling', 'COMMAND_NOT_FOUND', 'cannot execute "/opt/dangling": there is no such file in the image'],
    [
      '/opt/script',
      'COMMAND_NOT_FOUND',
      'cannot execute "/opt/script": "/opt/script" is there, but not the interpreter that it names',
    ],
    ['/opt/plain', 'COMMAND_NOT_EXECUTABLE', 'cannot execute "/opt/plain": "/opt/plain" may not be executed'],
    ['/opt/directory', 'COMMAND_NOT_EXECUTABLE', 'cannot execute "/opt/directory": "/opt/directory" is a directory'],
    ['/opt/noise', 'COMMAND_NOT_EXECUTABLE', 'cannot execute "/opt/noise": "/opt/noise" is no program of this machine'],
    ['', 'COMMAND_NOT_FOUND', 'cannot execute "": no directory of PATH has it'],
  ] as const;
  for (const [command, code, message] of cases) {
    const error = await failure(command);
    expect(error).toMatchObject({ code, message });
    expect(error.hint).toMatch(/\.$/);
    expect(error.cause).toBeInstanceOf(TapeError);
  }
});

rootTest('of several candidates the one that is there is told about', async () => {
  const layer = scratch('layer');
  mkdirSync(join(layer, 'a'));
  writeFileSync(join(layer, 'a/tool'), 'text');
  const env = ['PATH=/a:/bin'];
  await expect(run(['tool'], { rootfs: overlay([layer]), process: { env } })).rejects.toMatchObject({
    code: 'COMMAND_NOT_EXECUTABLE',
    message: 'cannot execute "tool": "/a/tool" may not be executed',
  });
});

rootTest('a failing call of the plan names itself, its reason and a cure', async () => {
  const mounts = [{ destination: '/data', type: 'bind', source: '/nowhere/at/all', options: ['bind'] }];
  const error = await run(['true'], { mounts }).then(
    () => undefined,
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(TapeError);
  expect(error.message).toMatch(/^open_tree\(AT_FDCWD, "\/nowhere\/at\/all", .*\) = ENOENT/);
  expect(error.hint).toMatch(/\.$/);
});

rootTest('arguments and environment arrive as they are: blanks, quotes, newlines, no bytes lost', async () => {
  const odd = 'a "b" \'c\'\n$HOME \\ ü 🐳';
  expect(await sh('printf %s "$ODD"', { process: { env: ['PATH=/bin', `ODD=${odd}`] } })).toBe(odd);
  const { stdout } = await run(['printf', '%s|', odd, '', 'x']);
  expect(stdout).toBe(`${odd}||x|`);
});

rootTest('a working directory that is missing is made, and one that is a link is followed', async () => {
  expect(await sh('pwd -P', { process: { cwd: '/a/b/../c' } })).toBe('/a/c');
  expect(await sh('pwd -P', { process: { cwd: '/var/run/x' } })).toBe('/run/x');
});
