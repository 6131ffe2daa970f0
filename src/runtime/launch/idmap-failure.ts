/** Why a container could not have a user namespace of its own here: the filesystem that its files are on takes no idmapped mounts. */
import { statfsSync } from 'node:fs';
import { GockerError } from '../../errors/index.ts';
import { errnoName, type PlayedCall, type TapeError } from '../../syscall/index.ts';

/** linux/magic.h: those that people keep files on, and that had no idmapped mounts for long, or have none. */
const names: Readonly<Record<number, string>> = {
  2035054128: 'overlay',
  16914836: 'tmpfs',
  16914839: '9p',
  1702057286: 'fuse',
  26985: 'nfs',
  4283649346: 'cifs',
};

/** @returns undefined where the failure is another */
export function idmapFailure(calls: readonly PlayedCall[], cause: TapeError): GockerError | undefined {
  const [mount] = cause.call.args;
  if (cause.syscall !== 'mount_setattr' || !cause.message.includes('MOUNT_ATTR_IDMAP')) return undefined;
  if (typeof mount !== 'object' || mount?.kind !== 'result') return undefined;
  const source = calls.find(({ call }) => call.call === 'open_tree' && call.result === mount.of)?.call.args[1];
  const path = typeof source === 'string' && source !== '' ? source : mount.of;
  return new GockerError(
    'IDMAP_UNSUPPORTED',
    `cannot give the container "${path}" under other ids: mount_setattr(MOUNT_ATTR_IDMAP) = ${errnoName(cause.errno)}: ${filesystemOf(path)} takes no idmapped mounts (expected ext4, xfs, btrfs …)`,
    { cause, hint: 'Keep images and containers on another filesystem (--root, GOCKER_ROOT), or run without --userns.' },
  );
}

function filesystemOf(path: string): string {
  try {
    const { type } = statfsSync(path);
    return `its filesystem (${names[type] ?? `0x${type.toString(16)}`})`;
  } catch {
    return 'its filesystem';
  }
}
