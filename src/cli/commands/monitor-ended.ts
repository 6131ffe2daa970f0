/** `gocker monitor-ended`: what a container's monitor becomes when the container has ended. Not for users. */
import { defineCommand } from '../command.ts';

export const monitorEnded = defineCommand({
  name: 'monitor-ended',
  usage: 'CONTAINER',
  description: 'Do what is left to do for a container that has ended',
  options: {},
  operands: { least: 1, most: 1 },
  examples: [],
  async run(_flags, [container = ''], { engine }) {
    await (await engine()).monitorEnded(container);
    return 0;
  },
});
