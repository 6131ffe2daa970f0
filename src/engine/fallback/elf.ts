/**
 * ELF files as far as the dynamic loader's needs go: elf(5); System V gABI, chapters "Object Files" and "Program Loading and
 * Dynamic Linking".
 *
 *   file header      e_ident (class, byte order), e_machine, place and count of the program headers
 *   program headers  PT_INTERP: the loader's path · PT_LOAD: which address lies at which offset · PT_DYNAMIC
 *   dynamic section  (tag, value)* up to DT_NULL; names are offsets into the string table at DT_STRTAB
 *
 * A file may say anything: every count, size and offset is bounded before it is believed.
 */
import { GockerError } from '../../errors/index.ts';

/** What must agree between a program and its libraries. */
export interface Machine {
  readonly bits: 32 | 64;
  readonly endian: 'little' | 'big';
  /** e_machine: 62 is x86-64, 183 AArch64. */
  readonly number: number;
}

export interface Elf {
  readonly machine: Machine;
  /** The dynamic loader's path; undefined for a library and for a static program. */
  readonly interpreter: string | undefined;
  /** DT_NEEDED, in order. */
  readonly needed: readonly string[];
  /** DT_RPATH and DT_RUNPATH, split at colons, `$ORIGIN` and the like still in them. */
  readonly rpath: readonly string[];
  readonly runpath: readonly string[];
}

/** Up to `length` bytes from `offset`: fewer, or none, at the end of the file. */
export type ReadAt = (offset: number, length: number) => Uint8Array;

const PT_LOAD = 1;
const PT_DYNAMIC = 2;
const PT_INTERP = 3;
const DT_NULL = 0;
const DT_NEEDED = 1;
const DT_STRTAB = 5;
const DT_STRSZ = 10;
const DT_RPATH = 15;
const DT_RUNPATH = 29;

/** Offsets within headers, by class: elf(5). */
const layouts = {
  32: { header: 52, phoff: 28, phentsize: 42, phnum: 44, programHeader: 32, offset: 4, vaddr: 8, filesz: 16, word: 4 },
  64: { header: 64, phoff: 32, phentsize: 54, phnum: 56, programHeader: 56, offset: 8, vaddr: 16, filesz: 32, word: 8 },
} as const;

const MOST_PROGRAM_HEADERS = 512;
const LONGEST_DYNAMIC_SECTION = 65_536;
/** PATH_MAX: no name in use is longer. */
const LONGEST_STRING = 4096;
/** A run path may list many directories. */
const LONGEST_RUN_PATH = 65_536;

/**
 * @param path how errors name the file
 * @returns undefined where it is no ELF file at all
 * @throws GockerError `ELF_INVALID`
 */
export function parseElf(path: string, readAt: ReadAt): Elf | undefined {
  const ident = readAt(0, 20);
  if (ident[0] !== 0x7f || Buffer.from(ident.subarray(1, 4)).toString('latin1') !== 'ELF') return undefined;
  return new ElfReader(path, readAt, readMachine(path, ident)).read();
}

function readMachine(path: string, ident: Uint8Array): Machine {
  const bits = ({ 1: 32, 2: 64 } as const)[Number(ident[4])];
  const endian = ({ 1: 'little', 2: 'big' } as const)[Number(ident[5])];
  if (bits === undefined || endian === undefined || ident.length < 20) throw invalid(path, 'its header is damaged');
  return { bits, endian, number: new DataView(ident.buffer, ident.byteOffset).getUint16(18, endian === 'little') };
}

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly size: number;
}

class ElfReader {
  readonly #path: string;
  readonly #readAt: ReadAt;
  readonly #machine: Machine;

  constructor(path: string, readAt: ReadAt, machine: Machine) {
    this.#path = path;
    this.#readAt = readAt;
    this.#machine = machine;
  }

