/** A laid-out plan in shared memory: who makes one releases it, exactly once. */
import type { KernelCall } from '../kernel-call.ts';
import { mapShared, readMemory, unmap, writeMemory } from '../memory.ts';
import { thisArchitecture } from '../syscall-numbers.ts';
import { type Layout, type LayoutOptions, layOut } from './layout.ts';
import { TAPE } from './memory-format.ts';
import { play } from './player.ts';
import { type Recording, readRecording } from './recording.ts';

export class Tape {
  readonly calls: readonly KernelCall[];
  readonly #layout: Layout;
  readonly #address: bigint;

  /** @throws PlanError, GockerError UNKNOWN_SYSCALL, UNSUPPORTED_ARCHITECTURE; SyscallError where there is no memory */
  constructor(calls: readonly KernelCall[], options: Omit<LayoutOptions, 'architecture'>) {
    this.calls = calls;
    this.#layout = layOut(calls, { ...options, architecture: thisArchitecture() });
    const { image } = this.#layout;
    this.#address = mapShared(image.size);
    writeMemory(this.#address, image.at(this.#address));
  }

  /** Clones a child that plays it: its pid and pidfd, or −errno. */
  play(): { readonly pid: number; readonly pidfd: number } {
    const pid = play(this.#address);
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
}
