/**
 * Filesystems as detached mounts: fsopen(2), fsconfig(2), fsmount(2). They are made while the host is still in sight, belong
 * nowhere, and are attached once no path can lead out of the container.
 */
import {
  type Argument,
  FSCONFIG,
  FSMOUNT,
  FSOPEN,
  flags,
  flagsOf,
  type KernelCall,
  MOUNT_ATTR,
  resultOf,
} from '../../syscall/index.ts';
import type { MountOptions } from '../spec/mount-options.ts';

export interface Filesystem {
  /** As the kernel knows it: `proc`, `tmpfs`. */
  readonly type: string;
  /** What /proc/mounts shows before the mountpoint. */
  readonly source: string;
  readonly options: Pick<MountOptions, 'attributes' | 'parameters'>;
}

/** @param result names the mount's descriptor */
export function detachedFilesystem(filesystem: Filesystem, result: string, why: string): KernelCall[] {
  const { type, source, options } = filesystem;
  const context = `${result} context`;
  return [
    { call: 'fsopen', args: [type, flags(FSOPEN, 'FSOPEN_CLOEXEC')], result: context, why },
    setting(context, 'source', source),
    ...options.parameters.map(({ key, value }) => setting(context, key, value)),
    {
      call: 'fsconfig',
      args: [resultOf(context), flags(FSCONFIG, 'FSCONFIG_CMD_CREATE'), null, null, 0],
      why: 'all is said: the filesystem comes into being',
    },
    {
      call: 'fsmount',
      args: [resultOf(context), flags(FSMOUNT, 'FSMOUNT_CLOEXEC'), attributesOf(options)],
      result,
      why: 'a mount of it that is attached nowhere yet',
    },
  ];
}

function setting(context: string, key: string, value: string | undefined): KernelCall {
  const command = flags(FSCONFIG, value === undefined ? 'FSCONFIG_SET_FLAG' : 'FSCONFIG_SET_STRING');
  return {
    call: 'fsconfig',
    args: [resultOf(context), command, key, value ?? null, 0],
    why: key === 'source' ? 'the name that /proc/mounts shows' : `option "${key}"`,
  };
}

function attributesOf(options: Filesystem['options']): Argument {
  return flagsOf(MOUNT_ATTR, options.attributes.set);
}
