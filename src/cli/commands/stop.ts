/** `gocker stop` */
import { defineCommand } from '../command.ts';
import { forEachSideBySide } from '../for-each-side-by-side.ts';
import { readStopOptions, stopFlags } from '../stop-flags.ts';

export const stop = defineCommand({
  name: 'stop',
  usage: '[OPTIONS] CONTAINER [CONTAINER...]',
  description: 'Ask containers to end, and after a while make them',
  options: stopFlags,
  operands: { least: 1, most: Number.POSITIVE_INFINITY },
  examples: ['gocker stop web', 'gocker stop -t 1 $(gocker ps -q)'],
  async run(flags, operands, context) {
    const options = readStopOptions('stop', flags);
    const engine = await context.engine();
    return forEachSideBySide(operands, { context }, async (name) => {
      await engine.stop(name, options);
      return name;
    });
  },
});
