/** What a child left in the tape's memory: how far it came, each result, and when. */
import { formatKernelCall, formatResult, type Results } from '../format-kernel-call.ts';
import type { KernelCall } from '../kernel-call.ts';
import type { Layout } from './layout.ts';
import { ENTRY, TAPE } from './memory-format.ts';

export interface PlayedCall {
  readonly call: KernelCall;
  /** As the kernel returned it, −errno for a failure; undefined where it never returned: not reached, or execve took over. */
  readonly result: number | undefined;
  /** How long it took, where time was asked for; of an execve that took over, until the parent had notice of it. */
  readonly nanoseconds: number | undefined;
}

export interface Recording {
  readonly calls: readonly PlayedCall[];
  /** The call under way when the tape came to rest; `calls.length` once it has played to its end. */
  readonly index: number;
  /** The call under way failed, and the child gave up. */
  readonly stopped: boolean;
  /** When it began, in nanoseconds of CLOCK_MONOTONIC; undefined where no time was asked for. */
  readonly since: bigint | undefined;
}

/** @param bytes the tape's memory, copied from `address` */
export function readRecording(
  calls: readonly KernelCall[],
  { entries, times }: Layout,
  memory: { readonly bytes: Uint8Array; readonly address: bigint },
): Recording {
  const view = new DataView(memory.bytes.buffer, memory.bytes.byteOffset);
  const current = Number(view.getBigUint64(TAPE.current, true) - memory.address);
  const index = entries.findIndex((entry) => entry >= current);
  const stopped = view.getBigUint64(TAPE.stopped, true) !== 0n;
  const clock = times.map((time) => view.getBigInt64(time, true) * 1_000_000_000n + view.getBigInt64(time + 8, true));
  const played = calls.map((call, at): PlayedCall => {
    const returned = at < index || (at === index && stopped);
    if (!returned) return { call, result: undefined, nanoseconds: undefined };
    const result = Number(view.getBigInt64((entries[at] ?? 0) + ENTRY.result, true));
    return { call, result, nanoseconds: elapsed(clock[at], clock[at + 1]) };
  });
  return { calls: played, index, stopped, since: clock[index] };
}

/** @param until CLOCK_MONOTONIC, which is the clock of process.hrtime */
export function withExecTime(recording: Recording, until: bigint): Recording {
  const { calls, index, since } = recording;
  const timed = calls.map((played, at) => (at === index ? { ...played, nanoseconds: elapsed(since, until) } : played));
  return { ...recording, calls: timed };
}

/** What each name stands for when call `index` begins. */
export function resultsBefore(
  index: number,
  calls: readonly PlayedCall[],
  given: Readonly<Record<string, number>> = {},
): Results {
  const results = new Map(Object.entries(given));
  for (const { call, result } of calls.slice(0, index)) {
    if (call.result !== undefined && result !== undefined) results.set(call.result, result);
  }
  return results;
}

/** A line for each call: `mount("proc", "/proc", "proc", 0, NULL) = 0`; without a result where it never returned. */
export function formatPlayedCalls(
  calls: readonly PlayedCall[],
  given: Readonly<Record<string, number>> = {},
): string[] {
  const results = new Map(Object.entries(given));
  return calls.map(({ call, result }) => {
    const printed = formatKernelCall(call, results);
    if (result === undefined) return printed;
    if (call.result !== undefined) results.set(call.result, result);
    return `${printed} ${formatResult(result)}`;
  });
}

/** Undefined where a clock was not read: the tape stopped before, or a filter forbids it. */
function elapsed(from: bigint | undefined, to: bigint | undefined): number | undefined {
  return from && to ? Number(to - from) : undefined;
}
