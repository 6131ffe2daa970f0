/** How a layer hides what is below it, overlayfs.rst "whiteouts and opaque directories". */
import type { Stats } from 'node:fs';
import { getXattr } from '../../syscall/index.ts';

/** Where OverlayFS keeps its own attributes: `trusted` for root; `user` for mounts with `userxattr`, in a user namespace. */
export type OverlayNamespace = 'trusted' | 'user';

/** A character device 0:0 hides the name that it has; everyone may make one since Linux 5.8. */
export function isWhiteout(stats: Stats): boolean {
  return stats.isCharacterDevice() && stats.rdev === 0;
}

export function opaqueAttribute(namespace: OverlayNamespace): string {
  return `${namespace}.overlay.opaque`;
}

/** True where nothing below a directory shows through it. */
export function isOpaque(directory: string | Buffer, namespace: OverlayNamespace): boolean {
  return getXattr(directory, opaqueAttribute(namespace))?.toString('latin1') === 'y';
}
