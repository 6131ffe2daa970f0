/** `gocker network create` */
import { defineCommand } from '../command.ts';
import { readPairs } from '../format/pairs.ts';

export const networkCreate = defineCommand({
  name: 'network create',
  usage: '[OPTIONS] NETWORK',
  description: 'Create a network',
  options: {
    driver: { flags: '-d, --driver <name>', kind: 'text', description: 'The driver: there is but bridge' },
    gateway: { flags: '--gateway <address>', kind: 'list', description: "This machine's address in the subnet" },
    internal: { flags: '--internal', kind: 'boolean', description: 'Nothing goes out of it, nothing comes in' },
    ipRange: { flags: '--ip-range <range>', kind: 'list', description: 'A part of the subnet to take addresses from' },
    ipv6: { flags: '--ipv6', kind: 'boolean', description: 'IPv6, too' },
    label: { flags: '--label <list>', kind: 'list', description: 'Set a label, NAME=value' },
    opt: {
      flags: '-o, --opt <list>',
      kind: 'list',
      description: 'Set an option of the driver: mtu=1400, com.docker.network.bridge.name=br0',
    },
    subnet: {
      flags: '--subnet <subnet>',
      kind: 'list',
      description: 'Its addresses: 172.30.0.0/16; one of each family',
    },
  },
  operands: { least: 1, most: 1 },
  examples: ['gocker network create net', 'gocker network create --ipv6 --subnet 172.30.0.0/24 --internal backend'],
  async run(flags, [name = ''], { engine, stdout }) {
    const id = await (await engine()).createNetwork({
      name,
      ...(flags.driver === undefined ? {} : { driver: flags.driver }),
      subnets: flags.subnet,
      gateways: flags.gateway,
      ipRanges: flags.ipRange,
      internal: flags.internal,
      ipv6: flags.ipv6,
      labels: readPairs(flags.label),
      options: readPairs(flags.opt),
    });
    stdout.write(`${id}\n`);
    return 0;
  },
});
