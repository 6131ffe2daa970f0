/** `gocker explain` */
import { defineCommand } from '../command.ts';
import { formatCalls } from '../run/explain.ts';

export const explain = defineCommand({
  name: 'explain',
  usage: '[OPTIONS] CONTAINER',
  description: 'Show the kernel calls that made a container, with why and result',
  options: {
    format: {
      flags: '--format <text|json>',
      kind: 'text',
      values: ['text', 'json'],
      description: 'As text, in strace’s form (default), or as JSON',
    },
  },
  operands: { least: 1, most: 1 },
  examples: ['gocker explain web', "gocker explain web | grep -B1 '^mount'"],
  async run(flags, [container = ''], { engine, stdout }) {
    stdout.write(formatCalls(await (await engine()).explainContainer(container), flags.format ?? 'text'));
    return 0;
  },
});
