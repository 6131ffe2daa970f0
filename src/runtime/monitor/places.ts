/**
 * The monitor's descriptors, each under a number that never changes: others take part by pidfd_getfd(2), and its own calls name
 * them without having to remember anything. All are close-on-exec but the first three, which are /dev/null.
 */
export const places = {
  null: 0,
  /** The reading end of the container's stdout, or gocker's side of its terminal. */
  output: 3,
  /** The reading end of its stderr. */
  error: 4,
  /** The writing end of its stdin. */
  stdin: 5,
  log: 6,
  /** A pipe to itself: whoever writes to `commands` is heard at `control`. */
  control: 7,
  commands: 8,
  /** The container's first process. */
  container: 9,
  /** The monitor itself, by its pidfd: while it lives, never readable. It stands where nothing is to come any more. */
  never: 10,
  /** The file of its own tape, whose position counts: lseek(2) adds, and nobody reads there. */
  counter: 11,
  exit: 12,
  kill: 13,
  /** Where the maker of the container says that it is to go on. */
  go: 14,
  timer: 15,
  children: 16,
  /** A socket that nobody reads: descriptors that lie in it stay open as long as the monitor does. */
  held: 17,
} as const;

export type Place = keyof typeof places;

/** Where the kernel puts what comes later. */
export const firstFree = 18;
