import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readArguments } from '../../src/cli/arguments.ts';
import { run } from '../../src/cli/commands/run.ts';
import { parseEnvFile } from '../../src/cli/run/environment.ts';
import { readRunOptions } from '../../src/cli/run/run-options.ts';
import { gocker } from './fake-engine.ts';

const directory = mkdtempSync(join(tmpdir(), 'gocker-cli-'));
afterAll(() => rmSync(directory, { recursive: true }));

function options(...argv: string[]) {
  const { flags, operands } = readArguments(run, argv);
  return readRunOptions(flags, operands, { HOME: '/home/me', EMPTY: '' });
}

test('an image alone leaves all else to the image', () => {
  expect(options('alpine')).toEqual({
    image: 'alpine',
    env: [],
    labels: {},
    volumes: [],
    mounts: [],
    volumesFrom: [],
    tmpfs: [],
    autoRemove: false,
    readOnly: false,
    interactive: false,
    tty: false,
    fallback: true,
  });
});

test('--init asks for an init', () => {
  expect(options('--init', 'alpine')).toMatchObject({ init: true });
  expect(options('--init=false', 'alpine')).not.toHaveProperty('init');
});

test('every flag arrives, as text', () => {
  const argv = ['--rm', '--name', '007', '-u0123', '-w', '0', '-h=web', '--read-only', '-it', '--network', 'none'];
  const more = [
    '--tmpfs',
    '/t:size=1m',
    '-v',
    '/a:/b:ro',
    '--mount',
    'type=tmpfs,target=/m',
    '--volumes-from=other:ro',
    '--platform',
    'linux/arm64',
    '--pull=never',
    '--no-fallback',
    '--explain',
  ];
  expect(options(...argv, ...more, '-l', 'a=b=c', '-l', 'x', 'alpine', 'ls', '-l')).toEqual({
    image: 'alpine',
    command: ['ls', '-l'],
    name: '007',
    user: '0123',
    workdir: '0',
    hostname: 'web',
    platform: 'linux/arm64',
    env: [],
    labels: { a: 'b=c', x: '' },
    volumes: ['/a:/b:ro'],
    mounts: ['type=tmpfs,target=/m'],
    volumesFrom: ['other:ro'],
    tmpfs: ['/t:size=1m'],
    autoRemove: true,
    readOnly: true,
    interactive: true,
    tty: true,
    fallback: false,
    network: ['none'],
    pull: 'never',
  });
});

test('flags on privileges arrive as docker’s texts, and none where none is given', () => {
  const argv = ['--privileged', '--cap-add=a', '--cap-add', 'b', '--cap-drop=c', '--security-opt=d=e', '--ulimit=f=1'];
  const more = [
    '--oom-score-adj=-5',
    '--sysctl=g=h',
    '--shm-size=1m',
    '--group-add=i',
    '--device=/j',
    '--device-cgroup-rule=k',
  ];
  expect(options(...argv, ...more, 'alpine')).toMatchObject({
    privileged: true,
    capAdd: ['a', 'b'],
    capDrop: ['c'],
    securityOpt: ['d=e'],
    ulimits: ['f=1'],
    oomScoreAdj: '-5',
    sysctls: ['g=h'],
    shmSize: '1m',
    groupAdd: ['i'],
    devices: ['/j'],
    deviceCgroupRules: ['k'],
  });
  expect(Object.keys(options('--privileged=false', 'alpine'))).toEqual(Object.keys(options('alpine')));
});

test('an empty entrypoint means none', () => {
  expect(options('--entrypoint', 'sh', 'alpine').entrypoint).toEqual(['sh']);
  expect(options('--entrypoint=', 'alpine', 'ls').entrypoint).toEqual([]);
});

test('a relative source of a volume is meant from here; a name is not touched', () => {
  expect(options('-v', './a:/b:ro', '-v', '.:/c', '-v', 'data:/d', '-v', '/e', 'x').volumes).toEqual([
    `${join(process.cwd(), 'a')}:/b:ro`,
    `${process.cwd()}:/c`,
    'data:/d',
    '/e',
  ]);
});

test('variables come from files, then from flags; a name alone takes our own value, or is left out', () => {
  const file = join(directory, 'vars');
  writeFileSync(file, 'A=1\nHOME\nNOTHERE\n');
  expect(options('-e', 'B=2', '--env-file', file, '-e', 'EMPTY', '-e', 'NOTHERE', 'x').env).toEqual([
    'A=1',
    'HOME=/home/me',
    'B=2',
    'EMPTY=',
  ]);
});

test('parseEnvFile() reads lines as docker does: no quoting, comments only at the start', () => {
  const text = '\uFEFF# comment\n\nA=1\r\n  B= two # not a comment\nC="q"\nD\n   # also\nE=a=b\n';
  expect(parseEnvFile(text, 'f')).toEqual(['A=1', 'B= two # not a comment', 'C="q"', 'D', 'E=a=b']);
});

test.each(['A B=1', '=1', 'A\tB'])('parseEnvFile() refuses the line %j with its number', (line) => {
  expect(() => parseEnvFile(`OK=1\n${line}\n`, 'vars')).toThrow('of "vars", line 2: not a name');
});

test.each([
  [['-e', '=x', 'alpine'], 'cannot set variable "=x"'],
  [['-e', '', 'alpine'], 'cannot set variable ""'],
  [['--env-file', '/nope', 'alpine'], 'cannot read environment file "/nope": ENOENT'],
  [['-l', '=x', 'alpine'], 'invalid argument "=x" for "--label"'],
  [['-y', 'alpine'], "unknown shorthand flag: 'y' in -y"],
  [['--pull', 'sometimes', 'alpine'], '(expected missing or always or never)'],
])('run %j ends with 125: %s', async (argv, message) => {
  const { exitCode, stderr, opened } = await gocker(['run', ...argv]);
  expect({ exitCode, opened }).toEqual({ exitCode: 125, opened: [] });
  expect(stderr).toContain(message);
});
