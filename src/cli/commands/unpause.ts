/** `gocker unpause` */
import { defineCommand } from '../command.ts';
import { forEachSideBySide } from '../for-each-side-by-side.ts';

export const unpause = defineCommand({
  name: 'unpause',
  usage: 'CONTAINER [CONTAINER...]',
  description: 'Set all processes of paused containers going again',
  options: {},
  operands: { least: 1, most: Number.POSITIVE_INFINITY },
  examples: ['gocker unpause web'],
  async run(_flags, operands, context) {
    const engine = await context.engine();
    return forEachSideBySide(operands, { context }, async (name) => {
      await engine.unpause(name);
      return name;
    });
  },
});
