/** `gocker wait` */
import type { WaitCondition } from '../../engine/index.ts';
import { defineCommand } from '../command.ts';
import { forEachSideBySide } from '../for-each-side-by-side.ts';

const conditions: readonly WaitCondition[] = [
  'not-running',
  'next-exit',
  'removed',
  'running',
  'stopped',
  'healthy',
  'unhealthy',
];

export const wait = defineCommand({
  name: 'wait',
  usage: 'CONTAINER [CONTAINER...]',
  description: 'Wait until containers have ended, and print their exit codes',
  options: {
    condition: {
      flags: '--condition <condition>',
      kind: 'text',
      values: conditions,
      description: `Wait until it is so: ${conditions.join(', ')} (default: not-running)`,
    },
  },
  operands: { least: 1, most: Number.POSITIVE_INFINITY },
  examples: ['gocker wait web', 'gocker wait --condition healthy web'],
  async run(flags, operands, context) {
    const engine = await context.engine();
    // The option table admits no other values.
    const options = flags.condition === undefined ? {} : { condition: flags.condition as WaitCondition };
    return forEachSideBySide(operands, { context }, async (name) => `${await engine.waitFor(name, options)}`);
  },
});
