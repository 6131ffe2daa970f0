/** `gocker network disconnect` */
import { defineCommand } from '../command.ts';

export const networkDisconnect = defineCommand({
  name: 'network disconnect',
  usage: '[OPTIONS] NETWORK CONTAINER',
  description: 'Take a container off a network',
  options: { force: { flags: '-f, --force', kind: 'boolean', description: 'One that is not on it is no failure' } },
  operands: { least: 2, most: 2 },
  examples: ['gocker network disconnect backend web'],
  async run(flags, [network = '', container = ''], { engine }) {
    await (await engine()).disconnectNetwork(network, container, { force: flags.force });
    return 0;
  },
});
