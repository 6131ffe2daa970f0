/** `gocker fork` */
import { defineCommand } from '../command.ts';

export const fork = defineCommand({
  name: 'fork',
  usage: '[OPTIONS] CONTAINER [NAME]',
  description: 'Make a second container that goes on from where the first is',
  options: {
    stop: {
      flags: '--stop',
      kind: 'boolean',
      description: 'Stop the container if it runs, and start it again afterwards',
    },
  },
  operands: { least: 1, most: 2 },
  examples: ['gocker fork db db-test', 'gocker start $(gocker fork db)'],
  async run(flags, [container = '', name], { engine, stdout }) {
    const made = await (await engine()).fork(container, { stop: flags.stop, ...(name === undefined ? {} : { name }) });
    stdout.write(`${made.id}\n`);
    return 0;
  },
});
