import { describe, expect, test } from 'vitest';
import { cloneCall } from '../../../src/syscall/clone-call.ts';
import { buffer, constant, environment, type KernelCall, resultOf, strings } from '../../../src/syscall/kernel-call.ts';
import { type LayoutOptions, layOut } from '../../../src/syscall/tape/layout.ts';
import { ENTRY, TAPE } from '../../../src/syscall/tape/memory-format.ts';

const BASE = 0x7000_0000_0000n;

/** The laid-out memory as a player sees it: words at addresses. */
function memoryOf(calls: readonly KernelCall[], options: Partial<LayoutOptions> = {}) {
  const clone = cloneCall(['CLONE_PIDFD', 'CLONE_NEWUTS'], 'test');
  const layout = layOut(calls, { architecture: 'x64', clone, ...options });
  const bytes = layout.image.at(BASE);
  const view = new DataView(bytes.buffer);
  const word = (at: bigint | number) => view.getBigUint64(Number(typeof at === 'bigint' ? at - BASE : at), true);
  const text = (at: bigint) => {
    const start = Number(at - BASE);
    return Buffer.from(bytes.subarray(start, bytes.indexOf(0, start))).toString();
  };
  const argument = (call: number, index: number) => word((layout.entries[call] ?? 0) + ENTRY.args + 8 * index);
  const list = (call: number, kind: 'copies64' | 'copies32') => {
    const items: bigint[] = [];
    let at = word((layout.entries[call] ?? 0) + ENTRY[kind]);
    for (; word(at) !== 0n; at += 8n) items.push(word(at));
    return items;
  };
  /** Results that count as no success, and the number of the call that they lead to. */
  const leads = (call: number) => {
    const pairs: [bigint, number][] = [];
    let at = word((layout.entries[call] ?? 0) + ENTRY.allowed);
    for (; word(at) !== 0n; at += 16n) pairs.push([BigInt.asIntN(64, word(at + 8n)), callAt(word(at))]);
    return pairs;
  };
  const callAt = (place: bigint) => layout.entries.indexOf(Number(place - BASE));
  return { ...layout, bytes, view, word, text, argument, list, leads, callAt };
}

const getpid: KernelCall = { call: 'getpid', args: [], why: 'test', result: 'pid' };
const using = (...args: KernelCall['args']): KernelCall => ({ call: 'close', args, why: 'test' });

