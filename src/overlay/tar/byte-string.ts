/**
 * Names in a tar are bytes, and need not be UTF-8. A byte string holds one byte in each UTF-16 unit (latin1), so that names
 * can be split, compared and used as keys like any text and come out as the bytes that went in.
 */

declare const brand: unique symbol;
export type ByteString = string & { readonly [brand]: 'ByteString' };

/** From bytes, up to the first NUL if there is one. */
export function byteStringUntilNul(bytes: Buffer, start: number, end: number): ByteString {
  let nul = start;
  while (nul < end && bytes[nul] !== 0) nul++;
  return bytes.toString('latin1', start, nul) as ByteString;
}

export function byteString(bytes: Buffer): ByteString {
  return bytes.toString('latin1') as ByteString;
}

/** From ordinary text, by its UTF-8 bytes. */
export function byteStringOf(text: string): ByteString {
  return (/^[\0-\x7f]*$/.test(text) ? text : Buffer.from(text).toString('latin1')) as ByteString;
}

/** As an argument of `node:fs` and of our system calls: text while that is the same, bytes where it is not. */
export function pathOf(name: ByteString): string | Buffer {
  return /^[\0-\x7f]*$/.test(name) ? name : Buffer.from(name, 'latin1');
}

/** For people: the bytes as UTF-8. */
export function shown(name: ByteString): string {
  return JSON.stringify(Buffer.from(name, 'latin1').toString());
}
