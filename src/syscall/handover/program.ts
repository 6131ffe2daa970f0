/**
 * The handover: a static program of one page that plays on the tape which executed it. The child that plays is a clone of Node, and
 * its /proc/self/exe is the host's node; once the handover runs, it is an anonymous file that belongs to this start alone,
 * and no image can reach node by it (CVE-2019-5736). docs/design/0006-handover.md.
 *
 * elf(5): a header, two program headers, then the code, loaded whole at one fixed address. Nothing is linked and nothing
 * relocated.
 */
import { type BufferArgument, buffer } from '../kernel-call.ts';
import type { Architecture } from '../syscall-numbers.ts';
import { LIFELINE } from '../tape/lifeline.ts';
import { type Listing, machineCode } from '../tape/listing.ts';
import { arm64 as arm64Player } from '../tape/player-arm64.ts';
import { x64 as x64Player } from '../tape/player-x64.ts';
import { TAPE_FILE } from '../tape/tape.ts';
import * as arm64 from './handover-arm64.ts';
import * as x64 from './handover-x64.ts';

const parts = {
  x64: { ...x64, player: x64Player, machine: 62 },
  arm64: { ...arm64, player: arm64Player, machine: 183 },
} as const;

/** Far below where the kernel puts stacks and mappings, and so the tape. */
const ADDRESS = 0x400000;
const HEADER = 64;
const PROGRAM_HEADER = 56;
const CODE = HEADER + 2 * PROGRAM_HEADER;
/** What the code begins with. */
const DATA = { tape: CODE, file: CODE + 16, lifeline: CODE + 20, size: 24 } as const;

/** What becomes of the maker of a process that has no more to play: it stays as a reaper, or it ends. */
export type Maker = 'reaper' | 'ends';

/** All of the code as one listing. */
export function handoverListing(architecture: Architecture, maker: Maker = 'reaper'): Listing {
  const { start, player, reaper } = parts[architecture];
  const at = (label: string) => player.findIndex(([text]) => text === label);
  const loop = player.slice(at('next:'), at('leave:'));
  return [...start, ...loop, ...(maker === 'reaper' ? reaper : player.slice(at('leave:')))];
}

/** The file's bytes, for one tape: it knows where that tape lies, and by which descriptors it is reached. */
export function handoverProgram(architecture: Architecture, maker: Maker = 'reaper'): BufferArgument {
  const code = machineCode(handoverListing(architecture, maker));
  const file = Buffer.alloc(CODE + code.length);
  writeHeader(file, parts[architecture].machine);
  writeSegment(file.subarray(HEADER), { type: PT_LOAD, flags: PF_R | PF_X, size: file.length });
  writeSegment(file.subarray(HEADER + PROGRAM_HEADER), { type: PT_GNU_STACK, flags: PF_R | PF_W, size: 0 });
  file.set(code, CODE);
  return buffer(`[/* ${file.length} bytes: the handover */]`, file, [
    { offset: DATA.tape, kind: 'tape' },
    { offset: DATA.file, kind: 'result', of: TAPE_FILE },
    { offset: DATA.lifeline, kind: 'result', of: LIFELINE },
  ]);
}

const PT_LOAD = 1;
const PT_GNU_STACK = 0x6474e551;
const PF_X = 1;
const PF_W = 2;
const PF_R = 4;

function writeHeader(file: Buffer, machine: number): void {
  file.write('\x7fELF\x02\x01\x01', 'latin1');
  file.writeUInt16LE(2, 16); // e_type: ET_EXEC
  file.writeUInt16LE(machine, 18);
  file.writeUInt32LE(1, 20); // e_version
  file.writeBigUInt64LE(BigInt(ADDRESS + CODE + DATA.size), 24); // e_entry
  file.writeBigUInt64LE(BigInt(HEADER), 32); // e_phoff
  file.writeUInt16LE(HEADER, 52); // e_ehsize
  file.writeUInt16LE(PROGRAM_HEADER, 54); // e_phentsize
  file.writeUInt16LE(2, 56); // e_phnum
}

interface Segment {
  readonly type: number;
  readonly flags: number;
  /** From the file's beginning; 0 for one that has no bytes. */
  readonly size: number;
}

function writeSegment(header: Buffer, { type, flags, size }: Segment): void {
  const address = BigInt(size === 0 ? 0 : ADDRESS);
  header.writeUInt32LE(type, 0);
  header.writeUInt32LE(flags, 4);
  header.writeBigUInt64LE(address, 16); // p_vaddr
  header.writeBigUInt64LE(address, 24); // p_paddr
  header.writeBigUInt64LE(BigInt(size), 32); // p_filesz
  header.writeBigUInt64LE(BigInt(size), 40); // p_memsz
  // The largest page of arm64.
  header.writeBigUInt64LE(0x10000n, 48); // p_align
}
