/** Error numbers by name, errno(3). The generic Linux numbering, which x86-64 and arm64 share. */
import { constants } from 'node:os';

/** What Node leaves out and these calls can return: asm-generic/errno.h. */
const others = {
  ENOTBLK: 15,
  EADV: 68,
  EBADFD: 77,
  ELIBACC: 79,
  ELIBBAD: 80,
  EUSERS: 87,
  ESOCKTNOSUPPORT: 94,
  EPFNOSUPPORT: 96,
  ESHUTDOWN: 108,
  ETOOMANYREFS: 109,
  EHOSTDOWN: 112,
  EUCLEAN: 117,
  EREMOTEIO: 121,
  ENOMEDIUM: 123,
  EMEDIUMTYPE: 124,
  ENOKEY: 126,
  EKEYEXPIRED: 127,
  EKEYREVOKED: 128,
  EKEYREJECTED: 129,
  EHWPOISON: 133,
};
const numbers: Readonly<Record<string, number>> = { ...constants.errno, ...others };
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
