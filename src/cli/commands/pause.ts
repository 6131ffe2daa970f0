/** `gocker pause` */
import { defineCommand } from '../command.ts';
import { forEachSideBySide } from '../for-each-side-by-side.ts';

export const pause = defineCommand({
  name: 'pause',
  usage: 'CONTAINER [CONTAINER...]',
  description: 'Stop all processes of containers where they are',
  options: {},
  operands: { least: 1, most: Number.POSITIVE_INFINITY },
  examples: ['gocker pause web'],
  async run(_flags, operands, context) {
    const engine = await context.engine();
    return forEachSideBySide(operands, { context }, async (name) => {
      await engine.pause(name);
      return name;
    });
  },
});
