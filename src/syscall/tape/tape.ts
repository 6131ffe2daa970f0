/**
 * A laid-out plan in shared memory, which is a file without a name: a program that the child executes can map it again, and
 * play on (handover/program.ts). Who makes a tape releases it, exactly once.
 */
import { closeSync, ftruncateSync } from 'node:fs';
import type { KernelCall } from '../kernel-call.ts';
import { makeMemoryFile, mapFile, readMemory, unmap, writeMemory } from '../memory.ts';
import { thisArchitecture } from '../syscall-numbers.ts';
import { type Layout, type LayoutOptions, layOut } from './layout.ts';
import { ENTRY, TAPE } from './memory-format.ts';
import { play } from './player.ts';
import { type Recording, readRecording } from './recording.ts';

/** The file's descriptor, close-on-exec: a name that is given to every tape. */
export const TAPE_FILE = 'tape';

export class Tape {
  readonly calls: readonly KernelCall[];
  /** Results that were known before the first entry. */
  readonly given: Readonly<Record<string, number>>;
  readonly #layout: Layout;
  readonly #address: bigint;
  #file: number;

  /** @throws PlanError, GockerError UNKNOWN_SYSCALL, UNSUPPORTED_ARCHITECTURE; SyscallError where there is no memory */
  constructor(calls: readonly KernelCall[], options: Omit<LayoutOptions, 'architecture'>) {
    this.calls = calls;
    this.#file = makeMemoryFile('gocker-tape');
    try {
      this.given = { ...options.given, [TAPE_FILE]: this.#file };
      this.#layout = layOut(calls, { ...options, given: this.given, architecture: thisArchitecture() });
      const { image } = this.#layout;
      ftruncateSync(this.#file, image.size);
      this.#address = mapFile(this.#file, image.size);
      writeMemory(this.#address, image.at(this.#address));
    } catch (error) {
      this.closeFile();
      throw error;
    }
  }

  /** Where it lies, for a process that maps its file at the same address: its length, and its first entry. */
  get place(): { readonly address: bigint; readonly length: number; readonly first: bigint } {
    const [first = 0] = this.#layout.entries;
    const { size } = this.#layout.image;
    return {
      address: this.#address,
      length: size,
      first: this.#address + BigInt(first - (this.#layout.times.length > 0 ? ENTRY.size : 0)),
    };
  }

  /** The descriptor of its file, until it is closed; another's child can map it. */
  get file(): number {
    return this.#file;
  }

  /** Clones a child that plays it: its pid and pidfd, or −errno. Once only. */
  play(): { readonly pid: number; readonly pidfd: number } {
    const pid = play(this.#address);
    this.closeFile();
    if (pid < 0) return { pid, pidfd: -1 };
    const bytes = readMemory(this.#address + BigInt(TAPE.pidfd), 4);
    return { pid, pidfd: new DataView(bytes.buffer).getInt32(0, true) };
  }

  /** How far the child has come, as of now. */
  read(): Recording {
    const bytes = readMemory(this.#address, this.#layout.image.size);
    return readRecording(this.calls, this.#layout, { bytes, address: this.#address });
  }

  /** The parent's view of it; a child that still plays has its own. */
  release(): void {
    unmap(this.#address, this.#layout.image.size);
  }

  /** Once those who are to map it have it. Idempotent. */
  closeFile(): void {
    if (this.#file !== -1) closeSync(this.#file);
    this.#file = -1;
  }
}
