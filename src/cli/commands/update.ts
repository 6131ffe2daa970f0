/** `gocker update` */
import { defineCommand } from '../command.ts';
import { forEachOperand } from '../for-each-operand.ts';
import { present } from '../run/flags/present.ts';
import { resourceFlags } from '../run/flags/resource-flags.ts';
import { UsageError } from '../usage-error.ts';

const { blkioWeight, cpuPeriod, cpuQuota, cpuShares, cpus, cpusetCpus, cpusetMems } = resourceFlags;
const { memory, memoryReservation, memorySwap, pidsLimit } = resourceFlags;

export const update = defineCommand({
  name: 'update',
  usage: '[OPTIONS] CONTAINER [CONTAINER...]',
  description: 'Change limits and restart policy of one or more containers, running or not',
  options: {
    ...{ blkioWeight, cpuPeriod, cpuQuota, cpuShares, cpus, cpusetCpus, cpusetMems },
    ...{ memory, memoryReservation, memorySwap, pidsLimit },
    restart: {
      flags: '--restart <policy>',
      kind: 'text',
      description: 'Start it again when it ends: no, on-failure[:retries], always, unless-stopped',
    },
  },
  operands: { least: 1, most: Number.POSITIVE_INFINITY },
  examples: ['gocker update -m 512m --memory-swap 1g web', 'gocker update --cpus 0.5 $(gocker ps -q)'],
  async run(flags, operands, context) {
    const options = present(flags);
    if (Object.keys(options).length === 0) {
      throw new UsageError('update', 'you must provide one or more flags when using this command', { exitCode: 1 });
    }
    const engine = await context.engine();
    return forEachOperand(operands, { context, forgive: undefined }, async (name) => {
      await engine.update(name, options);
      context.stdout.write(`${name}\n`);
    });
  },
});
