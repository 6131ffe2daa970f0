/** A system call that failed, printed the way strace(1) prints it: `flock(5, LOCK_EX|LOCK_NB) = EAGAIN`. */
import { GockerError } from '../errors/index.ts';
import { errnoName } from './errno.ts';

export class SyscallError extends GockerError {
  /** Name of the call: `mount`. */
  readonly syscall: string;
  /** Positive error number. */
  readonly errno: number;
  /** Name of the error number: `EPERM`. */
  readonly errnoName: string;

  /** @param printed the call with its arguments, e.g. `mount("proc", "/proc", "proc", MS_NOSUID, NULL)` */
  constructor(syscall: string, errno: number, printed: string, hint?: string) {
    super(errnoName(errno), `${printed} = ${errnoName(errno)}`, { hint });
    this.syscall = syscall;
    this.errno = errno;
    this.errnoName = errnoName(errno);
  }
}
