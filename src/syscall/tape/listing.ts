/** Machine code beside its assembly: one line an instruction, a label stands alone. */
export type Listing = readonly (readonly [label: string] | readonly [assembly: string, bytes: string])[];

/** The bytes, in the order in which they lie in memory. */
export function machineCode(listing: Listing): Uint8Array {
  return Uint8Array.from(Buffer.from(listing.map(([, bytes = '']) => bytes.replaceAll(' ', '')).join(''), 'hex'));
}

/** The text that GNU as turns into those bytes. */
export function assembly(listing: Listing): string {
  return listing.map(([text]) => `${text}\n`).join('');
}