  read(): Elf {
    const segments = this.#segments();
    const interpreter = segments.find((segment) => segment.type === PT_INTERP);
    const dynamic = segments.find((segment) => segment.type === PT_DYNAMIC);
    const entries = dynamic === undefined ? [] : this.#dynamicEntries(dynamic);
    const stringsOf = (tag: number, longest: number) => {
      const offsets = entries.filter((entry) => entry.tag === tag).map((entry) => entry.value);
      return offsets.map((offset) => this.#tableString(offset, { entries, segments, longest }));
    };
    const pathsOf = (tag: number) =>
      stringsOf(tag, LONGEST_RUN_PATH).flatMap((text) => text.split(':').filter(Boolean));
    return {
      machine: this.#machine,
      interpreter: interpreter === undefined ? undefined : this.#string(interpreter.offset, interpreter.size),
      needed: stringsOf(DT_NEEDED, LONGEST_STRING),
      rpath: pathsOf(DT_RPATH),
      runpath: pathsOf(DT_RUNPATH),
    };
  }

  #segments(): Segment[] {
    const layout = layouts[this.#machine.bits];
    const header = this.#view(0, layout.header);
    const count = this.#half(header, layout.phnum);
    const size = this.#half(header, layout.phentsize);
    if (count === 0) return [];
    if (count > MOST_PROGRAM_HEADERS) throw this.#invalid(`it has ${count} program headers`);
    if (size !== layout.programHeader) throw this.#invalid(`its program headers have ${size} bytes`);
    const headers = this.#view(this.#word(header, layout.phoff), count * size);
    return Array.from({ length: count }, (_, index) => ({
      type: headers.getUint32(index * size, this.#little),
      offset: this.#word(headers, index * size + layout.offset),
      address: this.#word(headers, index * size + layout.vaddr),
      size: this.#word(headers, index * size + layout.filesz),
    }));
  }

  #dynamicEntries(segment: Segment): { tag: number; value: number }[] {
    const { word } = layouts[this.#machine.bits];
    if (segment.size > LONGEST_DYNAMIC_SECTION) throw this.#invalid(`its dynamic section has ${segment.size} bytes`);
    const section = this.#view(segment.offset, segment.size);
    const entries: { tag: number; value: number }[] = [];
    for (let at = 0; at + 2 * word <= section.byteLength; at += 2 * word) {
      const [tag, value] = [this.#looseWord(section, at), this.#looseWord(section, at + word)];
      if (tag === DT_NULL) break;
      entries.push({ tag, value });
    }
    return entries;
  }

  #tableString(
    offset: number,
    file: {
      readonly entries: readonly { tag: number; value: number }[];
      readonly segments: readonly Segment[];
      readonly longest: number;
    },
  ): string {
    const valueAt = (tag: number) => file.entries.find((entry) => entry.tag === tag)?.value;
    const [address, size] = [valueAt(DT_STRTAB), valueAt(DT_STRSZ)];
    if (address === undefined || size === undefined) throw this.#invalid('it has no string table');
    const load = file.segments.find(
      (segment) => segment.type === PT_LOAD && segment.address <= address && address - segment.address < segment.size,
    );
    if (load === undefined) throw this.#invalid('its string table lies outside of the file');
    if (offset >= size) throw this.#invalid('a name lies outside of its string table');
    return this.#string(load.offset + (address - load.address) + offset, Math.min(size - offset, file.longest));
  }

  /** Up to its NUL, which must come within `longest` bytes. */
  #string(offset: number, longest: number): string {
    const bytes = Buffer.from(this.#readAt(offset, Math.min(longest, LONGEST_RUN_PATH)));
    const end = bytes.indexOf(0);
    if (end < 0) throw this.#invalid('a name in it has no end');
    return bytes.toString('utf8', 0, end);
  }

  #view(offset: number, length: number): DataView {
    const bytes = this.#readAt(offset, length);
    if (bytes.length < length) throw this.#invalid(`it ends before byte ${offset + length}`);
    return new DataView(bytes.buffer, bytes.byteOffset, length);
  }

  get #little(): boolean {
    return this.#machine.endian === 'little';
  }

  #half(view: DataView, at: number): number {
    return view.getUint16(at, this.#little);
  }

  #word(view: DataView, at: number): number {
    const value = this.#looseWord(view, at);
    if (!Number.isSafeInteger(value)) throw this.#invalid('an offset in it is beyond any file');
    return value;
  }

  /** Not exact beyond 2⁵³: good for dynamic entries of which we read none so big. */
  #looseWord(view: DataView, at: number): number {
    return this.#machine.bits === 32 ? view.getUint32(at, this.#little) : Number(view.getBigUint64(at, this.#little));
  }

  #invalid(reason: string): GockerError {
    return invalid(this.#path, reason);
  }
}

function invalid(path: string, reason: string): GockerError {
  return new GockerError('ELF_INVALID', `cannot read ELF file "${path}": ${reason}`);
}
