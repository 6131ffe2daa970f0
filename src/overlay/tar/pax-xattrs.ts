/**
 * Extended attributes in pax headers: `SCHILY.xattr.<name>` with the value as it is (star, GNU tar, Go) and
 * `LIBARCHIVE.xattr.<name, percent-encoded>` with the value in base64 (bsdtar, which writes both).
 */

const RAW = 'SCHILY.xattr.';
const ENCODED = 'LIBARCHIVE.xattr.';

/**
 * Attributes that a layer may not set. Those of OverlayFS would hide, redirect or fake files of other layers, or of the
 * host; labels and NFS ACLs belong to the machine where the image was built.
 */
export const foreignXattr = /^(?:(?:trusted|user)\.overlay\.|security\.selinux$|system\.nfs4_acl$)/;

/** By name; those that a layer may not set are left out, as docker, podman and umoci do. */
export function paxXattrs(pax: ReadonlyMap<string, Buffer>): ReadonlyMap<string, Buffer> {
  const xattrs = new Map<string, Buffer>();
  for (const [keyword, value] of pax) {
    const name = attributeName(keyword);
    if (name === undefined || foreignXattr.test(name)) continue;
    // The value as it is wins: base64 is the copy.
    if (keyword.startsWith(RAW)) xattrs.set(name, Buffer.from(value));
    else if (!pax.has(RAW + name)) xattrs.set(name, Buffer.from(value.toString('latin1'), 'base64'));
  }
  return xattrs;
}

function attributeName(keyword: string): string | undefined {
  if (keyword.startsWith(RAW)) return keyword.slice(RAW.length);
  if (!keyword.startsWith(ENCODED)) return undefined;
  return keyword
    .slice(ENCODED.length)
    .replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
