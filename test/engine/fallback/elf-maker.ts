/** ELF files with just what the dynamic loader's needs are read from: a header, program headers, a dynamic section, names. */
export interface ElfParts {
  readonly bits?: 32 | 64;
  readonly endian?: 'little' | 'big';
  readonly machine?: number;
  readonly interpreter?: string;
  readonly needed?: readonly string[];
  readonly rpath?: string;
  readonly runpath?: string;
}

export const X86_64 = 62;
export const I386 = 3;

/** Everything is loaded at address 0x1000 + offset, so that addresses and offsets can't be mistaken for one another. */
const BASE = 0x1000;

export function makeElf(parts: ElfParts = {}): Buffer {
  const wide = (parts.bits ?? 64) === 64;
  const little = (parts.endian ?? 'little') === 'little';
  const headerSize = wide ? 64 : 52;
  const entrySize = wide ? 56 : 32;
  const wordSize = wide ? 8 : 4;

  let strings = '\0';
  const name = (text: string) => {
    const offset = strings.length;
    strings += `${text}\0`;
    return offset;
  };
  const dynamic: [tag: number, value: number][] = (parts.needed ?? []).map((text) => [1, name(text)]);
  if (parts.rpath !== undefined) dynamic.push([15, name(parts.rpath)]);
  if (parts.runpath !== undefined) dynamic.push([29, name(parts.runpath)]);
  const dynamicAt = headerSize + 3 * entrySize;
  const dynamicSize = (dynamic.length + 3) * 2 * wordSize;
  const stringsAt = dynamicAt + dynamicSize;
  dynamic.push([5, BASE + stringsAt], [10, strings.length], [0, 0]);
  const interpreter = parts.interpreter === undefined ? '' : `${parts.interpreter}\0`;
  const interpreterAt = stringsAt + strings.length;

  const file = Buffer.alloc(interpreterAt + interpreter.length);
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const word = (at: number, value: number) =>
    wide ? view.setBigUint64(at, BigInt(value), little) : view.setUint32(at, value, little);
  file.write('\x7fELF', 0, 'latin1');
  file[4] = wide ? 2 : 1;
  file[5] = little ? 1 : 2;
  view.setUint16(18, parts.machine ?? X86_64, little);
  word(wide ? 32 : 28, headerSize);
  view.setUint16(wide ? 54 : 42, entrySize, little);
  view.setUint16(wide ? 56 : 44, 3, little);
  const segment = (index: number, type: number, [offset, size]: [number, number]) => {
    const at = headerSize + index * entrySize;
    view.setUint32(at, type, little);
    word(at + (wide ? 8 : 4), offset);
    word(at + (wide ? 16 : 8), BASE + offset);
    word(at + (wide ? 32 : 16), size);
  };
  segment(0, 1, [0, file.length]);
  segment(1, 2, [dynamicAt, dynamicSize]);
  segment(2, interpreter === '' ? 0 : 3, [interpreterAt, interpreter.length]);
  for (const [index, [tag, value]] of dynamic.entries()) {
    word(dynamicAt + index * 2 * wordSize, tag);
    word(dynamicAt + index * 2 * wordSize + wordSize, value);
  }
  file.write(strings, stringsAt, 'latin1');
  file.write(interpreter, interpreterAt, 'latin1');
  return file;
}
