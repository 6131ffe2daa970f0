/** Characters pushed into the host's terminal would be typed to the host's shell as soon as the container has ended: TIOCSTI. */
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { buffer } from '../../../src/syscall/index.ts';
import { cli } from '../../e2e/host.ts';
import { type AttackCall, attackProgram } from '../../support/attack/index.ts';
import { attacked, attackTest, outcomes, run, scratch } from './box.ts';

const pushCharacter = 0x5412;
const takeTerminal = 0x540e;
const cwd = -100;
const readWrite = 2;
const x = buffer('x', Buffer.from('x'));

const attacks: AttackCall[] = [
  ...[0, 1, 2].map((fd) => ({ call: 'ioctl', args: [fd, pushCharacter, x] })),
  { call: 'openat', args: [cwd, '/dev/tty', readWrite, 0], result: 'tty' },
  { call: 'ioctl', args: [{ kind: 'result', of: 'tty' }, pushCharacter, x] },
  { call: 'ioctl', args: [0, takeTerminal, 1] },
];

attackTest('without a terminal a container has none to push characters into', async () => {
  expect(await outcomes(attacks)).toEqual([
    'ioctl ENOTTY',
    'ioctl ENOTTY',
    'ioctl ENOTTY',
    'openat ENXIO',
    'ioctl EBADF',
    'ioctl ENOTTY',
  ]);
});

const script = '/usr/bin/script';
const terminalTest = existsSync(script) ? attackTest : attackTest.skip;

terminalTest('gocker’s own terminal is not the container’s, with -t or without', async () => {
  const { host } = await attacked();
  await run(['true']);
  const folder = await scratch('program');
  const line = [...'touch typed\n'].map((character) => buffer(character, Buffer.from(character)));
  const typing: AttackCall[] = [
    { call: 'openat', args: [cwd, '/dev/tty', readWrite, 0], result: 'tty' },
    ...line.flatMap((character) => [
      { call: 'ioctl', args: [{ kind: 'result' as const, of: 'tty' }, pushCharacter, character] },
      { call: 'ioctl', args: [2, pushCharacter, character] },
    ]),
  ];
  writeFileSync(join(folder, 'attack'), attackProgram(typing), { mode: 0o755 });
  for (const flags of ['--rm', '--rm -t']) {
    const command = `${process.execPath} ${cli} run ${flags} -v ${folder}:/attack:ro alpine /attack/attack > out`;
    // A shell on the same terminal, which reads what was typed once the container has ended.
    const shell = `${command}; read -r -t 1 line; echo "read: $line"`;
    const { stdout } = spawnSync(script, ['-qefc', `bash -c '${shell}'`, '/dev/null'], {
      env: host.env,
      cwd: host.folder,
      input: '',
      encoding: 'utf8',
    });
    expect(stdout).toContain('read: ');
    expect(stdout).not.toContain('touch typed');
  }
  expect(existsSync(join(host.folder, 'typed'))).toBe(false);
});
