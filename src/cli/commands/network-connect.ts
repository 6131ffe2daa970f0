/** `gocker network connect` */
import { defineCommand } from '../command.ts';
import { present } from '../run/flags/present.ts';

export const networkConnect = defineCommand({
  name: 'network connect',
  usage: '[OPTIONS] NETWORK CONTAINER',
  description: 'Put a container on one more network',
  options: {
    alias: { flags: '--alias <name>', kind: 'list', description: 'Another name that it is found by there' },
    ip: { flags: '--ip <address>', kind: 'text', description: 'Its IPv4 address there' },
    ip6: { flags: '--ip6 <address>', kind: 'text', description: 'Its IPv6 address there' },
  },
  operands: { least: 2, most: 2 },
  examples: [
    'gocker network connect backend web',
    'gocker network connect --alias db --ip 172.30.0.5 backend postgres',
  ],
  async run(flags, [network = '', container = ''], { engine }) {
    const { alias, ip, ip6 } = flags;
    await (await engine()).connectNetwork(network, container, { networkAliases: alias, ...present({ ip, ip6 }) });
    return 0;
  },
});
