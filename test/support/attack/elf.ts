/** The smallest static ELF that does something: a segment of code and one of data, elf(5). */

const headerSize = 64;
const segmentSize = 56;
/** The largest page of any arm64. */
const page = 0x1_0000;
const machines = { x64: 62, arm64: 183 } as const;

export type Machine = keyof typeof machines;

/** Where the data begin; the code needs to know. */
export const dataAddress = 0x100_0000;
const codeAddress = 0x40_0000;

/** @param code position-independent, entered at its first byte */
export function staticElf(machine: Machine, code: Uint8Array, data: Uint8Array): Buffer {
  const codeOffset = headerSize + 2 * segmentSize;
  const file = Buffer.alloc(page + data.length);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]); // ELF, 64 bits, little endian, version 1
  file.writeUInt16LE(2, 16); // ET_EXEC
  file.writeUInt16LE(machines[machine], 18);
  file.writeUInt32LE(1, 20);
  file.writeBigUInt64LE(BigInt(codeAddress + codeOffset), 24); // e_entry
  file.writeBigUInt64LE(BigInt(headerSize), 32); // e_phoff
  file.writeUInt16LE(headerSize, 52);
  file.writeUInt16LE(segmentSize, 54);
  file.writeUInt16LE(2, 56);
  writeSegment(file, 0, { flags: 5, offset: 0, address: codeAddress, size: codeOffset + code.length });
  writeSegment(file, 1, { flags: 6, offset: page, address: dataAddress, size: data.length });
  file.set(code, codeOffset);
  file.set(data, page);
  return file;
}

interface Segment {
  /** PF_X 1, PF_W 2, PF_R 4. */
  readonly flags: number;
  readonly offset: number;
  readonly address: number;
  readonly size: number;
}

function writeSegment(file: Buffer, index: number, { flags, offset, address, size }: Segment): void {
  const at = headerSize + index * segmentSize;
  file.writeUInt32LE(1, at); // PT_LOAD
  file.writeUInt32LE(flags, at + 4);
  const words = [offset, address, address, size, size, page];
  for (const [word, value] of words.entries()) file.writeBigUInt64LE(BigInt(value), at + 8 + 8 * word);
}
