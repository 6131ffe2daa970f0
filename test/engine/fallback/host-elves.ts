/** ELF programs of this machine, for a comparison with its own tools. */
import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** About `count` of those in /usr/bin, from all over the alphabet. */
export function someElves(count: number): string[] {
  const all = readdirSync('/usr/bin').map((name) => join('/usr/bin', name));
  const elves = all.filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() && isElf(path));
  return elves.filter((_, index) => index % Math.ceil(elves.length / count) === 0);
}

function isElf(path: string): boolean {
  const fd = openSync(path, 'r');
  try {
    const start = Buffer.alloc(4);
    readSync(fd, start, 0, 4, 0);
    return start.toString('latin1') === '\x7fELF';
  } finally {
    closeSync(fd);
  }
}
