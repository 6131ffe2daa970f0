/** Where things stand in the tape's memory. The players in player-x64.ts and player-arm64.ts know these numbers too. */

/** The head of the tape: 64-bit words, then the arguments of the clone that begins it. */
export const TAPE = {
  /** Pointer to struct clone_args. */
  cloneArgs: 0,
  /** Pointer to the first entry. */
  first: 8,
  /** Pointer to the entry under way, written by the child before each call; 0 until it lives. */
  current: 16,
  /** 1 once the entry under way has failed and the child has given up. */
  stopped: 24,
  /** Where the kernel leaves the new process's pidfd, 32 bits. */
  pidfd: 32,
  size: 40,
} as const;

/** An entry: 64-bit words. The lists end with a 0. */
export const ENTRY = {
  number: 0,
  args: 8,
  result: 56,
  atLeast: 64,
  /** Pointer to a list of results that lead somewhere though they are less: pairs of the entry that is next and the result. */
  allowed: 72,
  /** Pointer to the entry that is next after all other results; 0: the tape stops. */
  otherwise: 80,
  /** Where the call makes a process, pointers to the entry with which that one begins and to the head of its tape; else 0. */
  forks: 88,
  tape: 96,
  /** Pointer to the entry that is next after success; 0: the process plays no more. */
  next: 104,
  /** Pointer to a list of pointers to 64-bit places that want the result. */
  copies64: 112,
  /** The same for 32-bit places. */
  copies32: 120,
  size: 128,
} as const;
