/** `gocker rmi` */
import { defineCommand } from '../command.ts';
import { forEachOperand } from '../for-each-operand.ts';

export const rmi = defineCommand({
  name: 'rmi',
  usage: '[OPTIONS] IMAGE [IMAGE...]',
  description: 'Remove one or more images, by name, id or the beginning of an id',
  options: {
    force: {
      flags: '-f, --force',
      kind: 'boolean',
      description: 'Remove it with all its names; a missing one is no failure',
    },
    noPrune: {
      flags: '--no-prune',
      kind: 'boolean',
      description: 'Accepted for scripts; there are no untagged parents here',
    },
  },
  operands: { least: 1, most: Number.POSITIVE_INFINITY },
  examples: ['gocker rmi alpine:3.19', 'gocker rmi -f $(gocker images -q)'],
  async run(flags, operands, context) {
    const engine = await context.engine();
    return forEachOperand(
      operands,
      { context, forgive: flags.force ? 'IMAGE_NOT_FOUND' : undefined },
      async (image) => {
        for (const line of await engine.removeImage(image, { force: flags.force })) {
          const text = line.kind === 'untagged' ? `Untagged: ${line.reference}` : `Deleted: ${line.digest}`;
          context.stdout.write(`${text}\n`);
        }
      },
    );
  },
});
