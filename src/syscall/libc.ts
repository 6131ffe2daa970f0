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
    libc ??= koffi().load(null);
    this.#declared ??= libc.func(this.#synopsis);
    for (;;) {
      const result = Number(this.#declared(...args));
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
    const printed = print();
    throw new SyscallError(printed.slice(0, printed.indexOf('(')), -result, printed);
  }
}
