/** `gocker rm` */
import { defineCommand } from '../command.ts';
import { forEachSideBySide } from '../for-each-side-by-side.ts';

export const rm = defineCommand({
  name: 'rm',
  usage: '[OPTIONS] CONTAINER [CONTAINER...]',
  description: 'Remove one or more containers, by name, id or the beginning of an id',
  options: {
    force: { flags: '-f, --force', kind: 'boolean', description: 'Kill it if it runs; a missing one is no failure' },
    volumes: { flags: '-v, --volumes', kind: 'boolean', description: 'Remove its anonymous volumes, too' },
  },
  operands: { least: 1, most: Number.POSITIVE_INFINITY },
  examples: ['gocker rm web', 'gocker rm -f $(gocker ps -aq)'],
  async run(flags, operands, context) {
    const engine = await context.engine();
    const forgive = flags.force ? 'CONTAINER_NOT_FOUND' : undefined;
    return forEachSideBySide(operands, { context, forgive }, async (name) => {
      await engine.removeContainer(name, { force: flags.force, volumes: flags.volumes });
      return name;
    });
  },
});
