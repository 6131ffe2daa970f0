/** `gocker help` */
import { defineCommand } from '../command.ts';

export const help = defineCommand({
  name: 'help',
  usage: '[COMMAND]',
  description: 'Show help for a command',
  options: {},
  operands: { least: 0, most: 2 },
  examples: ['gocker help run'],
  async run(_flags, operands) {
    const { printHelpFor } = await import('../help.ts');
    await printHelpFor(operands);
    return 0;
  },
});
