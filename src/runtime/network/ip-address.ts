/** IP addresses as bytes, 4 or 16 of them: RFC 791, RFC 4291 §2.2, and RFC 5952 for how they are written. Pure. */

/** @returns undefined for what is no address, one with a zone or leading zeros included */
export function parseAddress(text: string): Uint8Array | undefined {
  return text.includes(':') ? parseIPv6(text) : parseIPv4(text);
}

export function formatAddress(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, at) =>
    (((bytes[2 * at] ?? 0) << 8) | (bytes[2 * at + 1] ?? 0)).toString(16),
  );
  return shortestIPv6(groups.join(':')) ?? '';
}

/** Whether the first `bits` bits are the same; never of two families. */
export function isWithin(address: Uint8Array, network: Uint8Array, bits: number): boolean {
  if (address.length !== network.length) return false;
  return address.every((byte, at) => {
    const mask = maskAt(at, bits);
    return (byte & mask) === ((network[at] ?? 0) & mask);
  });
}

/** The network's own address: nothing but zeros behind the first `bits` bits. */
export function maskAddress(address: Uint8Array, bits: number): Uint8Array {
  return address.map((byte, at) => byte & maskAt(at, bits));
}

function maskAt(byte: number, bits: number): number {
  const kept = Math.min(8, Math.max(0, bits - 8 * byte));
  return (0xff << (8 - kept)) & 0xff;
}

function parseIPv4(text: string): Uint8Array | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256))
    return undefined;
  return Uint8Array.from(parts, Number);
}

function parseIPv6(text: string): Uint8Array | undefined {
  const [before = '', after] = shortestIPv6(text)?.split('::') ?? [];
  if (before === '' && after === undefined) return undefined;
  const [head, tail] = [groupsOf(before), groupsOf(after ?? '')];
  const zeros = new Array<number>(8 - head.length - tail.length).fill(0);
  return Uint8Array.from([...head, ...zeros, ...tail].flatMap((group) => [group >> 8, group & 0xff]));
}

function groupsOf(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
}

/** As the URL standard writes it, which is RFC 5952 with no dotted quad left in it. */
function shortestIPv6(text: string): string | undefined {
  const url = `http://[${text}]`;
  return /^[0-9a-f:.]+$/i.test(text) && URL.canParse(url) ? new URL(url).hostname.slice(1, -1) : undefined;
}
