/** The C structures that a start's calls take, as buffers: little endian and 64-bit, on x86-64 and arm64 alike. */
import { type Argument, buffer, flagsOf, IFF, MOUNT_ATTR, MS, O, RESOLVE } from '../../syscall/index.ts';

/** `struct open_how`, openat2(2). */
export function openHow(openFlags: readonly (keyof typeof O)[], resolve: readonly (keyof typeof RESOLVE)[]): Argument {
  const bytes = Buffer.alloc(sizeOf.openHow);
  bytes.writeBigUInt64LE(BigInt(openFlags.reduce((sum, name) => sum | O[name], 0)), 0);
  bytes.writeBigUInt64LE(BigInt(resolve.reduce((sum, name) => sum | RESOLVE[name], 0)), 16);
  return buffer(`{flags=${openFlags.join('|')}, resolve=${resolve.join('|') || '0'}}`, bytes);
}

/** `struct mount_attr`, mount_setattr(2). */
export function mountAttr(attributes: { set: number; clear: number }, propagation: number): Argument {
  const bytes = Buffer.alloc(sizeOf.mountAttr);
  bytes.writeBigUInt64LE(BigInt(attributes.set), 0);
  bytes.writeBigUInt64LE(BigInt(attributes.clear), 8);
  bytes.writeBigUInt64LE(BigInt(propagation), 16);
  const parts = [
    attributes.set === 0 ? [] : `attr_set=${textOf(flagsOf(MOUNT_ATTR, attributes.set))}`,
    attributes.clear === 0 ? [] : `attr_clr=${textOf(flagsOf(MOUNT_ATTR, attributes.clear))}`,
    propagation === 0 ? [] : `propagation=${textOf(flagsOf(MS, propagation))}`,
  ];
  return buffer(`{${parts.flat().join(', ')}}`, bytes);
}

/** The same for an idmapped mount. @param userNamespace the result that is the namespace's descriptor */
export function idmapAttr(set: number, userNamespace: string): Argument {
  const bytes = Buffer.alloc(sizeOf.mountAttr);
  bytes.writeBigUInt64LE(BigInt(set), 0);
  const text = `{attr_set=${textOf(flagsOf(MOUNT_ATTR, set))}, userns_fd=<${userNamespace}>}`;
  return buffer(text, bytes, [{ offset: 24, kind: 'result', of: userNamespace }]);
}

/** `struct rlimit`, prlimit(2). A limit at or above 2⁶³ is RLIM_INFINITY, which JSON's numbers can't tell apart. */
export function rlimit(soft: number, hard: number): Argument {
  const bytes = Buffer.alloc(16);
  const [cur, max] = [soft, hard].map((limit) =>
    limit >= 2 ** 63 || limit < 0
      ? { value: 2n ** 64n - 1n, text: 'RLIM_INFINITY' }
      : { value: BigInt(limit), text: `${limit}` },
  );
  bytes.writeBigUInt64LE(cur?.value ?? 0n, 0);
  bytes.writeBigUInt64LE(max?.value ?? 0n, 8);
  return buffer(`{rlim_cur=${cur?.text}, rlim_max=${max?.text}}`, bytes);
}

/** `struct ifreq` that says an interface is up, netdevice(7). */
export function interfaceUp(name: string): Argument {
  const bytes = Buffer.alloc(40);
  bytes.write(name, 0, 15, 'latin1');
  bytes.writeUInt16LE(IFF.IFF_UP, 16);
  return buffer(`{ifr_name="${name}", ifr_flags=IFF_UP}`, bytes);
}

/** `struct winsize`, ioctl_tty(2). */
export function winsize(rows: number, columns: number): Argument {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16LE(rows, 0);
  bytes.writeUInt16LE(columns, 2);
  return buffer(`{ws_row=${rows}, ws_col=${columns}}`, bytes);
}

/** `struct __user_cap_header_struct` and its two halves of data, capset(2). */
export function capabilityHeader(version: number): Argument {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32LE(version, 0);
  return buffer('{version=_LINUX_CAPABILITY_VERSION_3, pid=0}', bytes);
}

export interface CapabilityMasks {
  readonly effective: bigint;
  readonly permitted: bigint;
  readonly inheritable: bigint;
}

export function capabilityData(masks: CapabilityMasks): Argument {
  const bytes = Buffer.alloc(24);
  const { effective, permitted, inheritable } = masks;
  for (const [index, mask] of [effective, permitted, inheritable].entries()) {
    bytes.writeUInt32LE(Number(mask & 0xffff_ffffn), index * 4);
    bytes.writeUInt32LE(Number(mask >> 32n), 12 + index * 4);
  }
  const text = Object.entries({ effective, permitted, inheritable }).map(
    ([name, mask]) => `${name}=0x${mask.toString(16)}`,
  );
  return buffer(`{${text.join(', ')}}`, bytes);
}

/** A list of group ids, setgroups(2). */
export function groupList(gids: readonly number[]): Argument {
  const bytes = Buffer.alloc(Math.max(4, gids.length * 4));
  for (const [index, gid] of gids.entries()) bytes.writeUInt32LE(gid, index * 4);
  return buffer(`[${gids.join(', ')}]`, bytes);
}

/** Bytes of the structures that tell their own size to the kernel. */
export const sizeOf = { openHow: 24, mountAttr: 32, signalSet: 8 } as const;

function textOf(argument: Argument): string {
  return typeof argument === 'object' && argument !== null && argument.kind === 'constant' ? argument.text : '';
}

/** An int in memory, as ioctl(2) reads one. */
export function int(value: number): Argument {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value, 0);
  return buffer(`[${value}]`, bytes);
}
