/** Tables on stdout, and what a user must know beside them. */
import { median, ratio } from './measure.mjs';

/** @param {string} text */
export function say(text) {
  process.stdout.write(`${text}\n`);
}

/** @param {string} row @param {string} why the missing package or file, by name */
export function saySkipped(row, why) {
  say(`SKIPPED ${row}: ${why}`);
}

/** @typedef {(value: number) => string} Format */

/** @type {Format} */
export const milliseconds = (seconds) => `${(seconds * 1000).toFixed(1)} ms`;
/** @type {Format} */
export const seconds = (value) => `${value.toFixed(2)} s`;
/** @type {Format} */
export const megabytes = (kibibytes) => `${((kibibytes * 1024) / 1e6).toFixed(0)} MB`;

/**
 * @param {string} title
 * @param {import('./measure.mjs').Series[]} series
 * @param {{ format: Format, base?: string }} options `base`: the contender that the others are compared with
 */
export function printTable(title, series, { format, base }) {
  const reference = series.find(({ name }) => name === base);
  const lines = series.map((entry) => [
    entry.name,
    format(median(entry.samples)),
    `${format(Math.min(...entry.samples))} … ${format(Math.max(...entry.samples))}`,
    reference === undefined ? '' : `× ${ratio(entry, reference).toFixed(2)}`,
  ]);
  const count = series[0]?.samples.length ?? 0;
  const heads = ['', 'median', 'spread', base === undefined ? '' : `against ${base}`];
  const all = [heads, ...lines];
  const widths = heads.map((_, column) => Math.max(...all.map((line) => line[column]?.length ?? 0)));
  say(`\n${title} (${count} ${count === 1 ? 'run' : 'runs'}${series.length > 1 ? ' each, in turn' : ''})`);
  for (const line of all) {
    const cells = line.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
    say(`  ${cells.join('   ').trimEnd()}`);
  }
}
