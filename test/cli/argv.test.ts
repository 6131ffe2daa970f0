import { expect, test } from 'vitest';
import { readArguments } from '../../src/cli/arguments.ts';
import { defineCommand } from '../../src/cli/command.ts';
import { UsageError } from '../../src/cli/usage-error.ts';

const command = defineCommand({
  name: 'try',
  usage: '',
  description: '',
  options: {
    env: { flags: '-e, --env <list>', kind: 'list', description: '' },
    envFile: { flags: '--env-file <list>', kind: 'list', description: '' },
    interactive: { flags: '-i, --interactive', kind: 'boolean', description: '' },
    tty: { flags: '-t, --tty', kind: 'boolean', description: '' },
    rm: { flags: '--rm', kind: 'boolean', description: '' },
    noTrunc: { flags: '--no-trunc', kind: 'boolean', description: '' },
    user: { flags: '-u, --user <user>', kind: 'text', description: '' },
    name: { flags: '--name <name>', kind: 'text', description: '' },
    network: { flags: '--network <mode>', kind: 'text', values: ['none', 'host'], also: ['net'], description: '' },
    explain: { flags: '--explain [format]', kind: 'optional', description: '' },
    hostname: { flags: '-h, --hostname <name>', kind: 'text', description: '' },
  },
  operands: { least: 0, most: Number.POSITIVE_INFINITY },
  flagsFirst: true,
  examples: [],
  run: async () => 0,
});

function read(...argv: string[]) {
  return readArguments(command, argv);
}

test('nothing given is nothing set', () => {
  expect(read()).toEqual({
    flags: {
      env: [],
      envFile: [],
      interactive: false,
      tty: false,
      rm: false,
      noTrunc: false,
      user: undefined,
      name: undefined,
      network: undefined,
      explain: undefined,
      hostname: undefined,
    },
    operands: [],
    help: false,
  });
});

test.each([
  '0123',
  '007',
  '1e3',
  '0x10',
  '1.0',
  '-1',
  '',
  'true',
  'false',
  'null',
  ' ',
  '--rm',
  '-',
  '--',
  'a=b=c',
  ':x',
  '__proto__',
  'ünï',
  'a\nb',
  '.',
  'NaN',
])('a value stays the text that was typed: %j', (value) => {
  expect(read('-u', value).flags.user).toBe(value);
  expect(read('--user', value).flags.user).toBe(value);
  expect(read(`--user=${value}`).flags.user).toBe(value);
  expect(read('--env', value, '--env', value, '--name', value).flags).toMatchObject({
    env: [value, value],
    name: value,
  });
  expect(read('image', value).operands).toEqual(['image', value]);
});

test.each([
  [['-eK=V'], ['K=V']],
  [['-e', 'K=V'], ['K=V']],
  [['-e=K=V'], ['K=V']],
  [['--env=K=V'], ['K=V']],
  [['-itrue'], undefined],
  [
    ['-e', 'A=1', '--env', 'B=2', '-eC=3'],
    ['A=1', 'B=2', 'C=3'],
  ],
  [['-ite', 'A=1'], ['A=1']],
  [['-iteA=1'], ['A=1']],
])('%j gives the variables %j', (argv, expected) => {
  if (expected === undefined) expect(() => read(...argv)).toThrow("unknown shorthand flag: 'r' in -itrue");
  else expect(read(...argv).flags.env).toEqual(expected);
});

test.each([
  [['-it'], true, true],
  [['-ti'], true, true],
  [['-i'], true, false],
  [['-i=false', '-t=1'], false, true],
  [['--interactive=true', '--tty=F'], true, false],
  [['-i', '--interactive=false'], false, false],
])('%j sets interactive %s and tty %s', (argv, interactive, tty) => {
  expect(read(...argv, 'image').flags).toMatchObject({ interactive, tty });
});

