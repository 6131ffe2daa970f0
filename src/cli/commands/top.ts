/** `gocker top` */
import { defineCommand } from '../command.ts';
import { visible } from '../format/text.ts';

/** docker's table here is wider than its others: columns of twenty. */
const NARROWEST = 20;
const GUTTER = 3;

export const top = defineCommand({
  name: 'top',
  usage: 'CONTAINER [ps OPTIONS]',
  description: 'Show the processes of a running container',
  options: {},
  operands: { least: 1, most: Number.POSITIVE_INFINITY },
  flagsFirst: true,
  examples: ['gocker top web', 'gocker top web -o pid,user,rss,args', 'gocker top web aux'],
  async run(_flags, [container = '', ...words], { engine, stdout }) {
    const { titles, processes } = await (await engine()).top(container, words);
    const rows = [titles, ...processes].map((cells) => cells.map(visible));
    const widths = titles.map((_, column) => {
      const widest = Math.max(...rows.map((cells) => [...(cells[column] ?? '')].length));
      return Math.max(NARROWEST, widest + GUTTER);
    });
    for (const cells of rows) stdout.write(`${lineOf(cells, widths)}\n`);
    return 0;
  },
});

function lineOf(cells: readonly string[], widths: readonly number[]): string {
  const last = cells.length - 1;
  return cells
    .map((cell, column) => (column === last ? cell : cell + ' '.repeat((widths[column] ?? 0) - [...cell].length)))
    .join('');
}
