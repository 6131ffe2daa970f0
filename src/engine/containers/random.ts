/** Random bytes straight from urandom(4): node:crypto asks the same source, and takes 4 ms to load. */
import { closeSync, openSync, readSync } from 'node:fs';

export function randomBytes(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  const fd = openSync('/dev/urandom', 'r');
  try {
    // urandom(4): reads of up to 256 bytes are never short.
    readSync(fd, bytes);
    return bytes;
  } finally {
    closeSync(fd);
  }
}

/** 0 … `below` − 1; for names and not for secrets: the lower numbers come a little more often. */
export function randomNumber(below: number): number {
  return randomBytes(4).readUInt32LE() % below;
}
