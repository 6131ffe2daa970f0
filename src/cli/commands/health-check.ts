/** `gocker health-check`: one beat of a container's pulse. Not for users. */
import { defineCommand } from '../command.ts';
import { flagError } from '../usage-error.ts';

export const healthCheck = defineCommand({
  name: 'health-check',
  usage: '[OPTIONS] CONTAINER',
  description: 'Check the health of a container once',
  options: {
    timer: { flags: '--timer <descriptor>', kind: 'text', description: 'A timerfd to set for the next check' },
  },
  operands: { least: 1, most: 1 },
  examples: [],
  async run({ timer }, [container = ''], { engine }) {
    if (timer !== undefined && !/^\d+$/.test(timer)) {
      throw flagError(
        'health-check',
        `invalid argument "${timer}" for "--timer" flag (expected a descriptor's number)`,
      );
    }
    await (await engine()).checkHealth(container, timer === undefined ? {} : { timer: Number(timer) });
    return 0;
  },
});
