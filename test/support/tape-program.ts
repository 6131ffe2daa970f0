/** A static program that plays a tape: what an image may bring along, made of our own player where no compiler is at hand. */
import { cloneCall } from '../../src/syscall/clone-call.ts';
import type { KernelCall } from '../../src/syscall/kernel-call.ts';
import type { Architecture } from '../../src/syscall/syscall-numbers.ts';
import { layOut } from '../../src/syscall/tape/layout.ts';
import { machineCode } from '../../src/syscall/tape/listing.ts';
import { arm64 } from '../../src/syscall/tape/player-arm64.ts';
import { x64 } from '../../src/syscall/tape/player-x64.ts';

const CODE = 0x1000;
const TAPE = 0x2000;

/** @param base where it is loaded: a loader must not lie where the program lies that names it */
export function tapeProgram(architecture: Architecture, calls: readonly KernelCall[], base: number): Buffer {
  const { image } = layOut(calls, { architecture, clone: cloneCall(['CLONE_PIDFD'], 'test') });
  const tape = image.at(BigInt(base + TAPE));
  const file = Buffer.alloc(TAPE + tape.length);
  file.write('\x7fELF\x02\x01\x01', 'latin1');
  file.writeUInt16LE(2, 16); // ET_EXEC
  file.writeUInt16LE(architecture === 'x64' ? 62 : 183, 18);
  file.writeUInt32LE(1, 20);
  file.writeBigUInt64LE(BigInt(base + CODE), 24); // entry
  file.writeBigUInt64LE(64n, 32); // program headers
  file.writeUInt16LE(64, 52);
  file.writeUInt16LE(56, 54);
  file.writeUInt16LE(1, 56);
  file.writeUInt32LE(1, 64); // PT_LOAD
  file.writeUInt32LE(7, 68);
  file.writeBigUInt64LE(BigInt(base), 80);
  file.writeBigUInt64LE(BigInt(base), 88);
  file.writeBigUInt64LE(BigInt(file.length), 96);
  file.writeBigUInt64LE(BigInt(file.length), 104);
  file.writeBigUInt64LE(0x1000n, 112);
  enterChild(file, architecture, base + TAPE);
  file.set(tape, TAPE);
  return file;
}

/** The tape's address into the register where the player's `child:` has it, and there. */
function enterChild(file: Buffer, architecture: Architecture, tape: number): void {
  const listing = architecture === 'x64' ? x64 : arm64;
  const player = CODE + 32;
  const child =
    player +
    machineCode(
      listing.slice(
        0,
        listing.findIndex(([text]) => text === 'child:'),
      ),
    ).length;
  if (architecture === 'x64') {
    file.writeUInt16LE(0xba48, CODE); // mov rdx, tape
    file.writeBigUInt64LE(BigInt(tape), CODE + 2);
    file.writeUInt8(0xe9, CODE + 10); // jmp child
    file.writeInt32LE(child - (CODE + 15), CODE + 11);
  } else {
    file.writeUInt32LE(0x580000c9, CODE); // ldr x9, tape
    file.writeUInt32LE(0x14000000 + (child - (CODE + 4)) / 4, CODE + 4); // b child
    file.writeBigUInt64LE(BigInt(tape), CODE + 24);
  }
  file.set(machineCode(listing), player);
}
