/**
 * A system call as data: what the tape plays, what `--explain` prints and what an error names are this one thing, so they
 * cannot drift apart. A list of them is made by pure functions and compared by tests without root.
 */

/** One argument. Text is passed as a NUL-terminated string in the tape's own memory. */
export type Argument =
  | number
  | bigint
  | string
  /** A NULL pointer. */
  | null
  /** A number with the words that stand for it: `MS_NOSUID|MS_NODEV`, `AT_FDCWD`. */
  | { readonly kind: 'constant'; readonly value: number | bigint; readonly text: string }
  /** What an earlier entry returned, by the name that its `result` gave: a file descriptor, mostly. */
  | { readonly kind: 'result'; readonly of: string }
  /** A NULL-terminated vector of strings: argv, envp. `redacted` keeps values out of printed text. */
  | { readonly kind: 'strings'; readonly values: readonly string[]; readonly redacted?: boolean }
  | BufferArgument;

/**
 * Bytes in the tape's memory that the kernel reads or writes; `text` is how they are shown. One object is one place: used
 * by two entries, the second finds what the first left there.
 */
export interface BufferArgument {
  readonly kind: 'buffer';
  readonly bytes: Uint8Array;
  readonly text: string;
  readonly fields?: readonly Field[];
}

/** A place within a buffer that is filled when the tape is laid out (a pointer) or while it plays (a result). */
export type Field =
  | { readonly offset: number; readonly kind: 'pointer'; readonly to: Argument }
  /** A 32-bit copy of an earlier entry's result. */
  | { readonly offset: number; readonly kind: 'result'; readonly of: string }
  /** The same in 64 bits. */
  | { readonly offset: number; readonly kind: 'long result'; readonly of: string }
  /** Where the tape itself lies, and how long it is: two 64-bit words. */
  | { readonly offset: number; readonly kind: 'tape' };

/** A tape in the memory of the process that is to play it: its head, and its first entry. */
export interface MappedTape {
  readonly head: bigint;
  readonly first: bigint;
}

export interface KernelCall {
  /** Name as in syscalls(2): `mount`, `openat`, `execve`. */
  readonly call: string;
  /** Six at most. */
  readonly args: readonly Argument[];
  /** Why it stands in this place: one clause, shown by `--explain`. */
  readonly why: string;
  /** Names the result for later entries. */
  readonly result?: string;
  /** Errors that do not stop the tape: `['EPERM', 'ENOENT']`, or `'any'`. */
  readonly allow?: readonly string[] | 'any';
  /**
   * The least result that counts as success; 0 where left out. A gate's read() wants 1: 0 says that the parent is gone. By name,
   * what an earlier entry returned.
   */
  readonly atLeast?: number | { readonly kind: 'result'; readonly of: string };
  /** The name of this place, for those that lead here. */
  readonly label?: string;
  /** The label of the call that is next, after success as after an error that is allowed; left out, it is the one below. */
  readonly next?: string;
  /** Labels by results that count as no success: an error's name, or `0`. */
  readonly on?: Readonly<Record<string, string>>;
  /** The label that all other results lead to. Left out, the tape stops there. */
  readonly otherwise?: string;
  /**
   * A clone after which the new process plays on. The one that made it exits at once with 0, which wants CLONE_PARENT if it is to
   * be the parent's child; or stays as a reaper, which passes signals on and ends as the new one does. Only the handover can stay.
   * An `orphan` is one that nobody here waits for. By a label, or by another tape that is mapped there, the new
   * process has a place of its own to begin, and its maker plays on.
   */
  readonly forks?: boolean | 'orphan' | 'reaper' | { readonly at: string } | MappedTape;
  /** Closes the lifeline of a child that from here on goes its own way: its parent hears no more of it. */
  readonly departs?: boolean;
  /** An execve whose program plays on: see handover/program.ts. */
  readonly playsOn?: boolean;
}

/** `{ kind: 'constant' }` in fewer letters. */
export function constant(text: string, value: number | bigint): Argument {
  return { kind: 'constant', value, text };
}

/** What the earlier entry with `result: name` returned. */
export function resultOf(name: string): Argument {
  return { kind: 'result', of: name };
}

/** argv. */
export function strings(values: readonly string[]): Argument {
  return { kind: 'strings', values };
}

/** envp: counted when printed, never shown. */
export function environment(values: readonly string[]): Argument {
  return { kind: 'strings', values, redacted: true };
}

/** A structure for the kernel; `text` is how it is shown: `{flags=O_PATH, resolve=RESOLVE_NO_SYMLINKS}`. */
export function buffer(text: string, bytes: Uint8Array, fields?: readonly Field[]): BufferArgument {
  return fields === undefined ? { kind: 'buffer', bytes, text } : { kind: 'buffer', bytes, text, fields };
}
