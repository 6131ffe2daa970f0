/** Sizes as docker prints them: powers of 1000, three significant digits, no zeros behind (`7.8MB`, `13.3kB`, `0B`). */

const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'];
const binaryUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];

/** @param digits significant ones; docker has four where it adds sizes up */
export function formatSize(bytes: number, digits = 3): string {
  return format(bytes, { base: 1000, units, digits });
}

/** Powers of 1024, four significant digits: `23.54GiB`. */
export function formatBinarySize(bytes: number): string {
  return format(bytes, { base: 1024, units: binaryUnits, digits: 4 });
}

interface Style {
  readonly base: number;
  readonly units: readonly string[];
  readonly digits: number;
}

function format(bytes: number, { base, units: names, digits }: Style): string {
  let value = bytes;
  let unit = 0;
  // Rounding first: 999,999 bytes are 1MB, and not 1000kB.
  while (Number(value.toPrecision(digits)) >= base && unit < names.length - 1) {
    value /= base;
    unit += 1;
  }
  return `${Number(value.toPrecision(digits))}${names[unit]}`;
}
