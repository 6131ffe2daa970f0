import { expect, test } from 'vitest';
import type { DeviceRule } from '../../../src/oci/index.ts';
import { deviceProgram } from '../../../src/runtime/plan/device-program.ts';
import { defaultDeviceRules } from '../../../src/runtime/spec/device-rules.ts';

/** What the kernel would say, by playing the program: instruction-set.rst, as much of it as is used. */
function allows(
  rules: readonly DeviceRule[],
  request: { type: 1 | 2; access: number; major: number; minor: number },
): boolean {
  const program = Buffer.from(deviceProgram(rules));
  const context = [(request.access << 16) | request.type, request.major, request.minor];
  const registers = new Array<number>(11).fill(0);
  for (let at = 0; at < program.length / 8; at++) {
    const opcode = program.readUInt8(at * 8);
    const [dst, src] = [program.readUInt8(at * 8 + 1) & 15, program.readUInt8(at * 8 + 1) >> 4];
    const [offset, constant] = [program.readInt16LE(at * 8 + 2), program.readInt32LE(at * 8 + 4)];
    const [left = 0, right = 0] = [registers[dst], registers[src]];
    if (opcode === 0x61) registers[dst] = context[offset / 4] ?? Number.NaN;
    else if (opcode === 0xb7) registers[dst] = constant;
    else if (opcode === 0xbf) registers[dst] = right;
    else if (opcode === 0x54) registers[dst] = left & constant;
    else if (opcode === 0x74) registers[dst] = left >>> constant;
    else if (opcode === 0x55) at += left === constant ? 0 : offset;
    else if (opcode === 0x5d) at += left === right ? 0 : offset;
    else if (opcode === 0x95) return registers[0] === 1;
    else throw new Error(`opcode ${opcode}`);
  }
  throw new Error('the program has no end');
}

const [block, char] = [1, 2] as const;
const [m, r, w] = [1, 2, 4];

test('the default rules let any node be made and only harmless ones be used', () => {
  const ask = (type: 1 | 2, major: number, minor: number, access: number) =>
    allows(defaultDeviceRules, { type, major, minor, access });
  for (const minor of [3, 5, 7, 8, 9]) expect(ask(char, 1, minor, r | w)).toBe(true);
  expect(ask(char, 136, 77, r | w)).toBe(true);
  expect(ask(char, 5, 2, r | w)).toBe(true);
  expect(ask(block, 8, 0, m)).toBe(true);
  expect(ask(char, 10, 200, m)).toBe(true);

  expect(ask(block, 8, 0, r)).toBe(false);
  expect(ask(block, 8, 0, m | r)).toBe(false);
  expect(ask(char, 1, 1, r)).toBe(false);
  expect(ask(char, 1, 11, r)).toBe(false);
  expect(ask(char, 10, 200, r | w)).toBe(false);
  expect(ask(block, 1, 3, r)).toBe(false);
});

test('the last rule that matches wins, and without a rule nothing is allowed', () => {
  const request = { type: char, major: 10, minor: 200, access: r | w };
  const tun: DeviceRule = { allow: true, type: 'c', major: 10, minor: 200, access: 'rwm' };
  expect(allows([], request)).toBe(false);
  expect(allows([{ allow: false }, tun], request)).toBe(true);
  expect(allows([tun, { allow: false }], request)).toBe(false);
  expect(allows([{ allow: true }], request)).toBe(true);
  expect(allows([{ ...tun, access: 'r' }], request)).toBe(false);
});

test('rules that can’t be are refused', () => {
  const invalid = expect.objectContaining({ code: 'DEVICE_RULE_INVALID' });
  for (const rule of [{ access: 'x' }, { access: '' }, { major: -1 }, { minor: 1.5 }]) {
    expect(() => deviceProgram([{ allow: true, ...rule }])).toThrow(invalid);
  }
});
