/**
 * Names for the numbers of a system call's arguments: a family is a table from the kernel's header, and `flags` makes an
 * argument that knows its number and its words at once. Nothing here touches libc, so that plans stay pure and quick to load.
 */
import { type Argument, constant } from '../kernel-call.ts';

/** The constants of one header, by their own full names. */
export type Family = Readonly<Record<string, number>>;

/**
 * The members named, or-ed: `flags(MS, 'MS_NOSUID', 'MS_NODEV')` prints as `MS_NOSUID|MS_NODEV`. A family of plain values
 * (`RLIMIT`, `PR`) is used the same way with one name. With no name it is 0.
 */
export function flags<F extends Family>(family: F, ...names: readonly (keyof F & string)[]): Argument {
  const bits = names.reduce((sum, name) => sum | BigInt(family[name] ?? 0), 0n);
  return constant(names.join('|') || '0', Number(bits));
}

/** The same from a number: named members first, what is left over in hexadecimal. `flagsOf(MS, 0x6)` is `MS_NOSUID|MS_NODEV`. */
export function flagsOf(family: Family, value: number): Argument {
  let rest = BigInt(value);
  const names: string[] = [];
  for (const [name, number] of Object.entries(family)) {
    const bits = BigInt(number);
    if (bits === 0n || (rest & bits) !== bits) continue;
    names.push(name);
    rest &= ~bits;
  }
  if (rest !== 0n) names.push(`0x${rest.toString(16)}`);
  return constant(names.join('|') || '0', value);
}

/** A file mode in octal, as strace prints it: `0755`. */
export function mode(permissions: number): Argument {
  return constant(`0${permissions.toString(8)}`, permissions);
}

/** A number in hexadecimal: addresses, masks. */
export function hex(value: number | bigint): Argument {
  return constant(`0x${value.toString(16)}`, value);
}
