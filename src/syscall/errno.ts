/** Error numbers by name, errno(3). The generic Linux numbering, which x86-64 and arm64 share. */
import { constants } from 'node:os';

const numbers: Readonly<Record<string, number>> = constants.errno;
const names = new Map<number, string>();
for (const [name, number] of Object.entries(numbers)) {
  // Two names for one number: the man pages print the first of each pair.
  if (name === 'EWOULDBLOCK' || name === 'ENOTSUP') continue;
  names.set(number, name);
}

/** `EPERM` for 1; `errno 4242` for a number without a name. */
export function errnoName(errno: number): string {
  return names.get(errno) ?? `errno ${errno}`;
}

/** @throws RangeError for a name that Linux does not have */
export function errnoNumber(name: string): number {
  const number = numbers[name];
  if (number === undefined) throw new RangeError(`no errno is named "${name}"`);
  return number;
}
