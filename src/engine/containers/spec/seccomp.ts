/** --security-opt seccomp: which filter of system calls. Pure. */
import { GockerError } from '../../../errors/index.ts';
import type { LinuxSpec } from '../../../oci/index.ts';
import { seccompFor } from '../../../runtime/index.ts';

/**
 * @param chosen `builtin`, `unconfined`, or the path of a profile
 * @param capabilities the container's bounding set
 * @throws GockerError those of the profile, with its path; `SECURITY_OPT_INVALID`
 */
export function chooseSeccomp(
  chosen: string,
  capabilities: readonly string[],
  readProfile: (path: string) => string,
): Pick<LinuxSpec, 'seccomp'> {
  if (chosen === 'unconfined') return {};
  const seccomp =
    chosen === 'builtin'
      ? seccompFor({ kind: 'default' }, { capabilities })
      : naming(chosen, () => seccompFor({ kind: 'profile', text: readProfile(chosen) }, { capabilities }));
  return seccomp === undefined ? {} : { seccomp };
}

/** Says which of the files that a command line may name it is. */
function naming<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof GockerError) || error.message.includes(path)) throw error;
    const { code, hint, message } = error;
    throw new GockerError(code, `cannot use "--security-opt seccomp=${path}": ${message}`, { hint, cause: error });
  }
}
