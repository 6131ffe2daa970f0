/** `gocker volume rm` */
import { defineCommand } from '../command.ts';
import { forEachOperand } from '../for-each-operand.ts';

export const volumeRm = defineCommand({
  name: 'volume rm',
  usage: '[OPTIONS] VOLUME [VOLUME...]',
  description: 'Remove one or more volumes that no container has',
  options: { force: { flags: '-f, --force', kind: 'boolean', description: 'A missing one is no failure' } },
  operands: { least: 1, most: Number.POSITIVE_INFINITY },
  examples: ['gocker volume rm data', 'gocker volume rm $(gocker volume ls -q -f dangling=true)'],
  async run(flags, operands, context) {
    const engine = await context.engine();
    return forEachOperand(operands, { context, forgive: undefined }, async (name) => {
      await engine.removeVolume(name, { force: flags.force });
      context.stdout.write(`${name}\n`);
    });
  },
});
