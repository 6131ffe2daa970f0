/** `gocker tag` */
import { defineCommand } from '../command.ts';

export const tag = defineCommand({
  name: 'tag',
  usage: 'SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]',
  description: 'Give an image another name',
  options: {},
  operands: { least: 2, most: 2 },
  examples: ['gocker tag alpine:3.20 localhost:5000/base:1'],
  async run(_flags, [source = '', target = ''], { engine }) {
    await (await engine()).tag(source, target);
    return 0;
  },
});
