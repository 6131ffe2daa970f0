/** What must be known of this machine to say what a container may do: looked at only where an option wants it. */
import { existsSync, readFileSync } from 'node:fs';
import type { LinuxDevice } from '../../oci/index.ts';
import { heldCapabilities } from '../../runtime/index.ts';
import type { PrivilegeOptions } from '../options/privilege-options.ts';
import { type GrantedDevice, grantDevice, hostDevices } from './host-devices.ts';
import { readProfile } from './seccomp-file.ts';
import { parseDevice } from './spec/device-flag.ts';

export interface PrivilegeFacts {
  /** The mask of what gocker itself has. */
  readonly heldCapabilities: bigint;
  /** Those of `devices`. */
  readonly granted: readonly GrantedDevice[];
  /** All of the machine's, for `privileged`. */
  readonly hostDevices: readonly LinuxDevice[];
  /** Memory and swap of the machine, which a tmpfs can fill. */
  readonly memoryBytes: () => number;
  readonly hasSELinux: () => boolean;
  /** The text of a seccomp profile. @throws GockerError `SECURITY_OPT_INVALID` */
  readonly readProfile: (path: string) => string;
}

/**
 * @param hasUserNamespace whether its root is nobody on the host: then it gets none of the machine's devices but those that are
 *   named, since the owner of a node of the host's disk may read it
 * @throws GockerError `DEVICE_INVALID`
 */
export function privilegeFacts(options: PrivilegeOptions, hasUserNamespace = false): PrivilegeFacts {
  return {
    heldCapabilities: heldCapabilities(),
    granted: (options.devices ?? []).flatMap((text) => grantDevice(parseDevice(text))),
    hostDevices: options.privileged === true && !hasUserNamespace ? hostDevices() : [],
    memoryBytes,
    hasSELinux: () => existsSync('/sys/fs/selinux/enforce'),
    readProfile,
  };
}

/** proc_meminfo(5). */
function memoryBytes(): number {
  const text = readFileSync('/proc/meminfo', 'latin1');
  const kilobytes = (field: string) => Number(new RegExp(`^${field}:\\s*(\\d+)`, 'm').exec(text)?.[1] ?? 0);
  return (kilobytes('MemTotal') + kilobytes('SwapTotal')) * 1024;
}
