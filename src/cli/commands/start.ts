/** `gocker start` */
import { defineCommand } from '../command.ts';
import { forEachOperand } from '../for-each-operand.ts';

export const start = defineCommand({
  name: 'start',
  usage: '[OPTIONS] CONTAINER [CONTAINER...]',
  description: 'Start containers that do not run',
  options: {},
  operands: { least: 1, most: Number.POSITIVE_INFINITY },
  examples: ['gocker start web', 'gocker start $(gocker ps -aq -f status=exited)'],
  async run(_flags, operands, context) {
    const engine = await context.engine();
    return forEachOperand(operands, { context, forgive: undefined }, async (name) => {
      await engine.start(name);
      context.stdout.write(`${name}\n`);
    });
  },
});
