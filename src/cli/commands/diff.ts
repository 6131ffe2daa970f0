/** `gocker diff` */
import { defineCommand } from '../command.ts';
import { visible } from '../format/text.ts';

const letters = { added: 'A', changed: 'C', deleted: 'D' } as const;

export const diff = defineCommand({
  name: 'diff',
  usage: 'CONTAINER',
  description: "Show what a container changed of its image's files: A added, C changed, D deleted",
  options: {},
  operands: { least: 1, most: 1 },
  examples: ['gocker diff web'],
  async run(_flags, [container = ''], { engine, stdout }) {
    const changes = await (await engine()).changes(container);
    stdout.write(changes.map(({ kind, path }) => `${letters[kind]} ${visible(path)}\n`).join(''));
    return 0;
  },
});
