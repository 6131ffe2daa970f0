/** A system call that failed, printed the way strace(1) prints it: `flock(5, LOCK_EX|LOCK_NB) = EAGAIN (…)`. */
import { GockerError } from '../errors/index.ts';
import { errnoName } from './errno.ts';
import { formatErrno } from './errno-text.ts';
import { hintFor } from './hints.ts';

export class SyscallError extends GockerError {
  /** Name of the call: `mount`. */
  readonly syscall: string;
  /** Positive error number; 0 where the call succeeded with too small a result. */
  readonly errno: number;
  /** Name of the error number: `EPERM`. */
  readonly errnoName: string;

  /**
   * @param printed the call with its arguments, e.g. `mount("proc", "/proc", "proc", MS_NOSUID, NULL)`; where errno is 0,
   *   with its result too
   * @param hint where left out, what hints.ts knows of this call and error
   */
  constructor(syscall: string, errno: number, printed: string, hint?: string) {
    const name = errno === 0 ? 'UNEXPECTED_RESULT' : errnoName(errno);
    super(name, errno === 0 ? printed : `${printed} = ${formatErrno(errno)}`, { hint: hint ?? hintFor(syscall, name) });
    this.syscall = syscall;
    this.errno = errno;
    this.errnoName = name;
  }
}
