/**
 * The way into libc: each function is declared on its first use (a declaration costs more than a call), with the SYNOPSIS
 * line of its man page, and called through `call`, which reads errno at once and retries EINTR.
 *
 * Every call is synchronous: koffi's asynchronous calls run on another thread and lose errno.
 */
import { errnoNumber } from './errno.ts';
import { koffi } from './koffi.ts';
import { SyscallError } from './syscall-error.ts';

type Value = number | bigint | string | Uint8Array | null;
type Libc = ReturnType<ReturnType<typeof koffi>['load']>;
type Declared = ReturnType<Libc['func']>;

/** The types of the man pages that koffi doesn't know, as x86-64 and arm64 have them. */
const aliases: Readonly<Record<string, string>> = {
  ssize_t: 'int64_t',
  off_t: 'int64_t',
  pid_t: 'int32_t',
  uid_t: 'uint32_t',
  gid_t: 'uint32_t',
  id_t: 'uint32_t',
  idtype_t: 'int32_t',
  mode_t: 'uint32_t',
  dev_t: 'uint64_t',
  socklen_t: 'uint32_t',
  siginfo_t: 'void',
  sigset_t: 'void',
};
const MAP_FAILED = 2n ** 64n - 1n;

let libc: Libc | undefined;
const EINTR = errnoNumber('EINTR');

/**
 * A function of libc that reports failure by −1 and errno.
 *
 * @param synopsis the man page's SYNOPSIS line, verbatim but for its semicolon: `int flock(int fd, int operation)`
 */
export class LibcFunction {
  readonly #synopsis: string;
  #declared: Declared | undefined;

  constructor(synopsis: string) {
    this.#synopsis = synopsis;
  }

  /** The result as it is, or −errno where it is −1; EINTR is retried. */
  raw(...args: Value[]): number {
    const declared = this.#declare();
    for (;;) {
      const result = Number(declared(...args));
      if (result !== -1) return result;
      const errno = koffi().errno();
      if (errno !== EINTR) return -errno;
    }
  }

  /**
   * @param print how the call is shown in its error, built only when it fails
   * @throws SyscallError
   */
  call(print: () => string, ...args: Value[]): number {
    const result = this.raw(...args);
    if (result >= 0) return result;
    throw failure(-result, print());
  }

  /**
   * For a function that returns a pointer, and MAP_FAILED for an error.
   *
   * @throws SyscallError
   */
  address(print: () => string, ...args: Value[]): bigint {
    const address: bigint | null = this.#declare()(...args);
    if (address !== MAP_FAILED && address !== null) return address;
    throw failure(koffi().errno(), print());
  }

  #declare(): Declared {
    libc ??= load();
    this.#declared ??= libc.func(this.#synopsis);
    return this.#declared;
  }
}

function load(): Libc {
  for (const [name, type] of Object.entries(aliases)) koffi().alias(name, type);
  return koffi().load(null);
}

function failure(errno: number, printed: string): SyscallError {
  return new SyscallError(printed.slice(0, printed.indexOf('(')), errno, printed);
}
