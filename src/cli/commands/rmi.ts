/** `gocker rmi` */
import { GockerError } from '../../errors/index.ts';
import { defineCommand } from '../command.ts';
import { exitCodeOf, reportError } from '../report.ts';

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
  async run(flags, operands, { engine, stdout, stderr, debug }) {
    const opened = await engine();
    let exitCode = 0;
    // One that fails keeps none of the others: scripts hand in whole lists.
    for (const image of operands) {
      try {
        for (const line of await opened.removeImage(image, { force: flags.force })) {
          stdout.write(line.kind === 'untagged' ? `Untagged: ${line.reference}\n` : `Deleted: ${line.digest}\n`);
        }
      } catch (error) {
        if (!(error instanceof GockerError)) throw error;
        reportError(error, stderr, { debug, isRun: false });
        const harmless = flags.force && error.code === 'IMAGE_NOT_FOUND';
        if (!harmless) exitCode = exitCodeOf(error, false);
      }
    }
    return exitCode;
  },
});
