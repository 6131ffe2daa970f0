/** `gocker snapshot rm` */
import { defineCommand } from '../command.ts';
import { forEachOperand } from '../for-each-operand.ts';

export const snapshotRm = defineCommand({
  name: 'snapshot rm',
  usage: 'CONTAINER TAG [TAG...]',
  description: 'Remove snapshots of a container; what nothing else stands on goes from the disk',
  options: {},
  operands: { least: 2, most: Number.POSITIVE_INFINITY },
  examples: ['gocker snapshot rm web before-upgrade', 'gocker snapshot rm web $(gocker snapshot ls -q web)'],
  async run(_flags, [container = '', ...tags], context) {
    const engine = await context.engine();
    return forEachOperand(tags, { context, forgive: undefined }, async (tag) => {
      await engine.removeSnapshot(container, tag);
      context.stdout.write(`${tag}\n`);
    });
  },
});
