/** `gocker restart` */
import { defineCommand } from '../command.ts';
import { forEachSideBySide } from '../for-each-side-by-side.ts';
import { readStopOptions, stopFlags } from '../stop-flags.ts';

export const restart = defineCommand({
  name: 'restart',
  usage: '[OPTIONS] CONTAINER [CONTAINER...]',
  description: 'Stop containers, and start them again',
  options: stopFlags,
  operands: { least: 1, most: Number.POSITIVE_INFINITY },
  examples: ['gocker restart web', 'gocker restart -t 1 $(gocker ps -q)'],
  async run(flags, operands, context) {
    const options = readStopOptions('restart', flags);
    const engine = await context.engine();
    return forEachSideBySide(operands, { context }, async (name) => {
      await engine.restart(name, options);
      return name;
    });
  },
});
