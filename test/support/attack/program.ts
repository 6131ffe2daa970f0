/**
 * An attacker's program without a compiler: a static ELF that makes any list of system calls, whatever each returns, and
 * writes its own memory to stdout, in which results and filled buffers are found. Its machine code is the tape's player
 * without the clone.
 */

import { cloneCall } from '../../../src/syscall/clone-call.ts';
import { errnoName, type KernelCall, thisArchitecture } from '../../../src/syscall/index.ts';
import { layOut } from '../../../src/syscall/tape/layout.ts';
import { type Listing, machineCode } from '../../../src/syscall/tape/listing.ts';
import { ENTRY } from '../../../src/syscall/tape/memory-format.ts';
import { arm64 } from '../../../src/syscall/tape/player-arm64.ts';
import { x64 } from '../../../src/syscall/tape/player-x64.ts';
import { dataAddress, type Machine, staticElf } from './elf.ts';
import { type AttackCall, nameInTable, numberOf } from './numbers.ts';

export interface Attempt {
  readonly call: string;
  /** As the kernel returned it: −errno where it failed. */
  readonly result: number;
  /** `EPERM`; undefined where it succeeded. */
  readonly error: string | undefined;
  /** What the call's buffers hold at the end, in the order of its arguments. */
  readonly buffers: readonly Buffer[];
}

/** Bytes of an executable file for a machine like this one. */
export function attackProgram(attacks: readonly AttackCall[], machine: Machine = thisArchitecture()): Buffer {
  return staticElf(machine, Buffer.concat([entry[machine], playerOf(machine)]), memoryOf(attacks, machine));
}

/** @param output all that the program wrote @throws Error where it was ended before it could */
export function readAttempts(attacks: readonly AttackCall[], output: Buffer): Attempt[] {
  const { entries, image } = lay(attacks, thisArchitecture(), 0);
  if (output.length !== image.size) throw new Error(`the attacking program wrote ${output.length} bytes: ${output}`);
  return attacks.map(({ call, args }, index) => {
    const at = entries[index] ?? 0;
    const result = Number(output.readBigInt64LE(at + ENTRY.result));
    const buffers = args.flatMap((argument, position) => {
      if (typeof argument !== 'object' || argument?.kind !== 'buffer') return [];
      const start = Number(output.readBigUInt64LE(at + ENTRY.args + 8 * position)) - dataAddress;
      return [output.subarray(start, start + argument.bytes.length)];
    });
    return { call, result, error: result < 0 && result > -4096 ? errnoName(-result) : undefined, buffers };
  });
}

/** The player from its child on wants the tape's address in a register. */
const entry: Readonly<Record<Machine, Uint8Array>> = {
  x64: Buffer.from('ba00000001', 'hex'), // mov edx, 0x1000000
  arm64: Buffer.from('0920a0d2', 'hex'), // movz x9, #0x100, lsl #16
};

const listings: Readonly<Record<Machine, Listing>> = { x64, arm64 };

function playerOf(machine: Machine): Uint8Array {
  const listing = listings[machine];
  return machineCode(listing.slice(listing.findIndex(([text]) => text === 'child:')));
}

function memoryOf(attacks: readonly AttackCall[], machine: Machine): Buffer {
  const { size } = lay(attacks, machine, 0).image;
  const { image, entries } = lay(attacks, machine, size);
  const memory = Buffer.from(image.at(BigInt(dataAddress)));
  for (const [index, { call }] of attacks.entries()) {
    memory.writeBigUInt64LE(BigInt(numberOf(call, machine)), (entries[index] ?? 0) + ENTRY.number);
  }
  return memory;
}

function lay(attacks: readonly AttackCall[], architecture: Machine, size: number) {
  const report: KernelCall = { call: 'write', args: [1, dataAddress, size], why: 'what came of it' };
  const calls = attacks.map(
    ({ call, args, result }): KernelCall => ({
      call: nameInTable(call),
      args,
      ...(result !== undefined && { result }),
      allow: 'any',
      why: 'an attack',
    }),
  );
  return layOut([...calls, report], { architecture, clone: cloneCall([], 'none: it is a program') });
}
