/** The kernel's filesystems of a container, as its privileges have them. Pure. */
import type { Mount } from '../../../oci/index.ts';
import { defaultMounts } from '../../../runtime/index.ts';
import { optionError } from '../../options/option-error.ts';
import type { PrivilegeOptions } from '../../options/privilege-options.ts';
import { parseSize } from '../../options/size.ts';
import { parseSecurityOpts } from './security-opt.ts';

/** docker's. */
export const defaultShmSize = 64 * 1024 ** 2;

/**
 * @param memoryBytes of the machine; asked for only where a size is given
 * @throws GockerError `SHM_SIZE_INVALID`, `SECURITY_OPT_INVALID`
 */
export function kernelMounts(options: PrivilegeOptions, memoryBytes: () => number): Mount[] {
  const shmBytes = options.shmSize === undefined ? defaultShmSize : parseShmSize(options.shmSize, memoryBytes());
  const isPrivileged = options.privileged === true;
  const cgroupsAreWritable = isPrivileged || parseSecurityOpts(options.securityOpt ?? []).writableCgroups;
  return defaultMounts().map((mount) => {
    if (mount.destination === '/dev/shm') return withShmSize(mount, shmBytes);
    if (mount.destination === '/sys' && isPrivileged) return writable(mount);
    return mount.type === 'cgroup' && cgroupsAreWritable ? writable(mount) : mount;
  });
}

/** Zero means docker's default. */
export function parseShmSize(given: string | number, memoryBytes: number): number {
  const invalid = (is: string, expected: string) =>
    optionError({ code: 'SHM_SIZE_INVALID', flag: '--shm-size', value: given, is, expected });
  const bytes = parseSize(`${given}`);
  if (bytes === undefined) throw invalid('invalid size', 'such as 64m or 1g');
  if (bytes > memoryBytes) {
    throw invalid(
      'it is more than this machine has of memory and swap',
      `at most ${Math.floor(memoryBytes / 1024 ** 2)}m`,
    );
  }
  return bytes === 0 ? defaultShmSize : bytes;
}

function withShmSize(mount: Mount, bytes: number): Mount {
  // tmpfs(5) counts in pages: a size below one is one.
  const size = `size=${Math.max(1, Math.ceil(bytes / 1024))}k`;
  return { ...mount, options: (mount.options ?? []).map((word) => (word.startsWith('size=') ? size : word)) };
}

function writable(mount: Mount): Mount {
  return { ...mount, options: (mount.options ?? []).filter((word) => word !== 'ro') };
}
