/**
 * Device rules as a program of BPF_PROG_TYPE_CGROUP_DEVICE, which is how cgroup v2 has them: it is asked at each open and mknod
 * of a device, and allows by returning 1. Instructions are 8 bytes, linux/bpf.h `struct bpf_insn`; the numbers are
 * instruction-set.rst's.
 */
import { GockerError } from '../../errors/index.ts';
import type { DeviceRule } from '../../oci/index.ts';

/** An instruction: opcode, destination and source register, offset, constant. */
type Instruction = readonly [opcode: number, dst: number, src: number, offset: number, constant: number];

const op = {
  load32: 0x61,
  move: 0xb7,
  copy: 0xbf,
  and32: 0x54,
  shiftRight32: 0x74,
  jumpUnequal: 0x55,
  jumpUnequalTo: 0x5d,
  exit: 0x95,
};

/** Where the program keeps what it is asked: `struct bpf_cgroup_dev_ctx`. r1 points to that, and is free after. */
const register = { result: 0, scratch: 1, type: 2, access: 3, major: 4, minor: 5 };

/** BPF_DEVCG_DEV_* and BPF_DEVCG_ACC_*. */
const types = { b: 1, c: 2 } as const;
const accesses: Readonly<Record<string, number>> = { m: 1, r: 2, w: 4 };
const everyAccess = 7;

/** @throws GockerError `DEVICE_RULE_INVALID` */
export function deviceProgram(rules: readonly DeviceRule[]): Uint8Array {
  const instructions: Instruction[] = [
    [op.load32, register.type, 1, 0, 0],
    [op.copy, register.access, register.type, 0, 0],
    [op.and32, register.type, 0, 0, 0xffff],
    [op.shiftRight32, register.access, 0, 0, 16],
    [op.load32, register.major, 1, 4, 0],
    [op.load32, register.minor, 1, 8, 0],
  ];
  let isDecided = false;
  // The last rule that matches wins, so the last one is asked first.
  for (const rule of rules.toReversed()) {
    const conditions = conditionsOf(rule);
    instructions.push(...conditions, ...answer(rule.allow));
    isDecided = conditions.length === 0;
    // The kernel's verifier refuses instructions that nothing leads to.
    if (isDecided) break;
  }
  if (!isDecided) instructions.push(...answer(false));
  return encode(instructions);
}

/** Jumps over the rule's answer, and what is left of its conditions, where one doesn't hold. */
function conditionsOf({ type = 'a', major, minor, access = 'rwm' }: DeviceRule): Instruction[] {
  const mask = accessMask(access);
  const conditions: ((skip: number) => Instruction)[] = [];
  const unequal = (to: number, constant: number) => conditions.push((skip) => [op.jumpUnequal, to, 0, skip, constant]);
  if (type !== 'a') unequal(register.type, types[type]);
  if (mask !== everyAccess) {
    // All that is asked for must be within what the rule speaks of.
    conditions.push(() => [op.copy, register.scratch, register.access, 0, 0]);
    conditions.push(() => [op.and32, register.scratch, 0, 0, mask]);
    conditions.push((skip) => [op.jumpUnequalTo, register.scratch, register.access, skip, 0]);
  }
  if (major !== undefined) unequal(register.major, checkNumber(major));
  if (minor !== undefined) unequal(register.minor, checkNumber(minor));
  const length = conditions.length + answer(true).length;
  return conditions.map((condition, index) => condition(length - index - 1));
}

function answer(allow: boolean): Instruction[] {
  return [
    [op.move, register.result, 0, 0, allow ? 1 : 0],
    [op.exit, 0, 0, 0, 0],
  ];
}

function accessMask(access: string): number {
  let mask = 0;
  for (const letter of access) mask |= accesses[letter] ?? fail(`access "${access}"`, 'some of "rwm"');
  return mask === 0 ? fail('no access', 'some of "rwm"') : mask;
}

function checkNumber(number: number): number {
  return Number.isInteger(number) && number >= 0 && number < 2 ** 31 ? number : fail(`number ${number}`, '0 or more');
}

function fail(is: string, expected: string): never {
  throw new GockerError('DEVICE_RULE_INVALID', `cannot allow devices: a rule has ${is} (expected ${expected})`);
}

function encode(instructions: readonly Instruction[]): Uint8Array {
  const bytes = Buffer.alloc(instructions.length * 8);
  for (const [index, [opcode, dst, src, offset, constant]] of instructions.entries()) {
    bytes.writeUInt8(opcode, index * 8);
    bytes.writeUInt8(dst | (src << 4), index * 8 + 1);
    bytes.writeInt16LE(offset, index * 8 + 2);
    bytes.writeInt32LE(constant, index * 8 + 4);
  }
  return bytes;
}
