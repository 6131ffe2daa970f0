/** `gocker kill` */
import { defineCommand } from '../command.ts';
import { forEachSideBySide } from '../for-each-side-by-side.ts';

export const kill = defineCommand({
  name: 'kill',
  usage: '[OPTIONS] CONTAINER [CONTAINER...]',
  description: 'Send a signal to running containers',
  options: {
    signal: { flags: '-s, --signal <signal>', kind: 'text', description: 'Send this (default: SIGKILL)' },
  },
  operands: { least: 1, most: Number.POSITIVE_INFINITY },
  examples: ['gocker kill web', 'gocker kill -s HUP web'],
  async run(flags, operands, context) {
    const engine = await context.engine();
    return forEachSideBySide(operands, { context }, async (name) => {
      await engine.kill(name, flags.signal);
      return name;
    });
  },
});