describe('layOut()', () => {
  test('begins with the head, which points at the first entry and at the clone', () => {
    const { word, entries } = memoryOf([getpid]);
    expect(word(TAPE.first)).toBe(BASE + BigInt(entries[0] ?? 0));
    const clone = word(TAPE.cloneArgs);
    expect(word(clone)).toBe(0x4001000n);
    expect(word(clone + 8n)).toBe(BASE + BigInt(TAPE.pidfd));
    expect(word(clone + 32n)).toBe(17n);
    expect([word(TAPE.current), word(TAPE.stopped)]).toEqual([0n, 0n]);
  });

  test('numbers the calls for the architecture', () => {
    expect(memoryOf([getpid]).word(memoryOf([getpid]).entries[0] ?? 0)).toBe(39n);
    const arm64 = memoryOf([getpid], { architecture: 'arm64' });
    expect(arm64.word(arm64.entries[0] ?? 0)).toBe(172n);
  });

  test('ends with exit_group(0)', () => {
    const { word, entries, argument } = memoryOf([getpid]);
    expect(entries).toHaveLength(2);
    expect([word(entries[1] ?? 0), argument(1, 0)]).toEqual([231n, 0n]);
  });

  test('passes numbers in two’s complement, and null as 0', () => {
    const { argument } = memoryOf([using(-100, 2n ** 64n - 1n, constant('AT_FDCWD', -100), null, 7)]);
    expect([0, 1, 2, 3, 4, 5].map((index) => argument(0, index))).toEqual([
      2n ** 64n - 100n,
      2n ** 64n - 1n,
      2n ** 64n - 100n,
      0n,
      7n,
      0n,
    ]);
  });

  test('passes text as a pointer to UTF-8 with a NUL', () => {
    const { argument, text, bytes } = memoryOf([using('/häuser', '')]);
    expect(text(argument(0, 0))).toBe('/häuser');
    expect(text(argument(0, 1))).toBe('');
    expect(bytes[Number(argument(0, 1) - BASE)]).toBe(0);
  });

  test('passes vectors of strings with NULL at their end', () => {
    const { argument, text, word } = memoryOf([using(strings(['sh', '-c']), environment([]))]);
    const argv = argument(0, 0);
    expect([text(word(argv)), text(word(argv + 8n)), word(argv + 16n)]).toEqual(['sh', '-c', 0n]);
    expect(word(argument(0, 1))).toBe(0n);
  });

  test('places buffers with their pointer fields, one object once', () => {
    const inner = buffer('inner', Uint8Array.of(9));
    const outer = buffer('outer', new Uint8Array(16).fill(1), [{ offset: 8, kind: 'pointer', to: inner }]);
    const { argument, word, bytes } = memoryOf([using(outer, inner), using(outer)]);
    expect(word(argument(0, 0) + 8n)).toBe(argument(0, 1));
    expect(bytes[Number(argument(0, 1) - BASE)]).toBe(9);
    expect(argument(1, 0)).toBe(argument(0, 0));
  });

  test('lists where a result is wanted: arguments in 64 bits, fields in 32', () => {
    const field = buffer('field', new Uint8Array(6), [{ offset: 2, kind: 'result', of: 'pid' }]);
    const { entries, list, argument } = memoryOf([getpid, using(resultOf('pid'), field), using(1, resultOf('pid'))]);
    const argumentAt = (call: number, index: number) => BASE + BigInt((entries[call] ?? 0) + ENTRY.args + 8 * index);
    expect(list(0, 'copies64')).toEqual([argumentAt(1, 0), argumentAt(2, 1)]);
    expect(list(0, 'copies32')).toEqual([argument(1, 1) + 2n]);
    expect(list(1, 'copies64')).toEqual([]);
  });

  test('gives a name its nearest definition before', () => {
    const { entries, list } = memoryOf([getpid, using(resultOf('pid')), getpid, using(resultOf('pid'))]);
    const argumentAt = (call: number) => BASE + BigInt((entries[call] ?? 0) + ENTRY.args);
    expect([list(0, 'copies64'), list(2, 'copies64')]).toEqual([[argumentAt(1)], [argumentAt(3)]]);
  });

  test('fills in what is given, in arguments and in fields', () => {
    const field = buffer('field', new Uint8Array(4), [{ offset: 0, kind: 'result', of: 'stdin' }]);
    const { argument, view } = memoryOf([using(resultOf('stdin'), field)], { given: { stdin: 23 } });
    expect(argument(0, 0)).toBe(23n);
    expect(view.getInt32(Number(argument(0, 1) - BASE), true)).toBe(23);
  });

  test('tells a field where the tape lies, and how long it is when all is laid out', () => {
    const field = buffer('field', new Uint8Array(16), [{ offset: 0, kind: 'tape' }]);
    const { argument, view, image } = memoryOf([using(field), using('a text that comes later')]);
    const at = Number(argument(0, 0) - BASE);
    expect([view.getBigUint64(at, true), view.getBigUint64(at + 8, true)]).toEqual([BASE, BigInt(image.size)]);
  });

  test('lists the errors that are allowed, and asks nothing of a result where any is', () => {
    const { leads, word, entries } = memoryOf([
      { ...getpid, allow: ['EPERM', 'ENOENT'] },
      { ...getpid, allow: 'any' },
      { ...getpid, atLeast: 1 },
    ]);
    expect(leads(0)).toEqual([
      [-1n, 1],
      [-2n, 1],
    ]);
    const atLeast = entries.map((entry) => BigInt.asIntN(64, word(entry + ENTRY.atLeast)));
    expect(atLeast.slice(0, 3)).toEqual([0n, -(2n ** 63n), 1n]);
  });

  test('leads from each call to the one below, or where its labels say', () => {
    const { leads, word, entries, callAt } = memoryOf([
      { ...getpid, label: 'again', on: { 0: 'end', EAGAIN: 'again' }, otherwise: 'end', allow: ['EPERM'] },
      { ...getpid, next: 'again' },
      { ...getpid, label: 'end' },
    ]);
    const places = (field: 'next' | 'otherwise') =>
      entries.slice(0, 3).map((entry) => callAt(word(entry + ENTRY[field])));
    expect(places('next')).toEqual([1, 0, 3]);
    expect(places('otherwise')).toEqual([2, -1, -1]);
    expect(leads(0)).toEqual([
      [-1n, 1],
      [0n, 2],
      [-11n, 0],
    ]);
  });

  test('leads to the reading of the clock before a call where time is asked for', () => {
    const { entries, word } = memoryOf([getpid, { ...getpid, label: 'here' }, { ...getpid, next: 'here' }], {
      timing: true,
    });
    expect(word((entries[2] ?? 0) + ENTRY.next)).toBe(BASE + BigInt((entries[1] ?? 0) - ENTRY.size));
  });

  test('begins a new process below, at a label or on another tape, and leads its maker on or nowhere', () => {
    const { entries, word, callAt } = memoryOf([
      { ...getpid, forks: true },
      { ...getpid, forks: { at: 'there' } },
      { ...getpid, forks: { head: 0x5000n, first: 0x5040n } },
      { ...getpid, label: 'there' },
    ]);
    const at = (call: number, field: 'forks' | 'tape' | 'next') => word((entries[call] ?? 0) + ENTRY[field]);
    expect([callAt(at(0, 'forks')), at(0, 'tape'), at(0, 'next')]).toEqual([1, BASE, 0n]);
    expect([callAt(at(1, 'forks')), at(1, 'tape'), callAt(at(1, 'next'))]).toEqual([3, BASE, 2]);
    expect([at(2, 'forks'), at(2, 'tape'), callAt(at(2, 'next'))]).toEqual([0x5040n, 0x5000n, 3]);
    expect(at(3, 'forks')).toBe(0n);
  });

  test('asks for as much as an earlier call returned', () => {
    const { entries, list } = memoryOf([getpid, { ...getpid, atLeast: { kind: 'result', of: 'pid' } }]);
    expect(list(0, 'copies64')).toEqual([BASE + BigInt((entries[1] ?? 0) + ENTRY.atLeast)]);
  });

  test('copies results to fields in 64 bits too', () => {
    const field = buffer('field', new Uint8Array(16), [{ offset: 8, kind: 'long result', of: 'pid' }]);
    const { argument, list } = memoryOf([getpid, using(field)]);
    expect(list(0, 'copies64')).toEqual([argument(1, 0) + 8n]);
  });

  test('puts a reading of the clock before, between and behind the calls where time is asked for', () => {
    const { entries, times, word } = memoryOf([getpid, getpid], { timing: true });
    expect(times).toHaveLength(3);
    const clocks = entries.map((entry) => entry - ENTRY.size);
    expect(clocks.map((clock) => word(clock))).toEqual([228n, 228n, 228n]);
    expect(clocks.map((clock) => word(clock + ENTRY.args + 8))).toEqual(times.map((time) => BASE + BigInt(time)));
    expect(memoryOf([getpid, getpid]).times).toEqual([]);
  });

  test('grows with its plan', () => {
    const { argument, text } = memoryOf(
      Array.from({ length: 500 }, (_, index) => using(`${index}:${'x'.repeat(500)}`)),
    );
    expect(text(argument(0, 0))).toMatch(/^0:x{500}$/);
    expect(text(argument(499, 0))).toMatch(/^499:x{500}$/);
  });

  test.each([
    ['an unknown call', { ...getpid, call: 'frobnicate' }, 'cannot lay out "frobnicate"'],
    ['a name from Object.prototype', { ...getpid, call: 'toString' }, 'cannot lay out "toString"'],
    ['seven arguments', using(1, 2, 3, 4, 5, 6, 7), 'it has 7 arguments (expected 6 at most)'],
    ['a way to a label that nobody has', { ...getpid, next: 'nowhere' }, 'cannot lay out a way to "nowhere"'],
    ['a result that nobody defined', using(resultOf('nobody')), 'cannot lay out <nobody>'],
    ['its own result', { ...using(resultOf('me')), result: 'me' }, 'cannot lay out <me>'],
    ['a NUL in text', using('/etc\0/passwd'), 'it has a NUL inside'],
    ['a fraction', using(0.5), 'cannot lay out the number 0.5'],
    ['a number that lost digits', using(2 ** 60), 'it is no whole number below 2⁵³'],
    ['an unknown error', { ...getpid, allow: ['ENOSUCH'] }, 'no errno is named "ENOSUCH"'],
    [
      'a field past its buffer',
      using(buffer('b', new Uint8Array(8), [{ offset: 4, kind: 'pointer', to: null }])),
      'reaches past its 8 bytes',
    ],
  ])('refuses %s', (_, call, message) => {
    expect(() => memoryOf([call])).toThrow(message);
  });
});
