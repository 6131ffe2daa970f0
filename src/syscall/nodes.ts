/** mknod(2): device nodes and FIFOs. */
import { LibcFunction } from './libc.ts';

const mknod = new LibcFunction('int mknod(const char *pathname, unsigned int mode, unsigned long dev)');

export interface Device {
  /** 12 bits. */
  readonly major: number;
  /** 20 bits. */
  readonly minor: number;
}

const S_IFIFO = 0o010000;
const S_IFCHR = 0o020000;
const S_IFBLK = 0o060000;

/**
 * Makes a node; never replaces. The umask applies to its permissions.
 *
 * @throws SyscallError: EEXIST; EPERM without CAP_MKNOD (a FIFO and the character device 0:0 need none, since Linux 5.8)
 */
export function makeNode(
  path: string | Uint8Array,
  kind: 'character-device' | 'block-device' | 'fifo',
  device: Device = { major: 0, minor: 0 },
): void {
  const type = kind === 'fifo' ? S_IFIFO : kind === 'block-device' ? S_IFBLK : S_IFCHR;
  const bytes = Buffer.concat([Buffer.from(path), Buffer.alloc(1)]);
  mknod.call(
    () => `mknod(${JSON.stringify(Buffer.from(path).toString())}, ${show(kind)}|0600, ${showDevice(device)})`,
    bytes,
    type | 0o600,
    deviceNumber(device),
  );
}

/** makedev(3), the way that stat(2) gives it back in st_rdev. */
export function deviceNumber({ major, minor }: Device): bigint {
  const [high, low] = [BigInt(major), BigInt(minor)];
  return (low & 0xffn) | (high << 8n) | ((low & ~0xffn) << 12n);
}

function show(kind: string): string {
  return kind === 'fifo' ? 'S_IFIFO' : kind === 'block-device' ? 'S_IFBLK' : 'S_IFCHR';
}

function showDevice({ major, minor }: Device): string {
  return `makedev(${major}, ${minor})`;
}