test('a boolean never takes the next word', () => {
  expect(read('--rm', 'true')).toMatchObject({ flags: { rm: true }, operands: ['true'] });
  expect(read('--rm', 'false')).toMatchObject({ flags: { rm: true }, operands: ['false'] });
});

test('a flag whose name begins with "no-" is set and unset like any other', () => {
  expect(read('--no-trunc').flags.noTrunc).toBe(true);
  expect(read('--no-trunc=false').flags.noTrunc).toBe(false);
  expect(read('--no-trunc', '--no-trunc=false', '--no-trunc=true').flags.noTrunc).toBe(true);
});

test('the last of a single value counts', () => {
  expect(read('--name', 'a', '--name=b').flags.name).toBe('b');
});

test('an optional value is taken only after "="', () => {
  expect(read('--explain', 'json')).toMatchObject({ flags: { explain: '' }, operands: ['json'] });
  expect(read('--explain=json').flags.explain).toBe('json');
});

test('flags end at the first operand where the command says so', () => {
  const { flags, operands } = read('--rm', 'alpine', 'ls', '-l', '--rm=x', '--', '-e', '--help');
  expect(flags.rm).toBe(true);
  expect(operands).toEqual(['alpine', 'ls', '-l', '--rm=x', '--', '-e', '--help']);
});

test('flags and operands mix in other commands, until "--"', () => {
  const mixed = { ...command, flagsFirst: false };
  expect(readArguments(mixed, ['a', '--rm', 'b', '--', '-e', '--rm'])).toMatchObject({
    flags: { rm: true, env: [] },
    operands: ['a', 'b', '-e', '--rm'],
  });
});

test('"-" is an operand', () => {
  expect(read('-', '-i')).toMatchObject({ operands: ['-', '-i'], flags: { interactive: false } });
});

test('--help is heard before all else; -h is the letter of the command where it has one', () => {
  expect(readArguments({ ...command, operands: { least: 3, most: 3 } }, ['--help']).help).toBe(true);
  expect(read('-h', 'web')).toMatchObject({ flags: { hostname: 'web' }, help: false });
});

test('another name of an option is the same option', () => {
  expect(read('--net', 'host').flags.network).toBe('host');
  expect(read('--net=none').flags.network).toBe('none');
});

test.each([
  [['--foo'], 'unknown flag: --foo'],
  [['--foo=1'], 'unknown flag: --foo'],
  [['--__proto__=1'], 'unknown flag: --__proto__'],
  [['--envFile', 'x'], 'unknown flag: --envFile'],
  [['---rm'], 'unknown flag: ---rm'],
  [['-x'], "unknown shorthand flag: 'x' in -x"],
  [['-ix'], "unknown shorthand flag: 'x' in -ix"],
  [['--name'], 'flag needs an argument: --name'],
  [['-ie'], "flag needs an argument: 'e' in -ie"],
  [['--rm=maybe'], 'invalid argument "maybe" for "--rm" flag (expected true or false)'],
  [['--network', 'bridge'], 'invalid argument "bridge" for "--network" flag (expected none or host)'],
])('%j fails by name: %s', (argv, message) => {
  expect(() => read(...argv)).toThrow(message);
  expect(() => read(...argv)).toThrow(UsageError);
});

test('a mistyped flag is answered with the nearest', () => {
  expect(() => read('--interactiv')).toThrow(
    expect.objectContaining({ hint: expect.stringContaining('--interactive?') }),
  );
});

test.each([
  [0, 0, ['a'], 'accepts no arguments'],
  [1, 1, [], 'requires exactly 1 argument'],
  [2, 2, ['a'], 'requires exactly 2 arguments'],
  [0, 1, ['a', 'b'], 'accepts at most 1 argument'],
  [1, Number.POSITIVE_INFINITY, [], 'requires at least 1 argument'],
])('a command with %d to %d operands refuses %j', (least, most, argv, message) => {
  const narrow = { ...command, operands: { least, most }, flagsFirst: false };
  expect(() => readArguments(narrow, argv)).toThrow(`"gocker try" ${message}`);
});
