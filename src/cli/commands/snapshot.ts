/** `gocker snapshot` */
import { defineCommand } from '../command.ts';

export const snapshot = defineCommand({
  name: 'snapshot',
  usage: '[OPTIONS] CONTAINER [TAG]',
  description: 'Freeze what a container has changed as a layer below it',
  options: {
    stop: {
      flags: '--stop',
      kind: 'boolean',
      description: 'Stop the container if it runs, and start it again afterwards',
    },
  },
  operands: { least: 1, most: 2 },
  examples: ['gocker snapshot web', 'gocker snapshot web before-upgrade', 'gocker snapshot ls web'],
  async run(flags, [container = '', tag], { engine, stdout }) {
    const given = await (await engine()).snapshot(container, {
      stop: flags.stop,
      ...(tag === undefined ? {} : { tag }),
    });
    stdout.write(`${given}\n`);
    return 0;
  },
});
