/** `gocker restore` */
import { defineCommand } from '../command.ts';

export const restore = defineCommand({
  name: 'restore',
  usage: '[OPTIONS] CONTAINER TAG',
  description: 'Take a container back to a snapshot; what it has changed since is thrown away',
  options: {
    stop: {
      flags: '--stop',
      kind: 'boolean',
      description: 'Stop the container if it runs, and start it again afterwards',
    },
  },
  operands: { least: 2, most: 2 },
  examples: ['gocker restore web before-upgrade'],
  async run(flags, [container = '', tag = ''], { engine, stdout }) {
    await (await engine()).restore(container, tag, { stop: flags.stop });
    stdout.write(`${container}\n`);
    return 0;
  },
});
