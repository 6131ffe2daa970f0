/** What a store's interfaces and rules are called, so that those of two stores never meet on one machine. Pure. */

/** At most 15 bytes, as the kernel wants it. */
export function defaultBridge(root: string): string {
  return root === DEFAULT_ROOT ? 'gocker0' : `gk-${hash(root)}`;
}

export function tableOf(root: string): string {
  return root === DEFAULT_ROOT ? 'gocker' : `gocker-${hash(root)}`;
}

const DEFAULT_ROOT = '/var/lib/gocker';

/** FNV-1a of 32 bits: node:crypto takes 4 ms to load. */
function hash(text: string): string {
  let sum = 0x811c9dc5;
  for (const byte of Buffer.from(text)) sum = Math.imul(sum ^ byte, 0x01000193) >>> 0;
  return sum.toString(16).padStart(8, '0');
}
