/**
 * Kernel calls laid out as the memory that a player reads: pure, so that whatever can be wrong with a plan is found before
 * there is a child. Where time is asked for, readings of the clock stand between the calls as entries of their own.
 */
import type { CloneCall } from '../clone-call.ts';
import type { KernelCall } from '../kernel-call.ts';
import type { Architecture } from '../syscall-numbers.ts';
import { EntryWriter } from './entry-writer.ts';
import { ENTRY, TAPE } from './memory-format.ts';
import { MemoryImage } from './memory-image.ts';

export interface LayoutOptions {
  readonly architecture: Architecture;
  /** How the child is born; with CLONE_PIDFD. */
  readonly clone: CloneCall;
  /** Results that are known before the first entry: descriptors of the parent that the child inherits. */
  readonly given?: Readonly<Record<string, number>> | undefined;
  readonly timing?: boolean | undefined;
}

export interface Layout {
  readonly image: MemoryImage;
  /** Offset of each call's entry, and behind them that of the exit at the tape's end. */
  readonly entries: readonly number[];
  /** Offset of a `struct timespec` before the first call and after each; empty where no time was asked for. */
  readonly times: readonly number[];
}

/** Where no execve took over. */
const END: KernelCall = { call: 'exit_group', args: [0], why: 'the tape ends' };

/** @throws PlanError, GockerError UNKNOWN_SYSCALL */
export function layOut(calls: readonly KernelCall[], options: LayoutOptions): Layout {
  const image = new MemoryImage();
  image.reserve(TAPE.size);
  const first = image.reserve(ENTRY.size * (calls.length + 1) * (options.timing ? 2 : 1));
  image.pointer(TAPE.first, first);

  const writer = new EntryWriter(image, first, options);
  writer.clone(options.clone);

  const entries: number[] = [];
  const times: number[] = [];
  for (const call of [...calls, END]) {
    if (options.timing) times.push(writer.clock());
    entries.push(writer.call(call));
  }
  writer.finish();
  return { image, entries, times };
}
