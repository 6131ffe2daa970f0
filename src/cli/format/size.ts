/** Sizes as docker prints them: powers of 1000, three significant digits, no zeros behind (`7.8MB`, `13.3kB`, `0B`). */

const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'];

export function formatSize(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // Rounding first: 999,999 bytes are 1MB, and not 1000kB.
  while (Number(value.toPrecision(3)) >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${Number(value.toPrecision(3))}${units[unit]}`;
}
