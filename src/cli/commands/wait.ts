/** `gocker wait` */
import { defineCommand } from '../command.ts';
import { forEachSideBySide } from '../for-each-side-by-side.ts';

export const wait = defineCommand({
  name: 'wait',
  usage: 'CONTAINER [CONTAINER...]',
  description: 'Wait until containers have ended, and print their exit codes',
  options: {},
  operands: { least: 1, most: Number.POSITIVE_INFINITY },
  examples: ['gocker wait web'],
  async run(_flags, operands, context) {
    const engine = await context.engine();
    return forEachSideBySide(operands, { context }, async (name) => `${await engine.waitFor(name)}`);
  },
});
