/** What a container's processes may do, docker's defaults where nobody says otherwise. Pure. */
import type { LinuxSpec, Process } from '../../../oci/index.ts';
import {
  type ContainerUser,
  defaultCapabilities,
  defaultMaskedPaths,
  defaultReadonlyPaths,
} from '../../../runtime/index.ts';

export interface Privileges {
  readonly process: Pick<Process, 'user' | 'capabilities'>;
  readonly linux: Pick<LinuxSpec, 'maskedPaths' | 'readonlyPaths'>;
}

export function privilegesFor({ uid, gid, additionalGids }: ContainerUser): Privileges {
  const capabilities = uid === 0 ? defaultCapabilities : [];
  return {
    process: {
      // The group itself among the supplementary ones: else a program could drop it and so escape what denies it (CVE-2022-36109).
      user: { uid, gid, additionalGids: [...new Set([gid, ...additionalGids])] },
      capabilities: {
        bounding: defaultCapabilities,
        permitted: capabilities,
        effective: capabilities,
        inheritable: [],
        ambient: [],
      },
    },
    linux: { maskedPaths: defaultMaskedPaths, readonlyPaths: defaultReadonlyPaths },
  };
}
