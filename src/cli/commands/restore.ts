/** `gocker restore` */
import { defineCommand } from '../command.ts';

export const restore = defineCommand({
  name: 'restore',
  usage: '[OPTIONS] CONTAINER TAG',
  description: 'Take a container back to a snapshot; what it has changed since is thrown away',
  options: {},
  operands: { least: 2, most: 2 },
  examples: ['gocker restore web before-upgrade'],
  async run(_flags, [container = '', tag = ''], { engine, stdout }) {
    await (await engine()).restore(container, tag);
    stdout.write(`${container}\n`);
    return 0;
  },
});
