/** `gocker network rm` */
import { defineCommand } from '../command.ts';
import { forEachOperand } from '../for-each-operand.ts';

export const networkRm = defineCommand({
  name: 'network rm',
  usage: '[OPTIONS] NETWORK [NETWORK...]',
  description: 'Remove one or more networks that no running container is on',
  options: { force: { flags: '-f, --force', kind: 'boolean', description: 'A missing one is no failure' } },
  operands: { least: 1, most: Number.POSITIVE_INFINITY },
  examples: ['gocker network rm web', 'gocker network rm $(gocker network ls -q -f dangling=true)'],
  async run(flags, operands, context) {
    const engine = await context.engine();
    return forEachOperand(operands, { context, forgive: undefined }, async (name) => {
      if (await engine.removeNetwork(name, { force: flags.force })) context.stdout.write(`${name}\n`);
    });
  },
});
