/** `gocker rename` */
import { defineCommand } from '../command.ts';

export const rename = defineCommand({
  name: 'rename',
  usage: 'CONTAINER NEW_NAME',
  description: 'Give a container another name',
  options: {},
  operands: { least: 2, most: 2 },
  examples: ['gocker rename web old-web'],
  async run(_flags, [container = '', name = ''], { engine }) {
    await (await engine()).rename(container, name);
    return 0;
  },
});
