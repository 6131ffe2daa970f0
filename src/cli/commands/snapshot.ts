/** `gocker snapshot` */
import { defineCommand } from '../command.ts';

export const snapshot = defineCommand({
  name: 'snapshot',
  usage: '[OPTIONS] CONTAINER [TAG]',
  description: 'Freeze what a container has changed as a layer below it',
  options: {},
  operands: { least: 1, most: 2 },
  examples: ['gocker snapshot web', 'gocker snapshot web before-upgrade', 'gocker snapshot ls web'],
  async run(_flags, [container = '', tag], { engine, stdout }) {
    const given = await (await engine()).snapshot(container, tag === undefined ? {} : { tag });
    stdout.write(`${given}\n`);
    return 0;
  },
});
