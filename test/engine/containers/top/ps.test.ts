/** What `top` understands of ps(1)'s options, and how it writes what it finds. */
import { describe, expect, test } from 'vitest';
import type { ProcessFacts } from '../../../../src/engine/containers/top/process-facts.ts';
import { columnNames, columns, type MachineFacts } from '../../../../src/engine/containers/top/ps-columns.ts';
import { parsePsOptions } from '../../../../src/engine/containers/top/ps-options.ts';

const titles = (...words: string[]) =>
  parsePsOptions(words)
    .map(({ title }) => title)
    .join(' ');

describe('parsePsOptions()', () => {
  // As docker 28 was seen to print them.
  const cases: readonly (readonly [words: string, titles: string])[] = [
    ['', 'UID PID PPID C STIME TTY TIME CMD'],
    ['-ef', 'UID PID PPID C STIME TTY TIME CMD'],
    ['-e -f', 'UID PID PPID C STIME TTY TIME CMD'],
    ['aux', 'USER PID %CPU %MEM VSZ RSS TTY STAT START TIME COMMAND'],
    ['-e', 'PID TTY TIME CMD'],
    ['ax', 'PID TTY STAT TIME COMMAND'],
    ['-o pid,ppid,user,comm,args', 'PID PPID USER COMMAND COMMAND'],
    ['-eo pid,comm', 'PID COMMAND'],
    ['-opid -o tty', 'PID TT'],
    ['axo pid,time,etime,pcpu,pmem', 'PID TIME ELAPSED %CPU %MEM'],
    ['--format=pid,cmd', 'PID CMD'],
    ['--format pid', 'PID'],
  ];
  for (const [words, expected] of cases) {
    test(`shows ${expected} for "${words}"`, () => {
      expect(titles(...words.split(' ').filter(Boolean))).toBe(expected);
    });
  }

  for (const words of ['--forest', 'f', '-H', '-l', '-o pid,__proto__', '-o pid,wchan']) {
    test(`refuses "${words}" by name`, () => {
      const name = words.split(/[ ,]/).at(-1);
      expect(() => parsePsOptions(words.split(' '))).toThrow(`"${name}"`);
    });
  }

  test('refuses a format without the pid, as docker does, and one without columns', () => {
    expect(() => parsePsOptions(['-o', 'comm'])).toThrow('there is no PID column');
    expect(() => parsePsOptions(['-o'])).toThrow('it names no columns');
  });
});

const process: ProcessFacts = {
  pid: 100,
  parent: 90,
  group: 100,
  session: 100,
  uid: 405,
  gid: 7,
  name: 'nginx',
  args: ['nginx', '-g', 'daemon off;'],
  state: 'S',
  nice: 0,
  priority: 20,
  threads: 1,
  terminal: 0,
  foregroundGroup: -1,
  virtual: 2_097_152,
  resident: 1_048_576,
  locked: 0,
  cpu: 125.7,
  started: 1000,
};

const now = Date.parse('2025-06-15T12:00:00') / 1000;
const machine: MachineFacts = {
  now,
  booted: now - 2000,
  memoryBytes: 10_485_760,
  userName: (uid) => (uid === 405 ? 'guest' : `${uid}`),
  groupName: (gid) => `${gid}`,
};

const show = (name: string, changes: Partial<ProcessFacts> = {}, facts: Partial<MachineFacts> = {}) =>
  columns[name]?.show({ ...process, ...changes }, { ...machine, ...facts });

test('every column has a way to be shown', () => {
  for (const name of columnNames) expect(show(name), name).toMatch(/./);
});

test('shares are of one CPU over the life of the process, and of the memory of the machine', () => {
  expect([show('%cpu'), show('c'), show('%mem')]).toEqual(['12.5', '12', '10.0']);
  expect(show('c', { cpu: 5000 })).toBe('99');
  expect(show('%cpu', { started: 2000 })).toBe('0.0');
});

test('times are written as ps(1) writes them', () => {
  expect([show('time'), show('bsdtime'), show('etime')]).toEqual(['00:02:05', '2:05', '16:40']);
  expect(show('etime', {}, { booted: now - 101_000 })).toBe('01-03:46:40');
  expect(show('etime', {}, { booted: now - 4700 })).toBe('01:01:40');
  expect(show('stime')).toBe('11:43');
  expect(show('stime', {}, { booted: now - 5 * 86_400 })).toBe('Jun10');
  expect(show('stime', {}, { booted: now - 400 * 86_400 })).toBe('2024');
});

test('states and terminals are those of ps(1)', () => {
  expect(show('stat')).toBe('Ss');
  expect(show('stat', { nice: 5, threads: 2, foregroundGroup: 100 })).toBe('SNsl+');
  expect(show('stat', { nice: -5, locked: 4096, session: 1, state: 'R' })).toBe('R<L');
  expect(show('tty')).toBe('?');
  expect(show('tty', { terminal: 136 * 256 + 3 })).toBe('pts/3');
  expect(show('tty', { terminal: 137 * 256 + 4 })).toBe('pts/260');
  expect(show('tty', { terminal: 4 * 256 + 1 })).toBe('tty1');
});

test('a command is its words, and one that has none is told by its name', () => {
  expect(show('args')).toBe('nginx -g daemon off;');
  expect(show('args', { args: [], state: 'Z' })).toBe('[nginx] <defunct>');
  expect([show('user'), show('user', { uid: 3 }), show('pri')]).toEqual(['guest', '3', '19']);
});
