/** Resource limits, runtime-spec v1.2.1 config.md#posix-process (`rlimits`). */
import { GockerError } from '../../errors/index.ts';
import type { Process } from '../../oci/index.ts';
import { flags, type KernelCall, RLIMIT } from '../../syscall/index.ts';
import { rlimit } from './structures.ts';

/** @throws GockerError `RLIMIT_INVALID` */
export function setLimits(limits: Process['rlimits'] = []): KernelCall[] {
  return limits.map(({ type, soft, hard }) => {
    if (!isResource(type)) {
      throw new GockerError('RLIMIT_INVALID', `cannot set limit ${JSON.stringify(type)}: there is none of that name`);
    }
    return {
      call: 'prlimit64',
      args: [0, flags(RLIMIT, type), rlimit(soft, hard), null],
      // Raising a hard limit wants CAP_SYS_RESOURCE of the host, which gocker itself may lack: told as a warning.
      allow: ['EPERM'],
      why: `at most ${soft} (${type})`,
    };
  });
}

function isResource(type: string): type is keyof typeof RLIMIT {
  return Object.hasOwn(RLIMIT, type);
}
